#!/usr/bin/env python3
"""slipway run --gdb: breakpoints by line, backtraces and sources of a guest.

    gdb_test.py SLIPWAY primes.wasm primes.c
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest


def line_of(text):
    with open(SOURCE) as source:
        return next(number for number, line in enumerate(source, 1)
                    if text in line)


def run(*words, commands="", **environment):
    """Runs under gdb with commands on its standard input; its output."""
    result = subprocess.run(
        [SLIPWAY, "run", "--gdb"] + list(words), input=commands.encode(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
        check=False, env=dict(os.environ, **environment))
    return result.returncode, result.stdout.decode()


class GdbTest(unittest.TestCase):
    def test_breakpoint_backtrace_and_source(self):
        _, text = run("-O0", MODULE, "--", "100", commands="""
            set pagination off
            set width 0
            break primes.c:%d
            run
            backtrace
            frame 1
            delete
            continue
            """ % line_of("// divisible"))
        self.assertIn("primes.c:%d" % line_of("// divisible"), text)
        self.assertRegex(text, r"#0 .*is_prime \(\) at \S*primes.c:%d"
                         % line_of("// divisible"))
        self.assertRegex(text, r"#1 .*count_primes \(\) at \S*primes.c:%d"
                         % line_of("// the call"))
        self.assertRegex(text, r"#2 .* \(\) at \S*primes.c:%d"
                         % line_of("// main"))
        # The frame's line, from the source.
        self.assertIn("if (is_prime(number)) ++count;", text)
        self.assertIn("25 primes", text)

    def test_options_and_arguments_reach_the_program(self):
        _, text = run("--env=A=b c", "--argv0", "-x", "--cwd=/", "--dir",
                      "/::/", MODULE, "8", "--", commands="run\n")
        self.assertIn("4 primes", text)  # 2, 3, 5 and 7

    def test_no_gdb(self):
        status, text = run(MODULE, PATH="/nonexistent")
        self.assertEqual(status, 125)
        self.assertIn("install the package gdb", text)


if __name__ == "__main__":
    SLIPWAY, MODULE, SOURCE = sys.argv[1:4]
    # gdb finds sources from where the compiler ran: the top of the tree.
    os.environ["XDG_CACHE_HOME"] = os.path.join(
        os.environ.get("TEST_TMPDIR", tempfile.gettempdir()), "cache")
    os.environ["HOME"] = os.environ["XDG_CACHE_HOME"]  # nobody's .gdbinit
    if shutil.which("gdb") is None:
        sys.exit("gdb is not installed: run ci/setup")
    unittest.main(argv=[sys.argv[0], "-v"])
