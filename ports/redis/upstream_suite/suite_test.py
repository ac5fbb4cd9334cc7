#!/usr/bin/env python3
"""What the suite's runner makes of upstream's output."""

import os
import tempfile
import unittest

import report
import suite
import transcript
from transcript import FAILED, PASSED, SKIPPED, Result

HELPER = """\
Cleanup: may take some time... OK
Starting test server at port 21079
[ready]: 4242
Testing unit/auth
\x1b[32m[ok]\x1b[0m: AUTH fails (0 ms)
[ignore]: large memory flag not provided
[ok]: PID: 12 in name (3 ms)
[err]: AUTH succeeds in tests/unit/auth.tcl
Expected 'OK' to be equal to 'ERR'
[skip]: Not this one
[1/1 done]: unit/auth (1 seconds)

!!! WARNING The following tests failed:

*** [err]: AUTH succeeds in tests/unit/auth.tcl
"""

INSTANCES = """\
Starting redis #0 at port 30000
Testing unit: 00-base.tcl
14:07:03> (init) Restart killed instances: OK
14:07:03> Create: with a colon: OK
14:07:04> It takes long: ......
waiting
OK
Testing unit: 01-faults.tcl
14:08:00> Killing one:
FAILED: it did not die
(Jumping to next unit after error)
14:08:01> With a reason: WWFAILED: Expected 0 eq 1 (context: eval)
FAILED: caught an error in the test
14:08:01> Interrupted: WW
WARNING 1 test(s) failed.
"""


class TranscriptTest(unittest.TestCase):
    def test_helper(self):
        self.assertEqual(
            [(result.name, result.outcome)
             for result in transcript.read_helper(HELPER.splitlines())],
            [("AUTH fails", PASSED),
             ("large memory flag not provided", SKIPPED),
             ("PID: 12 in name", PASSED), ("AUTH succeeds", FAILED),
             ("Not this one", SKIPPED)])

    def test_a_failure_has_its_reason(self):
        failure = transcript.read_helper(HELPER.splitlines())[3]
        self.assertIn("to be equal to", failure.detail)

    def test_instances(self):
        units = transcript.read_instances(INSTANCES.splitlines())
        self.assertEqual(
            {unit: [(r.name, r.outcome) for r in results]
             for unit, results in units.items()},
            {"00-base.tcl": [("(init) Restart killed instances", PASSED),
                             ("Create: with a colon", PASSED),
                             ("It takes long", PASSED)],
             "01-faults.tcl": [("Killing one", FAILED),
                               ("With a reason", FAILED),
                               ("Interrupted", FAILED)]})

    def test_server(self):
        self.assertEqual(
            transcript.read_server(["[ok] Test - ziplist",
                                    "[failed] Test - sds", "2 tests"]),
            [Result("ziplist", PASSED), Result("sds", FAILED)])


class PortsTest(unittest.TestCase):
    def test_each_job_has_its_own(self):
        first, held = suite.claim_ports(21111)
        second, other = suite.claim_ports(21111)
        with held, other:
            self.assertGreaterEqual(second, first + suite.PORTS_PER_JOB)


class ReportTest(unittest.TestCase):
    def judge(self, results, exclusions):
        return report.Report([report.Unit("main", "unit/auth", results, 1)],
                             exclusions)

    def test_good(self):
        self.assertTrue(self.judge([Result("a", PASSED)], {}).good)

    def test_nothing_ran(self):
        self.assertFalse(self.judge([], {}).good)

    def test_unexpected_failure(self):
        judged = self.judge([Result("a", PASSED), Result("b", FAILED)], {})
        self.assertFalse(judged.good)
        self.assertIn("failed: unit/auth: b", judged.findings())
        self.assertEqual(judged.summary(), "1 passed, 1 failed, 0 skipped")

    def test_expected_failure(self):
        self.assertTrue(self.judge([Result("b", FAILED)], {"b": "why"}).good)

    def test_unexpected_pass(self):
        judged = self.judge([Result("b", PASSED)], {"b": "why"})
        self.assertFalse(judged.good)
        self.assertIn("passed, but exclude.csv has it: b", judged.findings())

    def test_exclusions_need_a_reason(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "exclude.csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write("name,reason,since\na,,7.0.15\n")
            with self.assertRaisesRegex(ValueError, "without name, reason"):
                report.read_exclusions(path)


if __name__ == "__main__":
    unittest.main()
