"""Judges results against exclude.csv, and prints them."""

import csv
import json

from transcript import FAILED, PASSED, SKIPPED

_OUTCOMES = (PASSED, FAILED, SKIPPED)


def read_exclusions(path):
    """Names of tests that are known to fail, each with the reason."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if not row["name"] or not row["reason"] or not row["since"]:
            raise ValueError("%s: a row without name, reason or since: %s"
                             % (path, row))
    return {row["name"]: row["reason"] for row in rows}


class Unit:
    """One file of tests, or one program's own tests."""

    def __init__(self, suite, name, results, seconds):
        self.suite = suite
        self.name = name
        self.results = results
        self.seconds = seconds

    def count(self, outcome):
        return sum(result.outcome == outcome for result in self.results)


class Report:
    def __init__(self, units, exclusions):
        self.units = units
        failed = self._names(FAILED)
        self.known = failed & set(exclusions)
        self.unexpected_failures = failed - set(exclusions)
        # Names repeat; one that failed somewhere has not passed.
        self.unexpected_passes = (self._names(PASSED) - failed) & set(exclusions)

    def _names(self, outcome):
        return {result.name for unit in self.units for result in unit.results
                if result.outcome == outcome}

    @property
    def good(self):
        ran = any(unit.results for unit in self.units)
        return ran and not self.unexpected_failures | self.unexpected_passes

    def table(self):
        lines = ["%-10s %-44s %7s %7s %8s %9s" % (
            "suite", "unit", "passed", "failed", "skipped", "seconds")]
        for unit in self.units:
            lines.append("%-10s %-44s %7d %7d %8d %9.1f" % (
                unit.suite, unit.name, *map(unit.count, _OUTCOMES), unit.seconds))
        return "\n".join(lines)

    def findings(self):
        lines = []
        for unit in self.units:
            for result in unit.results:
                if result.name in self.unexpected_failures and (
                        result.outcome == FAILED):
                    lines.append("failed: %s: %s\n%s" % (
                        unit.name, result.name, result.detail))
        for name in sorted(self.known):
            lines.append("failed as expected: " + name)
        for name in sorted(self.unexpected_passes):
            lines.append("passed, but exclude.csv has it: " + name)
        return "\n".join(lines)

    def summary(self):
        return "%d passed, %d failed, %d skipped" % tuple(
            sum(unit.count(outcome) for unit in self.units)
            for outcome in _OUTCOMES)

    def json(self):
        return json.dumps({
            "units": [{
                "suite": unit.suite, "unit": unit.name, "seconds": unit.seconds,
                "results": [result._asdict() for result in unit.results],
            } for unit in self.units],
            "known": sorted(self.known),
            "unexpected_failures": sorted(self.unexpected_failures),
            "unexpected_passes": sorted(self.unexpected_passes),
        }, indent=1)
