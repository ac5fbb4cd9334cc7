#!/usr/bin/env python3
"""The slipway command: help, mistakes, and files that are no modules.

    cli_test.py SLIPWAY hello.wasm
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest


def slipway(*arguments, **options):
    result = subprocess.run([SLIPWAY] + list(arguments), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            timeout=120, check=False, **options)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


class HelpTest(unittest.TestCase):
    def test_every_command_has_help_with_examples(self):
        status, overview, _ = slipway("help")
        self.assertEqual(status, 0)
        for command in ("run", "trace", "compile", "inspect", "doctor",
                        "version"):
            self.assertIn("\n  " + command, overview)
            for words in ((command, "--help"), ("help", command)):
                status, text, _ = slipway(*words)
                self.assertEqual(status, 0)
                self.assertTrue(text.startswith("Usage: slipway " + command))
                if command != "version":
                    self.assertIn("Examples:", text)

    def test_version(self):
        status, text, _ = slipway("version")
        self.assertEqual(status, 0)
        self.assertRegex(text, r"^slipway \d+\.\d+\.\d+ ")

    def test_mistakes_are_125_and_name_the_option(self):
        for words, message in (
                ((), "Usage: slipway"),
                (("rnu",), "did you mean run?"),
                (("run",), "expects a program"),
                (("run", "--lisen", ":80", "x.wasm"), "did you mean --listen?"),
                (("run", "--dir"), "--dir needs a value"),
                (("run", "--listen", "nonsense", "x.wasm"), "--listen"),
                (("run", "-O", "9", "x.wasm"), "--optimize"),
                (("inspect",), "expects one module"),
        ):
            status, _, stderr = slipway(*words)
            self.assertEqual(status, 125, words)
            self.assertIn(message, stderr)

    def test_unusable_directory_is_125(self):
        status, _, stderr = slipway("run", "--dir", "/no/such/dir::/d", MODULE)
        self.assertEqual(status, 125)
        self.assertIn("/no/such/dir", stderr)


class BadFileTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()

    def tearDown(self):
        self.directory.cleanup()

    def check(self, content, message):
        """Every command refuses the content with one line that has message."""
        path = os.path.join(self.directory.name, "bad.wasm")
        with open(path, "wb") as f:
            f.write(content)
        self.check_file(path, message)

    def check_file(self, path, message):
        for command in ("run", "compile", "inspect"):
            status, _, stderr = slipway(command, path)
            self.assertEqual(status, 126, stderr)
            self.assertEqual(stderr.count("\n"), 1, stderr)
            self.assertIn(path + ": offset 0x", stderr)
            self.assertIn(message, stderr)

    def test_missing_file_is_127(self):
        status, _, stderr = slipway("run", "/no/such.wasm")
        self.assertEqual(status, 127)
        self.assertIn("/no/such.wasm: No such file", stderr)

    def test_not_a_module(self):
        self.check(b"", "an empty file")
        self.check(b"#!/bin/sh\n", "a script")
        self.check(b"\x7fELF" + bytes(100), "a native ELF file")
        self.check(b"hello, world", "not a WebAssembly module")
        self.check(b"\0asm\x0d\0\1\0", "a component")

    def test_four_gigabytes(self):
        path = os.path.join(self.directory.name, "large.wasm")
        with open(path, "wb") as f:
            f.truncate(5 << 30)  # without content
        self.check_file(path, "module too large: 5368709120 bytes, at most "
                        "4294967295 (the size of a section, and so of all data "
                        "segments, has 32 bits)")

    def test_truncated(self):
        with open(MODULE, "rb") as f:
            module = f.read()
        for size in (6, 20, len(module) // 3, len(module) // 2):
            self.check(module[:size], "offset")

    def test_flipped_bits(self):
        with open(MODULE, "rb") as f:
            module = bytearray(f.read())
        # Section sizes and instructions; a flip in data would go unnoticed.
        start = module.index(b"\0asm") + 9
        module[start] ^= 0x40
        self.check(module, "offset")


class RunTest(unittest.TestCase):
    def test_first_argument(self):
        for options, name in (((), os.path.basename(MODULE)),
                              (("--argv0", "/bin/greeter"), "/bin/greeter")):
            status, text, stderr = slipway("run", *options, MODULE)
            self.assertEqual(status, 0, stderr)
            self.assertIn("hello %s 1\n" % name, text)


class InspectTest(unittest.TestCase):
    def test_text_lists_calls_by_right(self):
        status, text, stderr = slipway("inspect", MODULE)
        self.assertEqual(status, 0, stderr)
        self.assertIn("memory64", text)
        self.assertRegex(text, r"\n  always .*\b")
        self.assertIn("_start", text)

    def test_json_parses(self):
        status, text, stderr = slipway("inspect", "--json", MODULE)
        self.assertEqual(status, 0, stderr)
        report = json.loads(text)
        calls = {i["name"]: i for i in report["imports"] if i["module"] == "posix1"}
        self.assertEqual(calls["writev"]["right"], "always")
        self.assertGreater(len(report["functions"]), 10)


class DoctorTest(unittest.TestCase):
    def test_programs_and_sources(self):
        status, text, stderr = slipway("doctor", MODULE)
        self.assertEqual(status, 0, stderr)
        self.assertIn(MODULE, text)
        with tempfile.TemporaryDirectory() as directory:
            with open(os.path.join(directory, "a.c"), "w") as source:
                source.write("#include <fts.h>\nint x = ptrace(0);\n")
            status, text, stderr = slipway("doctor", directory)
        self.assertEqual(status, 1, stderr)
        self.assertIn("<fts.h>", text)
        self.assertIn("a.c:2", text)

    def test_what_is_neither(self):
        status, _, stderr = slipway("doctor", "/no/such.wasm")
        self.assertEqual(status, 127, stderr)


class CacheTest(unittest.TestCase):
    def test_damaged_entries_are_made_again(self):
        with tempfile.TemporaryDirectory() as directory:
            environment = dict(os.environ, XDG_CACHE_HOME=directory)
            _, path, stderr = slipway("compile", MODULE, env=environment)
            path = path.strip()
            self.assertTrue(path.startswith(directory), stderr)
            os.truncate(path, os.path.getsize(path) // 2)
            status, output, stderr = slipway("run", MODULE, env=environment)
            self.assertEqual(status, 0, stderr)
            self.assertNotEqual(output, "")
            with open(path, "r+b") as f:
                f.seek(1000)
                f.write(b"damage")
            status, _, stderr = slipway("run", MODULE, env=environment)
            self.assertEqual(status, 0, stderr)


if __name__ == "__main__":
    SLIPWAY, MODULE = sys.argv[1:3]
    os.environ["XDG_CACHE_HOME"] = os.path.join(
        os.environ.get("TEST_TMPDIR", tempfile.gettempdir()), "cache")
    unittest.main(argv=[sys.argv[0], "-v"])
