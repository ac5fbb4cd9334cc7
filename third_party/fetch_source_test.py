#!/usr/bin/env python3
"""Which archive is asked for a suite, from both formats of apt's sources."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fetch_source  # noqa: E402

STANZAS = """\
# A comment.
Types: deb
URIs: http://mirror.invalid/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb deb-src
URIs: http://mirror.invalid/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .

Enabled: no
Types: deb
URIs: http://mirror.invalid/switched-off
Suites: bookworm

Types: deb
URIs: http://elsewhere.invalid/
Suites: nodistro
"""

ONE_LINE = """\
# deb http://mirror.invalid/commented bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.invalid/debian bookworm main
deb http://mirror.invalid/debian bookworm-updates main # a comment
deb-src http://mirror.invalid/debian-security bookworm-security main
"""


class FetchSourceTest(unittest.TestCase):
    def test_stanzas(self):
        entries = list(fetch_source.stanza_entries(STANZAS))
        self.assertEqual(
            fetch_source.archives_for("trixie", entries),
            [("/usr/share/keyrings/debian.gpg", "http://mirror.invalid/debian")])
        self.assertEqual(
            fetch_source.archives_for("bookworm-security", entries),
            [("", "http://mirror.invalid/debian-security")])

    def test_one_line(self):
        entries = list(fetch_source.one_line_entries(ONE_LINE))
        self.assertEqual(
            fetch_source.archives_for("sid", entries),
            [("/k.gpg", "http://mirror.invalid/debian"),
             ("", "http://mirror.invalid/debian")])
        self.assertEqual(
            fetch_source.archives_for("trixie-security", entries),
            [("", "http://mirror.invalid/debian-security")])

    def test_nothing_configured(self):
        self.assertEqual(fetch_source.archives_for("trixie", []), [])


if __name__ == "__main__":
    unittest.main()
