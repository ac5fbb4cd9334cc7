#!/usr/bin/env python3
"""Runs one fuzzer for long and keeps what it found.

    bazel run //tests/fuzz:long -- --target validator --seconds 3600

Prints libFuzzer's own lines while it runs, then the number of executions, the
coverage and the corpus. Exits 1 when there is a finding, which is a file, and
says what to do with it. The corpus is kept in --work and used by the next run.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

TARGETS = {
    "decoder": ("runtime/wasm/decoder_fuzzer", ["-max_len=4096"]),
    "validator": ("runtime/wasm/validator_fuzzer", ["-max_len=16384"]),
    "compile": ("runtime/compiler/compile_fuzzer",
                ["-max_len=16384", "-rss_limit_mb=4096"]),
    "dispatch": ("runtime/syscalls/dispatch_fuzzer", ["-max_len=2052"]),
}

# An input takes a fraction of a second, but libFuzzer looks at the clock, which
# goes on while a busy machine does something else.
LIMITS = ["-timeout=300", "-report_slow_units=300"]

FINDING = """
Finding: {path}
  again:    {again}
  smaller:  {program} -minimize_crash=1 -runs=100000 {path}
Then: make it a test beside the code at fault, named after what was wrong (a
module that needs no fuzzer to be understood), fix the code, and run this again.
"""


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--target", choices=sorted(TARGETS), required=True)
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--work", default="fuzz-work",
                        help="folder for corpora and findings")
    parser.add_argument("--seeds", action="append", default=[], metavar="DIR",
                        help="also start from the .wasm files below DIR")
    parser.add_argument("--coverage", action="store_true",
                        help="do not fuzz: say what the corpus covers")
    return parser.parse_args(arguments)


def copy_seeds(folders, corpus, limit=16384):
    """Copies modules up to `limit` bytes; answers how many there were."""
    count = 0
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in sorted(names):
                path = os.path.join(place, name)
                if name.endswith(".wasm") and os.path.getsize(path) <= limit:
                    shutil.copy(path, os.path.join(corpus, "seed-%d" % count))
                    count += 1
    return count


def summarize(log, corpus):
    """The lines to write down: what libFuzzer's log ends with."""
    executions = re.findall(r"stat::number_of_executed_units:\s*(\d+)", log)
    progress = re.findall(r"cov: (\d+) ft: (\d+)", log)
    edges, features = progress[-1] if progress else ("?", "?")
    return ["executions: %s" % (executions[-1] if executions else "?"),
            "coverage: %s edges, %s features" % (edges, features),
            "corpus: %d inputs in %s" % (len(os.listdir(corpus)), corpus)]


def fuzz(program, flags, corpus, findings, seconds):
    """Runs the fuzzer, showing its output. (exit status, output)."""
    command = [program, corpus] + flags + LIMITS + [
        "-max_total_time=%d" % seconds, "-print_final_stats=1",
        "-artifact_prefix=" + findings + os.sep]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True,
                          errors="replace") as process:
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    return process.returncode, "".join(lines)


def report_coverage(program, flags, corpus):
    """Prints llvm-cov's table of our own sources."""
    with tempfile.TemporaryDirectory() as work:
        raw, merged = os.path.join(work, "raw"), os.path.join(work, "merged")
        subprocess.run([program, corpus, "-runs=0"] + flags, check=True,
                       stderr=subprocess.DEVNULL,
                       env=dict(os.environ, LLVM_PROFILE_FILE=raw))
        subprocess.run(["llvm-profdata-22", "merge", "-o", merged, raw],
                       check=True)
        subprocess.run(
            ["llvm-cov-22", "report", program, "-instr-profile=" + merged,
             "-ignore-filename-regex=(^/usr|external/|/testing/|_fuzzer)",
             "-show-branch-summary=false"], check=True)


def main():
    options = parse_arguments(sys.argv[1:])
    path, flags = TARGETS[options.target]
    program = os.path.abspath(path + ("_coverage" if options.coverage else ""))
    os.chdir(os.environ.get("BUILD_WORKING_DIRECTORY", "."))
    corpus = os.path.abspath(
        os.path.join(options.work, options.target, "corpus"))
    findings = os.path.abspath(
        os.path.join(options.work, options.target, "findings"))
    os.makedirs(corpus, exist_ok=True)
    os.makedirs(findings, exist_ok=True)
    if options.coverage:
        report_coverage(program, flags, corpus)
        return 0
    print("seeds:", copy_seeds(options.seeds, corpus))
    known = set(os.listdir(findings))
    status, log = fuzz(program, flags, corpus, findings, options.seconds)
    print("\n".join(summarize(log, corpus)))
    for name in sorted(set(os.listdir(findings)) - known):
        path = os.path.join(findings, name)
        print(FINDING.format(path=path, program=program,
                             again=program + " " + path))
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
