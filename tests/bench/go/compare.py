#!/usr/bin/env python3
"""Compares a Go program built for WASI (GOOS=wasip1) with the native one.

Go 1.21 or newer builds both from the same source; its path comes from --go. Each
kernel runs natively and as a guest in turns; the table has milliseconds of
processor time in user mode, without those of a run that does nothing: medians
with their quartiles, and the ratio of the medians.
"""

import argparse
import os
import subprocess
import sys
import tempfile

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path.insert(0, os.path.abspath("tests/bench"))
from figures import geometric_mean, summary, usage_of, write_json  # noqa: E402

KERNELS = ["interpreter", "fannkuch", "trees", "sort", "map", "sha256", "json",
           "flate"]
SOURCE = "tests/bench/go/main.go"


def build(go, output, environment):
    environment = dict(os.environ, CGO_ENABLED="0", **environment)
    if "HOME" not in environment:
        environment["GOCACHE"] = os.path.join(os.path.dirname(output), "cache")
    try:
        subprocess.run([go, "build", "-o", output, os.path.abspath(SOURCE)],
                       check=True, env=environment)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit("cannot build %s with %s (name Go 1.21 or newer by --go): %s" %
                 (SOURCE, go, error))


def run_once(command, kernel):
    """(milliseconds in user mode, output) of a run."""
    with tempfile.TemporaryFile() as output:
        usage = usage_of(command + [kernel], stdout=output)
        output.seek(0)
        return usage.ru_utime * 1e3, output.read()


def compare(commands, rounds):
    """{kernel: {"native", "guest": summary, "ratio"}}."""
    results = {}
    empty = {}
    for kernel in ["none"] + KERNELS:
        samples = {who: [] for who in commands}
        for _ in range(rounds):
            outputs = set()
            for who, command in commands.items():
                time, output = run_once(command, kernel)
                samples[who].append(time - empty.get(who, 0))
                outputs.add(output)
            if len(outputs) != 1:
                sys.exit("%s: guest and native compute different things" % kernel)
        figures = {who: summary(samples[who]) for who in commands}
        if kernel == "none":
            empty = {who: figures[who]["median"] for who in commands}
            continue
        figures["ratio"] = figures["guest"]["median"] / figures["native"]["median"]
        results[kernel] = figures
        print("%-12s %s  %.2f" % (kernel, " ".join(
            "%26s" % ("%.0f (%.0f to %.0f)" % (s["median"], s["q1"], s["q3"]))
            for s in (figures["native"], figures["guest"])), figures["ratio"]),
              flush=True)
    print("geometric mean %.2f" %
          geometric_mean([r["ratio"] for r in results.values()]))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slipway", required=True)
    parser.add_argument("--go", default="go", help="the Go command (go)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="where to write results, - for here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        native = os.path.join(directory, "native")
        guest = os.path.join(directory, "guest.wasm")
        build(options.go, native, {})
        build(options.go, guest, {"GOOS": "wasip1", "GOARCH": "wasm"})
        commands = {"native": [native],
                    "guest": [os.path.abspath(options.slipway), "run", guest]}
        for command in commands.values():
            run_once(command, "none")  # compiles
        results = compare(commands, options.rounds)
    if options.json:
        write_json(options.json, results)


if __name__ == "__main__":
    main()
