#!/usr/bin/env python3
"""Every call of the ABI table that is supported is made by some test.

    check_calls.py POSIX.DEF UNTESTED.CSV CALLS…

CALLS are what record_calls.sh wrote: calls that guests made, as traced, so the
list cannot claim more than was run. A row that no test uses needs a line with a
reason in UNTESTED.CSV; a line whose row is used must go.
"""

import csv
import re
import sys

ROW = re.compile(r"^POSIX_CALL[0-7]\((\w+),", re.MULTILINE)


def main(table, untested, *recorded):
    with open(table, encoding="utf-8") as file:
        rows = set(ROW.findall(file.read()))
    with open(untested, encoding="utf-8", newline="") as file:
        reasons = {line["call"]: line["reason"] for line in csv.DictReader(file)}
    used = set()
    for path in recorded:
        with open(path, encoding="utf-8") as file:
            used.update(file.read().split())
    problems = (
        [f"{call}: supported, but no test in tests/posix makes it"
         for call in sorted(rows - used - reasons.keys())] +
        [f"{call}: listed in {untested}, but tested" if call in used else
         f"{call}: listed in {untested}, but not a supported row"
         for call in sorted(reasons) if call in used or call not in rows] +
        [f"{call}: listed in {untested} without a reason"
         for call in sorted(reasons) if not reasons[call].strip()])
    for problem in problems:
        print(problem)
    print(f"{len(rows & used)} of {len(rows)} supported calls are tested, "
          f"{len(reasons)} are not and say why")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
