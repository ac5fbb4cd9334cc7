"""Writes docs/syscalls.md from the tables in posix-shim/abi.

usage: generate_syscalls.py POSIX_DEF RIGHTS_DEF > syscalls.md
"""

import re
import sys

SECTION = re.compile(r"// ---- (.*?) ----$")
ROW = re.compile(r"^POSIX_(CALL(\d)|REFUSED)\((.*)\)")
RIGHT = re.compile(r'^POSIX_RIGHT\((\w+), (\d), "(.*)"\)')


def fields(text):
    """Splits a row's arguments; the last may be a quoted text with commas."""
    text, _, quoted = text.rpartition(', "')
    return [field.strip() for field in text.split(",")] + [quoted.rstrip('"')]


def call(argc, values):
    """(name, signature, right, support) of a POSIX_CALLn row."""
    name, (right, level, note) = values[0], values[-3:]
    pairs = values[1:-3]
    arguments = [f"{pairs[i + 1]}: {pairs[i]}" for i in range(0, 2 * argc, 2)]
    return name, f"({', '.join(arguments)})", right, level + (note and f": {note}")


def refused(values):
    name, _, errno_name, reason = values
    return name, "", "", f"refused, {errno_name}: {reason}"


def sections(lines):
    """Yields (title, rows) in the file's order."""
    title, rows = None, []
    for line in lines:
        if found := SECTION.match(line):
            if rows:
                yield title, rows
            title, rows = found[1], []
        elif (found := ROW.match(line)) and title:
            values = fields(found[3])
            rows.append(call(int(found[2]), values) if found[2] else refused(values))
        elif title and line.startswith(("POSIX_CALL", "POSIX_REFUSED")):
            sys.exit(f"a row must be one whole line: {line}")
    if rows:
        yield title, rows


def main():
    posix_def, rights_def = sys.argv[1:3]
    with open(posix_def, encoding="utf-8") as file:
        parts = list(sections(file.read().splitlines()))
    with open(rights_def, encoding="utf-8") as file:
        rights = [m.groups() for m in map(RIGHT.match, file) if m]
    rows = [row for _, part in parts for row in part]
    supported = [row for row in rows if row[2]]
    partial = [row for row in supported if row[3].startswith("partial")]

    print("# System calls\n")
    print("Generated from `posix-shim/abi/posix.def`; do not edit. To bring it up to\n"
          "date: `bazel build //docs:syscalls_md && cp bazel-bin/docs/syscalls.gen.md"
          " docs/syscalls.md`.\n")
    print(f"{len(rows)} calls: {len(supported) - len(partial)} in full,"
          f" {len(partial)} in part, {len(rows) - len(supported)} refused. Each is an"
          " import of module\n`posix1` with parameters and result of type i64; the"
          " result is a value or a\nnegative errno.\n")
    print("## Rights\n")
    print("| right | by default | opens |\n| --- | --- | --- |")
    for name, default, meaning in rights:
        print(f"| {name} | {'yes' if default == '1' else 'no'} | {meaning} |")
    for title, part in parts:
        print(f"\n## {title}\n")
        print("| call | arguments | right | support |\n| --- | --- | --- | --- |")
        for name, signature, right, support in part:
            arguments = f"`{signature}`" if signature else ""
            print(f"| `{name}` | {arguments} | {right} | {support} |")


if __name__ == "__main__":
    main()
