#!/usr/bin/env python3
"""What counts as passed and as failed, on a made-up build."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import summarize  # noqa: E402

XML = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure/></testcase>
<testcase name="c" status="notrun"/><testcase name="d"><skipped/></testcase>
<testcase classname="Spec" name="all"><skipped message="no
 archive"/></testcase>
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

    def test_skipped_cases_are_listed_with_their_reasons(self):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as xml, \
                contextlib.redirect_stdout(io.StringIO()) as output:
            xml.write(XML)
            xml.flush()
            count(configured("//a"), result("//a", xml.name),
                  summary("//a", "PASSED"))
        self.assertEqual(output.getvalue(), "2 skipped:\n"
                         "  //a d: no reason given\n"
                         "  //a Spec.all: no archive\n")

    def test_a_target_that_only_skips_has_not_passed(self):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as xml:
            xml.write('<testsuite><testcase name="a"><skipped/></testcase>'
                      "</testsuite>")
            xml.flush()
            self.assertEqual(
                count(configured("//a"), result("//a", xml.name),
                      summary("//a", "PASSED")), (0, 0))

    def test_the_last_line_counts(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as events:
            for event in [configured("//a"), summary("//a", "PASSED")]:
                events.write(json.dumps(event) + "\n")
            events.flush()
            run = subprocess.run(
                [sys.executable, summarize.__file__, "0", events.name],
                stdout=subprocess.PIPE, text=True, check=True)
        self.assertEqual(run.stdout.splitlines()[-1], "1 passed, 0 failed")

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
