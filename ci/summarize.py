#!/usr/bin/env python3
"""Counts test results from Bazel's build event file.

    summarize.py BAZEL_EXIT_STATUS EVENTS.json

Prints one line per failed target, then "N passed, N failed", counting test
cases where a test reports them (test.xml) and targets otherwise. Exits 1 unless
something passed and nothing failed.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree


def cases_in(uri):
    """(passed, failed) of a test.xml, or None when it cannot be read."""
    path = urllib.parse.unquote(urllib.parse.urlparse(uri).path)
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return None
    passed = failed = 0
    for case in root.iter("testcase"):
        if case.find("skipped") is not None or case.get("status") == "notrun":
            continue
        if case.find("failure") is None and case.find("error") is None:
            passed += 1
        else:
            failed += 1
    return passed, failed


class Results:
    """What became of every target, by label."""

    def __init__(self):
        self.tests = set()       # every test target
        self.unbuilt = set()     # targets that failed to build
        self.status = {}         # test target: its overall status
        self.cases = {}          # test target: [passed, failed]

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
        counts = cases_in(uri)
        if counts:
            total = self.cases.setdefault(label, [0, 0])
            total[0] += counts[0]
            total[1] += counts[1]

    def count(self):
        """(passed, failed), after printing the failed targets."""
        passed = failed = 0
        for label in sorted(self.unbuilt - self.tests):
            print("FAILED TO BUILD", label)
            failed += 1
        for label in sorted(self.tests):
            status = self.status.get(label, "FAILED_TO_BUILD")
            case_passed, case_failed = self.cases.get(label, (0, 0))
            passed += case_passed
            failed += case_failed
            if status in ("PASSED", "FLAKY"):
                passed += 0 if case_passed else 1
            else:
                print(status.replace("_", " "), label)
                failed += 0 if case_failed else 1
        return passed, failed


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
