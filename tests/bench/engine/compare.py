#!/usr/bin/env python3
"""Compares the speed of generated code with that of native code.

The kernels (kernel.h) are one program, built natively and for the guest. All
programs run at the same time, and each kernel is timed in turns, so that
whatever else the machine does meets all of them. The time is the processor time
of the kernel itself, measured inside the program. Every run must compute the
same. The table has milliseconds, medians with their quartiles, and ratios of
medians to the first native program.
"""

import argparse
import os
import subprocess
import sys

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path[:0] = [os.path.abspath("tests/bench"),
                os.path.abspath("tests/bench/engine")]
import chart  # noqa: E402
from figures import geometric_mean, summary, write, write_json  # noqa: E402

FAMILIES = {"polybench": "PolyBench", "programs": "integer and server"}


class Program:
    """A running program of kernels (main.c)."""

    def __init__(self, name, command, cpu):
        self.name = name
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            universal_newlines=True,
            preexec_fn=(lambda: os.sched_setaffinity(0, {cpu}))
            if cpu is not None else None)

    def measure(self, kernel, n):
        """(processor time in ms, hash of the result)."""
        try:
            self.process.stdin.write("%s %d\n" % (kernel, n))
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.process.stdout.readline().split()
        if len(answer) != 2:
            sys.exit("%s ended in %s with status %s" %
                     (self.name, kernel, self.process.wait()))
        # A clock may be coarser than a tiny kernel.
        return max(1, int(answer[0])) / 1e6, answer[1]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure_kernel(programs, kernel, n, runs):
    """{program: summary}; ends when results differ."""
    samples = {program.name: [] for program in programs}
    for _ in range(runs):
        results = set()
        for program in programs:
            spent, result = program.measure(kernel, n)
            samples[program.name].append(spent)
            results.add(result)
        if len(results) != 1:
            sys.exit("%s %d: the programs compute different results" %
                     (kernel, n))
    return {name: summary(times) for name, times in samples.items()}


def ratios_of(times, reference, figure="median"):
    """{program: its time relative to the reference's} of one kernel."""
    return {name: t[figure] / times[reference][figure]
            for name, t in times.items()}


def list_kernels(program, only):
    """[(name, family, size, tiny)], of those whose name or family is in only."""
    listing = subprocess.run([program, "--list"], check=True,
                             stdout=subprocess.PIPE,
                             universal_newlines=True).stdout
    rows = [line.split() for line in listing.splitlines()]
    known = {word for row in rows for word in row[:2]}
    for word in only or ():
        if word not in known:
            sys.exit("there is no kernel or family %r" % word)
    return [(name, family, int(size), int(tiny))
            for name, family, size, tiny in rows
            if not only or name in only or family in only]


def start_programs(options):
    cpu = None if options.pin == "any" else int(options.pin)
    programs = [Program(name, [os.path.abspath(path)], cpu)
                for name, path in (native.rsplit("=", 1)
                                   for native in options.native)]
    command = [options.slipway, "run", "--cpu", options.cpu,
               "-O", str(options.optimization), options.module]
    programs.append(Program("guest", command, cpu))
    if options.peer == "node":
        # All of it compiled by the optimising compiler, before it runs.
        command = [options.node, "--no-liftoff",
                   "--no-wasm-lazy-compilation", options.node_host,
                   options.module]
        programs.append(Program("node", command, cpu))
    return programs


def print_header(names, options):
    print("processor time in ms of %d runs in turns: median (quartiles); "
          "ratios of medians to %s" % (options.runs, names[0]))
    print("%-16s" % "kernel" + "".join("%27s" % name for name in names) +
          "".join("%8s" % name for name in names[1:]))


def print_row(kernel, times, names):
    text = "%-16s" % kernel
    for name in names:
        t = times[name]
        text += "%27s" % ("%.2f (%.2f to %.2f)" %
                          (t["median"], t["q1"], t["q3"]))
    ratios = ratios_of(times, names[0])
    print(text + "".join("%8.2f" % ratios[name] for name in names[1:]),
          flush=True)


def means(kernels, names, figure="median"):
    """{family: {program: geometric mean of the ratios}}."""
    found = {}
    for family in FAMILIES:
        ratios = [ratios_of(k["times"], names[0], figure)
                  for k in kernels.values() if k["family"] == family]
        if ratios:
            found[family] = {name: geometric_mean([r[name] for r in ratios])
                             for name in names}
    return found


def print_means(label, found, names):
    for family, ratios in found.items():
        print("%-*s" % (16 + 27 * len(names),
                        "%s of %s" % (label, FAMILIES[family])) +
              "".join("%8.2f" % ratios[name] for name in names[1:]))


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slipway", required=True)
    parser.add_argument("--module", required=True)
    parser.add_argument("--native", required=True, action="append",
                        metavar="NAME=PROGRAM", help="the first is compared to")
    parser.add_argument("--node", help="Node.js")
    parser.add_argument("--node-host", help="node_host.js")
    parser.add_argument("--peer", choices=("node",),
                        help="also run the module on this engine")
    parser.add_argument("--only", help="kernels or families (polybench, "
                        "programs), separated by commas")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--tiny", action="store_true",
                        help="small inputs: times mean nothing")
    parser.add_argument("--cpu", default="native",
                        help="that the guest is compiled for")
    parser.add_argument("-O", dest="optimization", type=int, default=2,
                        help="optimisation level of the guest's compilation")
    parser.add_argument("--pin", default=str(max(os.sched_getaffinity(0))),
                        help="processor to run on: a number, or any")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--svg", metavar="FILE", help="a chart of the ratios")
    return parser.parse_args()


def main():
    options = parse_options()
    only = options.only.split(",") if options.only else None
    rows = list_kernels(
        os.path.abspath(options.native[0].rsplit("=", 1)[1]), only)
    programs = start_programs(options)
    names = [program.name for program in programs]
    print_header(names, options)
    kernels = {}
    for name, family, size, tiny in rows:
        n = tiny if options.tiny else size
        times = measure_kernel(programs, name, n, options.runs)
        kernels[name] = {"family": family, "n": n, "times": times}
        print_row(name, times, names)
    for program in programs:
        program.close()
    found = means(kernels, names)
    print_means("geometric mean", found, names)
    print_means("the same of minimums", means(kernels, names, "min"), names)
    if options.json:
        write_json(options.json, {
            "reference": names[0], "runs": options.runs, "cpu": options.cpu,
            "geometric_means": found, "kernels": kernels})
    if options.svg:
        write(options.svg, chart.draw(
            {name: ratios_of(k["times"], names[0])
             for name, k in kernels.items()}, names[0], names[1:]))


if __name__ == "__main__":
    main()
