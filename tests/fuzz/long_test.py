#!/usr/bin/env python3
"""What //tests/fuzz:long reports, of a made-up fuzzer's output."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import long  # noqa: E402

LOG = """#2 INITED cov: 11 ft: 12 corp: 1/1b exec/s: 0 rss: 31Mb
#131072 pulse  cov: 1021 ft: 4242 corp: 97/4Kb lim: 1300 exec/s: 9 rss: 41Mb
stat::number_of_executed_units: 140000
"""


class LongTest(unittest.TestCase):
    def test_the_last_numbers_are_reported(self):
        with tempfile.TemporaryDirectory() as corpus:
            open(os.path.join(corpus, "a"), "wb").close()
            self.assertEqual(long.summarize(LOG, corpus), [
                "executions: 140000",
                "coverage: 1021 edges, 4242 features",
                "corpus: 1 inputs in " + corpus])

    def test_small_modules_become_seeds(self):
        with tempfile.TemporaryDirectory() as seeds, \
                tempfile.TemporaryDirectory() as corpus:
            os.mkdir(os.path.join(seeds, "deep"))
            for name, size in [("a.wasm", 8), ("deep/b.wasm", 9),
                               ("c.wasm", 101), ("d.json", 1)]:
                with open(os.path.join(seeds, name), "wb") as module:
                    module.write(b"\0" * size)
            self.assertEqual(long.copy_seeds([seeds], corpus, limit=100), 2)
            self.assertEqual(len(os.listdir(corpus)), 2)

    def test_a_finding_fails_and_stays(self):
        with tempfile.TemporaryDirectory() as work:
            fuzzer = os.path.join(work, "fuzzer")
            with open(fuzzer, "w", encoding="utf-8") as script:
                script.write("#!/bin/sh\necho crash; exit 77\n")
            os.chmod(fuzzer, 0o755)
            status, log = long.fuzz(fuzzer, [], work, work, 1)
            self.assertEqual((status, log), (77, "crash\n"))


if __name__ == "__main__":
    unittest.main()
