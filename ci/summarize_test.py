#!/usr/bin/env python3
"""What counts as passed and as failed, on a made-up build."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import summarize  # noqa: E402

XML = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure/></testcase>
<testcase name="c" status="notrun"/><testcase name="d"><skipped/></testcase>
<testcase name="e"/></testsuite></testsuites>"""


def configured(label, kind="cc_test rule"):
    return {"id": {"targetConfigured": {"label": label}},
            "configured": {"targetKind": kind}}


def completed(label, success):
    return {"id": {"targetCompleted": {"label": label}},
            "completed": {"success": True} if success else {}}


def summary(label, status):
    return {"id": {"testSummary": {"label": label}},
            "testSummary": {"overallStatus": status}}


def result(label, xml):
    return {"id": {"testResult": {"label": label}},
            "testResult": {"testActionOutput": [
                {"name": "test.xml", "uri": "file://" + xml}]}}


def count(*events):
    results = summarize.Results()
    for event in events:
        results.add(event)
    return results.count()


class SummarizeTest(unittest.TestCase):
    def test_cases_are_counted(self):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as xml:
            xml.write(XML)
            xml.flush()
            self.assertEqual(
                count(configured("//a"), completed("//a", True),
                      result("//a", xml.name), summary("//a", "FAILED")),
                (2, 1))

    def test_a_target_without_cases_counts_as_one(self):
        self.assertEqual(
            count(configured("//a"), result("//a", "/no/such.xml"),
                  summary("//a", "PASSED")), (1, 0))
        self.assertEqual(
            count(configured("//a"), summary("//a", "TIMEOUT")), (0, 1))

    def test_what_does_not_build_has_failed(self):
        self.assertEqual(
            count(configured("//a"), completed("//a", False)), (0, 1))
        self.assertEqual(
            count(configured("//lib", "cc_library rule"),
                  completed("//lib", False)), (0, 1))

    def test_other_targets_do_not_count(self):
        self.assertEqual(
            count(configured("//lib", "cc_library rule"),
                  completed("//lib", True),
                  configured("//s", "test_suite rule"),
                  completed("//s", True)), (0, 0))


if __name__ == "__main__":
    unittest.main()
