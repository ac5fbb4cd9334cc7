#!/usr/bin/env python3
"""Compares how fast a module is compiled with how fast clang compiles its C.

Both make optimised code of the same kernels on one processor, in turns: clang
from C, which it also parses, and slipway-compiler from the module, which it also
links. The table has processor time and the module's bytes of code per second of
it: medians with their quartiles.
"""

import argparse
import os
import subprocess
import sys
import tempfile

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path.insert(0, os.path.abspath("tests/bench"))
from figures import summary, write_json  # noqa: E402

CODE_SECTION = 10


def leb128(data, at):
    """(number, where it ends) of an unsigned LEB128."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7f) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def code_size(path):
    """Bytes of a module's code section."""
    with open(path, "rb") as file:
        data = file.read()
    at = 8  # after the magic number and the version
    while at < len(data):
        section = data[at]
        size, at = leb128(data, at + 1)
        if section == CODE_SECTION:
            return size
        at += size
    return sys.exit("%s has no code" % path)


def processor_time(command):
    """Seconds that a command and its children take."""
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        sys.exit("%s ended with wait status %d" % (command, status))
    return usage.ru_utime + usage.ru_stime


def measure(options):
    """{"clang", "slipway": summary of s, "code_bytes", "ratio"}."""
    samples = {"clang": [], "slipway": []}
    with tempfile.TemporaryDirectory() as directory:
        output = os.path.join(directory, "out")
        for _ in range(options.rounds):
            samples["clang"].append(sum(
                processor_time([options.clang, "-O2", "-std=gnu11", "-I.",
                                "-c", source, "-o", output])
                for source in options.sources if source.endswith(".c")))
            samples["slipway"].append(
                processor_time([options.compiler, "-O2", "--threads", "1",
                                options.module, "-o", output]))
    results = {who: summary(times) for who, times in samples.items()}
    results["code_bytes"] = code_size(options.module)
    results["ratio"] = (results["slipway"]["median"] /
                        results["clang"]["median"])
    return results


def print_results(results):
    print("%-18s %26s %10s" % ("", "s of processor time", "MB/s"))
    for who in ("clang", "slipway"):
        s = results[who]
        print("%-18s %26s %10.3f" % (
            who, "%.2f (%.2f to %.2f)" % (s["median"], s["q1"], s["q3"]),
            results["code_bytes"] / 1e6 / s["median"]))
    print("%-18s %26.2f" % ("ratio", results["ratio"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", required=True, help="slipway-compiler")
    parser.add_argument("--clang", default="clang-22")
    parser.add_argument("--module", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("sources", nargs="+", help="the C that the module is "
                        "made of, with its headers")
    options = parser.parse_args()
    results = measure(options)
    print_results(results)
    if options.json:
        write_json(options.json, results)


if __name__ == "__main__":
    main()
