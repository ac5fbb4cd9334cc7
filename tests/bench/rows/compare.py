#!/usr/bin/env python3
"""Compares what operations cost a guest with what they cost a native program.

One C source, built for this machine and for the guest (benchmark.bzl). The
programs run at the same time; each row is timed in many short rounds, in turns, so that whatever
else the machine does meets all of them. The table has nanoseconds per
operation: medians with their quartiles, minimums, and the guest against the
first native program.
"""

import argparse
import os
import subprocess
import sys
import tempfile

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path.insert(0, os.path.abspath("tests/bench"))
from figures import summary, write_json  # noqa: E402


class Program:
    """A running benchmark program (main.c), in a directory of its own."""

    def __init__(self, name, command, directory, cpu):
        self.name = name
        os.mkdir(directory)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            cwd=directory, universal_newlines=True,
            preexec_fn=(lambda: os.sched_setaffinity(0, {cpu}))
            if cpu is not None else None)

    def measure(self, row, count):
        """(elapsed, processor) nanoseconds per operation."""
        try:
            self.process.stdin.write("%s %d\n" % (row, count))
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.process.stdout.readline().split()
        if len(answer) != 2:
            sys.exit("%s ended in row %s with status %s" %
                     (self.name, row, self.process.wait()))
        return tuple(int(word) / count for word in answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def choose_count(program, row, milliseconds):
    """How many operations take about that much processor time."""
    count = 1
    while True:
        spent = program.measure(row, count)[1] * count / 1e6
        if spent >= milliseconds / 2 or count >= 1 << 24:
            return max(1, int(count * milliseconds / max(spent, 1e-3)))
        count *= 4


def measure_row(programs, row, options):
    """{program: {"elapsed": summary, "processor": summary}} of one row."""
    count = choose_count(programs[0], row, options.milliseconds)
    samples = {program.name: [] for program in programs}
    for _ in range(options.rounds):
        for program in programs:
            samples[program.name].append(program.measure(row, count))
    return {name: {"elapsed": summary([s[0] for s in all_samples]),
                   "processor": summary([s[1] for s in all_samples])}
            for name, all_samples in samples.items()}


def compared(result, clock, reference, figure):
    """The guest's figure less that of the native program, and their ratio."""
    native = result[reference][clock][figure]
    guest = result["guest"][clock][figure]
    return guest - native, guest / native if native else float("nan")


def print_header(names, options):
    print("%s time per operation in ns, %d rounds of %d ms: median "
          "(quartiles) minimum" %
          (options.clock, options.rounds, options.milliseconds))
    print("%-24s" % "row" + "".join(" %32s" % name for name in names) +
          " %9s %7s %9s %7s" % ("median", "ratio", "minimum", "ratio"))


def print_row(row, result, names, options):
    text = "%-24s" % row
    for name in names:
        s = result[name][options.clock]
        text += " %32s" % ("%.0f (%.0f to %.0f) %.0f" %
                           (s["median"], s["q1"], s["q3"], s["min"]))
    for figure in ("median", "min"):
        text += " %+9.0f %7.2f" % compared(result, options.clock, names[0],
                                           figure)
    print(text, flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slipway", required=True)
    parser.add_argument("--module", required=True)
    parser.add_argument("--native", required=True, action="append",
                        metavar="NAME=PROGRAM", help="the first is compared")
    parser.add_argument("--rows", help="names, separated by commas")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--milliseconds", type=int, default=10,
                        help="of a round")
    parser.add_argument("--clock", choices=("processor", "elapsed"),
                        default="processor",
                        help="processor time (of all threads and children) is "
                        "disturbed less by other programs")
    parser.add_argument("--cpu", default=str(max(os.sched_getaffinity(0))),
                        help="to run on: a number, or any")
    parser.add_argument("--mount", default="/work", help="the guest's path of "
                        "the directory that it works in; / beside what a root "
                        "has in /dev and /proc")
    parser.add_argument("--json", metavar="FILE", help="- is standard output, "
                        "without the table")
    return parser.parse_args()


def main():
    options = parse_options()
    cpu = None if options.cpu == "any" else int(options.cpu)
    natives = [(name, os.path.abspath(path)) for name, path in
               (native.split("=", 1) for native in options.native)]
    slipway = os.path.abspath(options.slipway)
    module = os.path.abspath(options.module)
    rows = subprocess.run([natives[0][1], "--list"], check=True,
                          stdout=subprocess.PIPE,
                          universal_newlines=True).stdout.split()
    if options.rows:
        rows = options.rows.split(",")
    with tempfile.TemporaryDirectory() as directory:
        programs = [Program(name, [path], os.path.join(directory, name), cpu)
                    for name, path in natives]
        work = os.path.join(directory, "guest")
        programs.append(Program("guest", [
            slipway, "run", "--dir", work + "::" + options.mount,
            "--cwd", options.mount,
            "--listen", "127.0.0.1:*", "--connect", "127.0.0.1:*", module],
            work, cpu))
        names = [program.name for program in programs]
        results = {}
        if options.json != "-":
            print_header(names, options)
        for row in rows:
            results[row] = measure_row(programs, row, options)
            if options.json != "-":
                print_row(row, results[row], names, options)
        for program in programs:
            program.close()
    if options.json:
        write_json(options.json, results)


if __name__ == "__main__":
    main()
