#!/usr/bin/env python3
"""Compares the cryptography of a guest's OpenSSL with a native one's.

`openssl speed` of ports/openssl, with the right "crypto" and without it, and of
the machine's own OpenSSL, which has assembly, in turns. The table has thousands
of bytes, or operations, per second of processor time as OpenSSL counts it:
medians with minimum and maximum, and the ratios of medians to the native one.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path.insert(0, os.path.abspath("tests/bench"))
from figures import summary, write_json  # noqa: E402

# Name of the row: arguments of `openssl speed`.
ROWS = {
    "aes-128-gcm": ["-bytes", "16384", "-evp", "aes-128-gcm"],
    "aes-256-gcm": ["-bytes", "16384", "-evp", "aes-256-gcm"],
    "aes-128-gcm-1k": ["-bytes", "1024", "-evp", "aes-128-gcm"],
    "aes-128-cbc": ["-bytes", "16384", "-evp", "aes-128-cbc"],
    "aes-128-ctr": ["-bytes", "16384", "-evp", "aes-128-ctr"],
    "sha1": ["-bytes", "16384", "-evp", "sha1"],
    "sha256": ["-bytes", "16384", "-evp", "sha256"],
    "sha256-1k": ["-bytes", "1024", "-evp", "sha256"],
    "sha512": ["-bytes", "16384", "-evp", "sha512"],
    "chacha20-poly1305": ["-bytes", "16384", "-evp", "chacha20-poly1305"],
    "rsa2048": ["rsa2048"],
    "ecdsap256": ["ecdsap256"],
}
PARTS = {"rsa2048": ["sign", "verify"], "ecdsap256": ["sign", "verify"]}
LIBRARIES = ["libcrypto.so.3", "libssl.so.3"]


def unpack(archive, directory):
    """The program and libraries of the port's tree; the program's path."""
    names = ["tree/apps/openssl"] + ["tree/" + name for name in LIBRARIES]
    with tarfile.open(archive) as tar:
        for name in names:
            with open(os.path.join(directory, os.path.basename(name)),
                      "wb") as out:
                out.write(tar.extractfile(name).read())
    program = os.path.join(directory, "openssl")
    os.chmod(program, 0o755)
    return program


def measure(command, row, seconds):
    """The figures of a row, in the order of its PARTS."""
    output = subprocess.run(
        command + ["speed", "-mr", "-seconds", str(seconds)] + ROWS[row],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        universal_newlines=True).stdout
    for line in output.splitlines():
        fields = line.split(":")
        if line.startswith("+F"):
            return [float(field) for field in fields[3:]]
    return sys.exit("%s: no figure for %s" % (command[0], row))


def compare(commands, row, rounds, seconds):
    """{row: {who: summary}} of a row of the table or of its parts."""
    samples = {who: [] for who in commands}
    for _ in range(rounds):
        for who, command in commands.items():
            samples[who].append(measure(command, row, seconds))
    names = ["%s %s" % (row, part) for part in PARTS.get(row, [])] or [row]
    result = {}
    for i, name in enumerate(names):
        result[name] = {}
        for who, figures in samples.items():
            values = [figure[i] for figure in figures]
            result[name][who] = dict(summary(values), max=max(values))
    return result


def figure_text(figures, scale):
    return "%.0f (%.0f to %.0f)" % tuple(
        figures[key] / scale for key in ("median", "min", "max"))


def print_row(name, result):
    scale = 1e6 if name in ROWS else 1
    native = result["native"]["median"]
    print("| %s | %s |" % (name, " | ".join(
        figure_text(figures, scale) for figures in result.values()) +
        " | " + " | ".join("%.2f" % (figures["median"] / native)
                           for who, figures in result.items()
                           if who != "native")), flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slipway", required=True)
    parser.add_argument("--openssl", required=True, metavar="TREE.tar")
    parser.add_argument("--native", default="/usr/bin/openssl")
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--json", metavar="FILE", help="- is standard output")
    return parser.parse_args()


def main():
    options = parse_options()
    results = {}
    with tempfile.TemporaryDirectory() as directory:
        program = unpack(options.openssl, directory)
        guest = [os.path.abspath(options.slipway), "run", "--dir",
                 directory + "::/usr/local/lib:ro"]
        commands = {
            "native": [options.native],
            "granted": guest + ["--allow", "crypto", program, "--"],
            "denied": guest + [program, "--"],
        }
        print("| MB or operations per second | %s | granted / native | "
              "denied / native |" % " | ".join(commands))
        print("|" + " --- |" * 6)
        for row in options.rows.split(","):
            for name, result in compare(commands, row, options.rounds,
                                        options.seconds).items():
                results[name] = result
                print_row(name, result)
    if options.json:
        write_json(options.json, results)


if __name__ == "__main__":
    main()
