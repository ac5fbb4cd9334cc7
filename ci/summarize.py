#!/usr/bin/env python3
"""Counts test results from Bazel's build event file.

    summarize.py BAZEL_EXIT_STATUS EVENTS.json

Prints one line per failed target, one per skipped case with its reason, then
"N passed, N failed", counting test cases where a test reports them (test.xml)
and targets otherwise. What was skipped counts as neither. Exits 1 unless
something passed and nothing failed.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree


class Cases:
    """The test cases of one target, over all its runs and shards."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = []        # (name, reason)

    def add(self, case):
        skipped = case.find("skipped")
        if skipped is not None:
            reason = skipped.get("message") or skipped.text or "no reason given"
            self.skipped.append((name_of(case), " ".join(reason.split())))
        elif case.get("status") == "notrun":
            pass
        elif case.find("failure") is None and case.find("error") is None:
            self.passed += 1
        else:
            self.failed += 1


def name_of(case):
    return ".".join(filter(None, [case.get("classname"), case.get("name")]))


def cases_in(uri):
    """The <testcase> elements of a test.xml; none when it cannot be read."""
    path = urllib.parse.unquote(urllib.parse.urlparse(uri).path)
    try:
        return list(xml.etree.ElementTree.parse(path).getroot()
                    .iter("testcase"))
    except (OSError, xml.etree.ElementTree.ParseError):
        return []


class Results:
    """What became of every target, by label."""

    def __init__(self):
        self.tests = set()       # every test target
        self.unbuilt = set()     # targets that failed to build
        self.status = {}         # test target: its overall status
        self.cases = {}          # test target: Cases

    def add(self, event):
        ident = event.get("id", {})
        if "targetConfigured" in ident:
            configured = event.get("configured", {})
            kind = configured.get("targetKind", "").split(" ")[0]
            if kind.endswith("_test"):
                self.tests.add(ident["targetConfigured"]["label"])
        elif "targetCompleted" in ident:
            if not event.get("completed", {}).get("success"):
                self.unbuilt.add(ident["targetCompleted"]["label"])
        elif "testSummary" in ident:
            label = ident["testSummary"]["label"]
            self.status[label] = event["testSummary"]["overallStatus"]
        elif "testResult" in ident:
            for output in event["testResult"].get("testActionOutput", []):
                if output.get("name") == "test.xml":
                    self.add_cases(ident["testResult"]["label"], output["uri"])

    def add_cases(self, label, uri):
        cases = self.cases.setdefault(label, Cases())
        for case in cases_in(uri):
            cases.add(case)

    def count(self):
        """(passed, failed), after printing what failed and what was skipped."""
        passed = failed = 0
        for label in sorted(self.unbuilt - self.tests):
            print("FAILED TO BUILD", label)
            failed += 1
        for label in sorted(self.tests):
            status = self.status.get(label, "FAILED_TO_BUILD")
            cases = self.cases.get(label, Cases())
            passed += cases.passed
            failed += cases.failed
            if status in ("PASSED", "FLAKY"):
                passed += 0 if cases.passed or cases.skipped else 1
            else:
                print(status.replace("_", " "), label)
                failed += 0 if cases.failed else 1
        self.print_skipped()
        return passed, failed

    def print_skipped(self):
        skipped = [(label, name, reason)
                   for label, cases in sorted(self.cases.items())
                   for name, reason in cases.skipped]
        if skipped:
            print("%d skipped:" % len(skipped))
        for label, name, reason in skipped:
            print("  %s %s: %s" % (label, name, reason))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    bazel_status = int(sys.argv[1])
    results = Results()
    try:
        with open(sys.argv[2], encoding="utf-8") as events:
            for line in events:
                results.add(json.loads(line))
    except (OSError, ValueError) as error:
        print("no build events:", error)
    passed, failed = results.count()
    if bazel_status != 0 and failed == 0:
        print("bazel exited with", bazel_status)
        failed = 1
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(0 if passed and not failed else 1)


if __name__ == "__main__":
    main()
