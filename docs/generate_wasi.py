"""Writes docs/wasi-functions.md from runtime/wasi/wasi.def.

usage: generate_wasi.py WASI_DEF > wasi-functions.md
"""

import re
import sys

SECTION = re.compile(r"// ---- (.*?) \(.*\) ----$")
ROW = re.compile(r"^WASI_CALL(\d)\((.*)\)$")


def cells(argc, text):
    """The cells of a row: name, signature, rights, note."""
    text, _, note = text.rpartition(', "')
    values = [value.strip() for value in text.split(",")]
    pairs = values[1:1 + 2 * argc]
    arguments = [f"{pairs[i + 1]}: {pairs[i]}" for i in range(0, 2 * argc, 2)]
    fd_rights, right = values[1 + 2 * argc:]
    return (f"`{values[0]}`", f"`({', '.join(arguments)})`",
            "" if fd_rights == "NONE" else fd_rights.lower().replace(" |", ","), right, note.rstrip('"'))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = file.read().splitlines()
    count = sum(1 for line in lines if ROW.match(line))
    print("# WASI functions\n")
    print("Generated from `runtime/wasi/wasi.def`; do not edit. To bring it up to date:\n"
          "`bazel build //docs:wasi_md && cp bazel-bin/docs/wasi-functions.gen.md"
          " docs/wasi-functions.md`.\n")
    print(f"{count} functions. `fd`, `u32` and `flags` are i32; `u64`, `i64` and `rights`"
          " are i64; all else is\nan address or a size: i32 in a module with a 32-bit memory,"
          " i64 in one with a 64-bit\nmemory. The result is an errno of WASI.")
    for line in lines:
        if found := SECTION.match(line):
            print(f"\n## {found[1]}\n")
            print("| function | arguments | the descriptor's right | right | note |")
            print("| --- | --- | --- | --- | --- |")
        elif found := ROW.match(line):
            print(f"| {' | '.join(cells(int(found[1]), found[2]))} |")
        elif line.startswith("WASI_CALL"):
            sys.exit(f"a row must be one whole line: {line}")


if __name__ == "__main__":
    main()
