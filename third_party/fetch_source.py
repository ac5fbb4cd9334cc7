#!/usr/bin/env python3
"""Downloads the original tarball of one Debian source package.

    fetch_source.py PACKAGE VERSION SUITE FILE DIRECTORY

Leaves FILE in DIRECTORY. The archive's address and keyring come from this
machine's apt configuration; a private source list and private apt state live
in DIRECTORY, so it needs no root and the machine's apt is not touched. Exits 1
with what apt said when the file cannot be had.
"""

import os
import subprocess
import sys


def one_line_entries(text):
    """Yields (options, uri, suites) of an apt sources.list, deb rows only."""
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        kind, _, rest = line.partition(" ")
        if kind not in ("deb", "deb-src"):
            continue
        rest = rest.strip()
        options = ""
        if rest.startswith("["):
            options, _, rest = rest[1:].partition("]")
        fields = rest.split()
        if len(fields) >= 2:
            yield signed_by_of(options), fields[0], [fields[1]]


def signed_by_of(options):
    for option in options.split():
        key, _, value = option.partition("=")
        if key == "signed-by":
            return value
    return ""


def stanza_entries(text):
    """Yields the same of a deb822 .sources file."""
    for stanza in text.split("\n\n"):
        fields = {}
        key = None
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1] in (" ", "\t") and key:
                fields[key] += " " + line.strip()
                continue
            key, _, value = line.partition(":")
            key = key.strip().lower()
            fields[key] = value.strip()
        if fields.get("enabled", "yes").lower() in ("no", "false"):
            continue
        for uri in fields.get("uris", "").split():
            yield (fields.get("signed-by", ""), uri,
                   fields.get("suites", "").split())


def configured_entries(main_list, parts):
    paths = [main_list]
    if os.path.isdir(parts):
        paths += [os.path.join(parts, f) for f in sorted(os.listdir(parts))]
    for path in paths:
        if not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as f:
            text = f.read()
        if path.endswith(".sources"):
            yield from stanza_entries(text)
        elif path.endswith(".list"):
            yield from one_line_entries(text)


# An archive that serves one of these serves every Debian release: they live
# side by side under dists/. Third-party archives name their suites otherwise.
DEBIAN_RELEASES = ("bookworm", "trixie", "forky", "sid", "stable", "testing",
                   "unstable", "oldstable", "bullseye")


def archives_for(suite, entries):
    """The distinct (signed_by, uri) that should serve `suite`, in order."""
    want_security = suite.endswith("-security")
    found = []
    for signed_by, uri, suites in entries:
        for have in suites:
            release, _, pocket = have.partition("-")
            serves = release in DEBIAN_RELEASES and (
                (pocket == "security") == want_security)
            # A keyring written into the stanza cannot be passed on in a
            # one-line entry; apt's trusted.gpg.d may still hold the key.
            keyring = signed_by if signed_by.startswith("/") else ""
            if serves and (keyring, uri) not in found:
                found.append((keyring, uri))
    return found


def apt_settings():
    """The machine's main source list and its directory of source lists."""
    shell = subprocess.run(
        ["apt-config", "shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS",
         "Dir::Etc::sourceparts/d"],
        stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout
    values = dict(line.split("=", 1) for line in shell.splitlines() if line)
    return (values.get("LIST", "").strip("'"),
            values.get("PARTS", "").strip("'"))


def run_apt(directory, arguments):
    settings = {
        "Dir::Etc::SourceList": os.path.join(directory, "sources.list"),
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": os.path.join(directory, "lists"),
        "Dir::Cache": os.path.join(directory, "cache"),
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        # Only matters as root: apt's own user could not write here.
        "APT::Sandbox::User": "root",
        # A half-made update must fail rather than leave an old index.
        "APT::Update::Error-Mode": "any",
    }
    command = ["apt-get", "-q"]
    for name, value in settings.items():
        command += ["-o", "%s=%s" % (name, value)]
    result = subprocess.run(command + arguments, cwd=directory,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            universal_newlines=True, check=False)
    return result.returncode, result.stdout


def fetch(package, version, suite, name, directory):
    """Returns an error message, or None when the file is there."""
    archives = archives_for(suite, configured_entries(*apt_settings()))
    if not archives:
        return ("no Debian archive that could serve suite %s is configured in "
                "this machine's apt sources" % suite)
    os.makedirs(os.path.join(directory, "lists", "partial"), exist_ok=True)
    os.makedirs(os.path.join(directory, "cache", "archives", "partial"),
                exist_ok=True)
    output = ""
    for keyring, uri in archives:
        option = "[signed-by=%s] " % keyring if keyring else ""
        with open(os.path.join(directory, "sources.list"), "w",
                  encoding="utf-8") as f:
            f.write("deb-src %s%s %s main\n" % (option, uri, suite))
        code, output = run_apt(directory, ["update"])
        if code != 0:
            continue
        # Suites replace packaging revisions; the next one usually carries the
        # same upstream tarball, and the caller checks its digest.
        for wanted in ("%s=%s" % (package, version), package):
            _, tried = run_apt(directory, [
                "source", "--download-only", "--tar-only", "--only-source",
                wanted])
            if os.path.isfile(os.path.join(directory, name)):
                return None
            output += tried
    return output.strip() or "apt-get left no file %s" % name


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    try:
        error = fetch(*sys.argv[1:])
    except OSError as e:
        error = str(e)
    if error:
        sys.exit(error)


if __name__ == "__main__":
    main()
