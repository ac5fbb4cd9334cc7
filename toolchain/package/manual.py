#!/usr/bin/env python3
"""Makes manual pages of what programs say of themselves.

    manual.py SLIPWAY SLIPWAY_CC OUT_DIRECTORY SCRIPT…

Writes slipway.1 and slipway-COMMAND.1 from `slipway help`, slipway-cc.1 from its
help, and a page for each script of the kit from the comment that it begins with.
"""

import os
import re
import subprocess
import sys


def escape(text):
    """Text as troff shows it unchanged, in lines."""
    lines = []
    for line in text.replace("\\", "\\e").replace("-", "\\-").splitlines():
        lines.append("\\&" + line if line[:1] in (".", "'") else line)
    return "\n".join(lines)


def page(name, summary, sections):
    """A page of (heading, preformatted text) sections."""
    text = ".TH %s 1 \"\" Slipway \"User Commands\"\n" % escape(name.upper())
    text += ".SH NAME\n%s \\- %s\n" % (escape(name), escape(summary))
    for heading, body in sections:
        text += ".SH %s\n.nf\n%s\n.fi\n" % (heading, escape(body.strip("\n")))
    return text


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True,
                          text=True).stdout


def commands_in(overview):
    """(command, summary) of each row below "Commands:"."""
    listing = overview.split("Commands:\n", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^  (\w+)\s+(.*)$", listing, re.MULTILINE)


def help_sections(text):
    """Usage, description and the sections of a help text."""
    usage, _, rest = text.partition("\n\n")
    parts = re.split(r"^([A-Z][a-z]+):$\n", rest, flags=re.MULTILINE)
    sections = [("SYNOPSIS", usage.replace("Usage: ", "")),
                ("DESCRIPTION", parts[0])]
    sections += [(name.upper(), body)
                 for name, body in zip(parts[1::2], parts[2::2])]
    return sections


def comment_of(path):
    """The comment that a script begins with, as text."""
    lines = []
    with open(path, encoding="utf-8") as script:
        for line in script.read().splitlines()[1:]:
            if not line.startswith("#"):
                break
            lines.append(line[2:])
    return "\n".join(lines)


def kit_page(path):
    comment = comment_of(path)
    summary = re.split(r"[.:](\s|$)", " ".join(comment.split()))[0]
    summary = summary[0].lower() + summary[1:]
    sections = [("DESCRIPTION", comment)]
    with open(path, encoding="utf-8") as script:
        if "--help) usage" in script.read():
            sections.append(("OPTIONS", run(path, "--help")))
    return page(os.path.basename(path), summary, sections)


def driver_page(driver):
    text = run(driver, "--help")
    summary = text.split(":", 1)[1].split(".", 1)[0]
    return page("slipway-cc", " ".join(summary.split()),
                [("DESCRIPTION", text),
                 ("FLAGS", run(driver, "--slipway-flags"))])


def pages(slipway, driver, scripts):
    overview = run(slipway, "help")
    summary = "run programs for memory64 WebAssembly in a sandbox"
    yield "slipway", page("slipway", summary, help_sections(overview))
    for command, summary in commands_in(overview):
        if command == "help":
            continue
        name = "slipway-" + command
        yield name, page(name, summary[0].lower() + summary[1:],
                         help_sections(run(slipway, "help", command)))
    yield "slipway-cc", driver_page(driver)
    for script in scripts:
        yield os.path.basename(script), kit_page(script)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    slipway, driver, out = sys.argv[1:4]
    os.makedirs(out, exist_ok=True)
    for name, text in pages(slipway, driver, sys.argv[4:]):
        with open(os.path.join(out, name + ".1"), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
