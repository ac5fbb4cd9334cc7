#!/usr/bin/env python3
"""Runs a public suite of C programs natively and as guests, and compares.

    run.py SUITE TREE --sdk DIR --slipway FILE [--only REGEX] [--jobs N]

SUITE is libc-test (musl's) or open-posix (LTP's open_posix_testsuite); TREE is
where it is checked out, DIR an unpacked slipway-sdk.tar. Neither suite is in
Debian, so none is fetched. Each program is compiled by musl-gcc and by slipway-cc
without special options and runs in a directory of its own. A guest that fails
where the native program succeeds must have a row in SUITE.csv, and a row whose
program succeeds must go: exits 1 otherwise.
"""

import argparse
import collections
import concurrent.futures
import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GRANTS = ["--listen", "*", "--connect", "*", "--allow", "exec", "--allow", "ipc", "--exec",
          "/bin/sh", "--exec", "/bin/echo", "--exec", "/bin/ls", "--exec",
          "/bin/sleep", "--env", "PATH"]

Program = collections.namedtuple("Program", "name sources flags links")


def libc_test(tree):
    """functional, regression and math; the tests of dlopen need libraries."""
    source = os.path.join(tree, "src")
    common = [os.path.join(source, "common", name + ".c") for name in (
        "fdfill", "memfill", "mtest", "path", "print", "rand", "setrlim",
        "utf8", "vmfill")]
    flags = ["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-fno-builtin",
             "-frounding-math", "-I", os.path.join(source, "common")]
    for folder in ("functional", "regression", "math"):
        for file in sorted(os.listdir(os.path.join(source, folder))):
            name = os.path.join(folder, file[:-2])
            if not file.endswith(".c") or re.search(
                    r"_dso$|dlopen$|tls_get_new|tls_init|tls_align", name):
                continue
            yield Program(name, [os.path.join(source, name + ".c")] + common,
                          flags, True)


def open_posix(tree):
    """Everything below conformance/; what has no main is compiled only."""
    top = os.path.join(tree, "testcases", "open_posix_testsuite")
    if not os.path.isdir(top):
        top = tree
    library = [os.path.join(top, "lib", name) for name in (
        "safe_helpers.c", "common.c", "tempfile.c", "mmap_utils.c")]
    library = [file for file in library if os.path.exists(file)]
    conformance = os.path.join(top, "conformance")
    for folder, _, files in sorted(os.walk(conformance)):
        for file in sorted(files):
            if not file.endswith(".c"):
                continue
            path = os.path.join(folder, file)
            with open(path, encoding="utf-8", errors="replace") as f:
                links = re.search(r"\bmain\s*\(|test_main", f.read())
            links = bool(links) and not file.endswith("-buildonly.c")
            name = os.path.relpath(path, conformance)[:-2]
            flags = ["-std=c99", "-D_POSIX_C_SOURCE=200809L",
                     "-D_XOPEN_SOURCE=700", "-D_GNU_SOURCE",
                     "-I", os.path.join(top, "include"), "-I", folder]
            yield Program(name, [path] + (library if links else []), flags,
                          links and not name.startswith("definitions"))


SUITES = {"libc-test": libc_test, "open-posix": open_posix}


def run(command, directory, seconds):
    """Returns the exit status (negative: a signal) or "timeout", and output."""
    process = subprocess.Popen(
        command, cwd=directory, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True)
    try:
        output = process.communicate(timeout=seconds)[0]
        status = process.returncode
    except subprocess.TimeoutExpired:
        output, status = b"", "timeout"
    try:
        os.killpg(process.pid, signal.SIGKILL)  # what the test left behind
    except ProcessLookupError:
        pass
    process.wait()
    return status, output.decode("utf-8", "replace")


def try_program(program, options, guest):
    """Compiles and runs it: what run() returns, of the step that failed."""
    compiler = (os.path.join(options.sdk, "bin", "slipway-cc") if guest else
                options.native_cc)
    with tempfile.TemporaryDirectory(prefix="suites.") as work:
        binary = os.path.join(work, "program")
        what = ["-o", binary] if program.links else ["-c", "-o", binary + ".o"]
        libraries = ["-lpthread", "-lrt", "-lm"] if program.links else []
        status, output = run([compiler, "-O1", "-w"] + program.flags + what +
                             program.sources + libraries, work, 300)
        if status != 0 or not program.links:
            return ("compile", output) if status != 0 else (0, "")
        for folder in ("cwd", "tmp", "etc"):
            os.mkdir(os.path.join(work, folder))
        for folder in ("cwd", "tmp"):
            os.chmod(os.path.join(work, folder), 0o1777)
        for file in ("passwd", "group"):
            shutil.copy(os.path.join("/etc", file), os.path.join(work, "etc"))
        command = [binary]
        if guest:
            status, output = run([options.slipway, "compile", "-O",
                                  options.optimize, binary], work, 600)
            if status != 0:
                return "slipway compile", output
            command = [options.slipway, "run", "-O", options.optimize,
                       "--dir", work + "/tmp::/tmp",
                       "--dir", work + "/etc::/etc:ro", "--dir", work,
                       "--cwd", work + "/cwd", "--argv0",
                       binary] + GRANTS + [binary]
        return run(command, os.path.join(work, "cwd"), options.timeout)


def read_expectations(suite):
    with open(os.path.join(HERE, suite + ".csv"), encoding="utf-8") as f:
        return {row["program"]: row["reason"] for row in csv.DictReader(f)}


def judge(program, options, known):
    """Returns a verdict and what to print about it, or "" for nothing."""
    status, output = try_program(program, options, guest=True)
    if status == 0:
        if program.name in known:
            return "unexpected", "passes now: remove its row"
        return "pass", ""
    native, _ = try_program(program, options, guest=False)
    if native != 0:
        return "fails natively", ""
    if program.name in known:
        return "known", ""
    return "unexpected", "guest: %s\n%s" % (status, output[-2000:])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("tree")
    parser.add_argument("--sdk", required=True)
    parser.add_argument("--slipway", required=True)
    parser.add_argument("--native-cc", default="musl-gcc")
    parser.add_argument("--only", default="")
    parser.add_argument("-O", dest="optimize", default="2", metavar="LEVEL",
                        help="of slipway compile; 0 is the fastest for a suite")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=int, default=60, help="seconds")
    options = parser.parse_args()
    for option in ("tree", "sdk", "slipway"):
        setattr(options, option, os.path.abspath(getattr(options, option)))
    known = read_expectations(options.suite)
    programs = [program for program in SUITES[options.suite](options.tree)
                if re.search(options.only, program.name)]
    if not programs:
        sys.exit("run.py: no programs of %s in %s" % (options.suite,
                                                      options.tree))
    counts = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        verdicts = pool.map(lambda p: judge(p, options, known), programs)
        for program, (verdict, text) in zip(programs, verdicts):
            counts[verdict] += 1
            if text:
                print("%s: %s" % (program.name, text), flush=True)
    print(", ".join("%d %s" % (n, verdict) for verdict, n in counts.items()))
    sys.exit(counts["unexpected"] > 0)


if __name__ == "__main__":
    main()
