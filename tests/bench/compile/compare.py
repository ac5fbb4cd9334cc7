#!/usr/bin/env python3
"""Compares how fast a module is compiled with how fast clang compiles its C.

Both make optimised code of the same kernels on one processor, in turns: clang
from C, which it also parses, and slipway-compiler from the module, which it also
links. The table has processor time and the module's bytes of code per second of
it: medians with their quartiles.

The last rows are of one module (--incremental; the same, if not given): compiled
from nothing, and again after a change of one function, with what the compiler kept
of the first time.
"""

import argparse
import os
import sys
import tempfile

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path.insert(0, os.path.abspath("tests/bench"))
from figures import summary, usage_of, write_json  # noqa: E402

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


def encode(value):
    """An unsigned LEB128."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def find_code(data, path):
    """Where the code section begins with its header, its contents, and its end."""
    at = 8  # after the magic number and the version
    while at < len(data):
        section, begin = data[at], at
        size, at = leb128(data, at + 1)
        if section == CODE_SECTION:
            return begin, at, at + size
        at += size
    return sys.exit("%s has no code" % path)


def code_size(path):
    """Bytes of a module's code section."""
    _, contents, end = find_code(read(path), path)
    return end - contents


def with_a_change(path):
    """The module with some more instructions in the function in its middle."""
    data = read(path)
    begin, contents, end = find_code(data, path)
    count, at = leb128(data, contents)
    for _ in range(count // 2):
        size, at = leb128(data, at)
        at += size
    size, body = leb128(data, at)
    groups, code = leb128(data, body)
    for _ in range(groups):  # of locals: a number, and a type of one byte
        _, code = leb128(data, code)
        code += 1
    # i32.const 0, if, unreachable, end
    changed = data[body:code] + b"\x41\0\x04\x40\0\x0b" + data[code:body + size]
    section = (data[contents:at] + encode(len(changed)) + changed +
               data[body + size:end])
    return (data[:begin] + bytes([CODE_SECTION]) + encode(len(section)) +
            section + data[end:])


def processor_time(command):
    """Seconds that a command and its children take."""
    usage = usage_of(command)
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


def measure_incremental(options):
    """{"nothing", "changed": summary of s}."""
    module = options.incremental or options.module
    samples = {"nothing": [], "changed": []}
    with tempfile.TemporaryDirectory() as directory:
        changed, units, output = (os.path.join(directory, name)
                                  for name in ("changed.wasm", "units", "out"))
        with open(changed, "wb") as file:
            file.write(with_a_change(module))
        command = [options.compiler, "-O2", "--threads", "1", "-o", output]
        for _ in range(options.rounds):
            samples["nothing"].append(processor_time(
                command + [module, "--save-units", units]))
            samples["changed"].append(processor_time(
                command + [changed, "--known-units", units,
                           "--save-units", units + ".new"]))
    results = {what: summary(times) for what, times in samples.items()}
    results["code_bytes"] = code_size(module)
    results["ratio"] = (results["changed"]["median"] /
                        results["nothing"]["median"])
    return results


def print_row(name, times, code_bytes):
    print("%-24s %26s %10.3f" % (
        name, "%.2f (%.2f to %.2f)" % (times["median"], times["q1"],
                                       times["q3"]),
        code_bytes / 1e6 / times["median"]))


def print_results(results):
    print("%-24s %26s %10s" % ("", "s of processor time", "MB/s"))
    for who in ("clang", "slipway"):
        print_row(who, results[who], results["code_bytes"])
    print("%-24s %26.2f" % ("ratio", results["ratio"]))
    again = results["incremental"]
    print_row("slipway, from nothing", again["nothing"], again["code_bytes"])
    print_row("slipway, after a change", again["changed"], again["code_bytes"])
    print("%-24s %26.2f" % ("ratio", again["ratio"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", required=True, help="slipway-compiler")
    parser.add_argument("--clang", default="clang-22")
    parser.add_argument("--module", required=True)
    parser.add_argument("--incremental", metavar="MODULE",
                        help="for the last rows")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("sources", nargs="+", help="the C that the module is "
                        "made of, with its headers")
    options = parser.parse_args()
    results = measure(options)
    results["incremental"] = measure_incremental(options)
    print_results(results)
    if options.json:
        write_json(options.json, results)


if __name__ == "__main__":
    main()
