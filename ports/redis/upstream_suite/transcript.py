"""Reads what upstream's suites print.

Three forms: the test helper (main and modules suites), the runner of instances
(cluster and sentinel suites), and the unit tests in the server itself.
"""

import re
import typing

PASSED = "passed"
FAILED = "failed"
SKIPPED = "skipped"

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

_HELPER_LINE = re.compile(r"\[(ok|err|skip|ignore|exception|TIMEOUT)\]: (.*)")
_HELPER_OUTCOME = {
    "ok": PASSED, "err": FAILED, "exception": FAILED, "TIMEOUT": FAILED,
    "skip": SKIPPED, "ignore": SKIPPED,
}
_MILLISECONDS = re.compile(r" \(\d+ ms\)$")
_IN_FILE = re.compile(r" in tests/\S+\.tcl$")

_INSTANCE_UNIT = re.compile(r"Testing unit: (\S+)")
_INSTANCE_FAILURES = ("FAILED:", "ERROR:", "WARNING: Aborting")
_INSTANCE_LINE = re.compile(r"\d\d:\d\d:\d\d> (.*)")

_SERVER_LINE = re.compile(r"\[(ok|failed)\] Test - (\S+)")


class Result(typing.NamedTuple):
    name: str
    outcome: str
    detail: str = ""  # why, for one that failed


def plain(line):
    return _COLOUR.sub("", line).rstrip()


def read_helper(lines):
    """Results of one run of tests/test_helper.tcl."""
    results = []
    for line in map(plain, lines):
        match = _HELPER_LINE.match(line)
        if match:
            outcome = _HELPER_OUTCOME[match[1]]
            name = _IN_FILE.sub("", _MILLISECONDS.sub("", match[2]))
            results.append(Result(name, outcome))
        elif results and results[-1].outcome == FAILED and line:
            last = results[-1]
            results[-1] = last._replace(detail=last.detail + line + "\n")
    return results


def read_instances(lines):
    """Results by unit of a run of tests/cluster or tests/sentinel run.tcl.

    A test prints its time and name when it starts and OK when it has passed;
    what it prints in between may take lines of its own.
    """
    units = {"(start)": []}
    results = units["(start)"]
    running = None
    for line in map(plain, lines):
        unit = _INSTANCE_UNIT.match(line)
        start = _INSTANCE_LINE.match(line)
        if (unit or start) and running:
            results.append(Result(running, FAILED, "it did not end"))
            running = None
        if unit:
            results = units.setdefault(unit[1], [])
        elif start:
            running = _instance_name(start[1].partition("FAILED:")[0])
        if line.startswith(_INSTANCE_FAILURES) or start and "FAILED:" in line:
            _add_failure(results, running, line)
            running = None
        elif running and line.endswith("OK"):
            results.append(Result(running, PASSED))
            running = None
    if running:
        results.append(Result(running, FAILED, "it did not end"))
    return {unit: found for unit, found in units.items() if found}


def _add_failure(results, running, line):
    """A line between tests says more of one that has failed."""
    if running is None and results and results[-1].outcome == FAILED:
        results[-1] = results[-1]._replace(
            detail=results[-1].detail + "\n" + line)
    else:
        results.append(Result(running or line, FAILED, line))


def _instance_name(text):
    """The name in "name:" or in "name: what the test printed"."""
    text = text.rstrip()
    if text.endswith(":"):
        return text[:-1]
    return text.rpartition(": ")[0] or text


def read_server(lines):
    """Results of `redis-server test all`."""
    return [Result(match[2], PASSED if match[1] == "ok" else FAILED)
            for match in map(_SERVER_LINE.match, map(plain, lines)) if match]
