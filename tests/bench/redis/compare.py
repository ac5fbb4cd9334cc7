#!/usr/bin/env python3
"""Compares Redis under Slipway with the same Redis built natively.

Both servers run at the same time on this machine, and each redis-benchmark
test is run on one and then on the other, several times over; the table shows
medians of the throughput, and of the processor time that the server took for a
request, which other programs on the machine disturb less. Only the ratios mean
something: the figures depend on the machine.
"""

import argparse
import csv
import glob
import io
import os
import statistics
import subprocess
import sys
import tempfile

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path[:0] = [os.path.abspath("tests/bench"), os.path.abspath("tests/redis")]
import redis_harness  # noqa: E402
from figures import geometric_mean  # noqa: E402

TESTS = ("set", "get", "incr", "lpush", "lpop", "sadd", "hset", "zadd",
         "lrange_100", "mset")


def processor_time(server):
    """Nanoseconds that the server's threads have run."""
    total = 0
    for path in glob.glob("/proc/%d/task/*/schedstat" % server.process.pid):
        with open(path, encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total


def measure(server, test, options, pipeline):
    """{test name: (requests, processor ns per request)} of a benchmark run.

    The first is per second. A test that prepares another one makes as many
    requests, so the time is shared evenly.
    """
    command = ["redis-benchmark", "-p", str(server.port), "-n",
               str(options.requests), "-c", str(options.clients), "-P",
               str(pipeline), "-t", test, "--csv"]
    before = processor_time(server)
    result = subprocess.run(command, stdout=subprocess.PIPE, check=True,
                            universal_newlines=True)
    spent = processor_time(server) - before
    rows = [row for row in csv.reader(io.StringIO(result.stdout))
            if len(row) > 1 and row[1].replace(".", "", 1).isdigit()]
    each = spent / options.requests / len(rows)
    return {row[0]: (float(row[1]), each) for row in rows}


def compare(native, guest, options, pipeline):
    """Prints the table of one pipeline depth."""
    print("\nredis-benchmark -n %d -c %d -P %d, median of %d" %
          (options.requests, options.clients, pipeline, options.rounds))
    print("%-40s %10s %10s %7s %10s %10s %7s" %
          ("test", "native/s", "slipway/s", "ratio", "native ns", "slipway ns",
           "ratio"))
    rate_ratios, time_ratios = [], []
    for test in options.tests.split(","):
        samples = {}
        for _ in range(options.rounds):
            for side, server in ((0, native), (1, guest)):
                for name, sample in measure(server, test, options,
                                            pipeline).items():
                    samples.setdefault(name, ([], []))[side].append(sample)
        for name, sides in samples.items():
            (rate, spent), (guest_rate, guest_spent) = [
                [statistics.median(figures) for figures in zip(*side)]
                for side in sides]
            rate_ratios.append(guest_rate / rate)
            time_ratios.append(guest_spent / spent)
            print("%-40s %10.0f %10.0f %7.2f %10.0f %10.0f %7.2f" %
                  (name[:40], rate, guest_rate, guest_rate / rate, spent,
                   guest_spent, guest_spent / spent), flush=True)
    print("%-40s %10s %10s %7.2f %10s %10s %7.2f" %
          ("geometric mean", "", "", geometric_mean(rate_ratios), "", "",
           geometric_mean(time_ratios)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    redis_harness.add_arguments(parser)
    parser.add_argument("--native", required=True, nargs="+",
                        help="a native redis-server, with or without others")
    parser.add_argument("--requests", type=int, default=100000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pipelines", default="1,16")
    parser.add_argument("--tests", default=",".join(TESTS))
    options = parser.parse_args()
    redis_harness.configure(options)
    native_path = os.path.abspath(
        redis_harness.pick(options.native, "redis-server"))
    with tempfile.TemporaryDirectory() as native_directory, \
            tempfile.TemporaryDirectory() as guest_directory, \
            redis_harness.Server(native_directory,
                                 native=native_path) as native, \
            redis_harness.Server(guest_directory) as guest:
        for pipeline in options.pipelines.split(","):
            compare(native, guest, options, int(pipeline))


if __name__ == "__main__":
    main()
