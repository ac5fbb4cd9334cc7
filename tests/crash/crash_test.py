#!/usr/bin/env python3
"""A guest that crashes dies as a native program would, with a clear report and
never by a crash of the host layer; the same cases run natively first.

    crash_test.py SLIPWAY crash.wasm NATIVE_CRASH
"""

import signal
import subprocess
import sys
import unittest

# Argument: (status, what the guest's report must contain, or None for silence).
CASES = {
    "null": (-signal.SIGSEGV, "main"),
    "far": (-signal.SIGSEGV, "main"),
    "stack": (-signal.SIGSEGV, "Recurse"),
    "thread-stack": (-signal.SIGSEGV, "Recurse"),
    "unreachable": (-signal.SIGILL, "unreachable"),
    "divide": (-signal.SIGFPE, "divi"),
    "abort": (-signal.SIGABRT, None),
    "kill": (-signal.SIGKILL, None),
    "term": (-signal.SIGTERM, None),
    "handler": (7, None),
}


def run(command, *arguments):
    result = subprocess.run(command + list(arguments), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            timeout=120, check=False)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


class CrashTest(unittest.TestCase):
    def test_statuses_are_linuxs(self):
        for how, (status, _) in CASES.items():
            with self.subTest(how):
                self.assertEqual(run(NATIVE, how)[0], status)

    def test_guest_dies_the_same_way(self):
        for how, (status, report) in CASES.items():
            with self.subTest(how):
                actual, stdout, stderr = run(GUEST, how)
                self.assertEqual(actual, status, stderr)
                self.assertEqual(stdout, "handled\n" if how == "handler" else "")
                if report is None:
                    self.assertEqual(stderr, "")
                else:
                    self.assertIn(report, stderr)

    def test_exit_statuses_pass_through(self):
        for status in (0, 1, 42, 125, 255):
            self.assertEqual(run(GUEST, "exit", str(status))[0], status)


if __name__ == "__main__":
    slipway, module, native = sys.argv[1:4]
    GUEST = [slipway, "run", module, "--"]
    NATIVE = [native]
    unittest.main(argv=[sys.argv[0], "-v"])
