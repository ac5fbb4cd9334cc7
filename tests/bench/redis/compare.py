#!/usr/bin/env python3
"""Compares Redis under Slipway with the same Redis built natively.

Both servers run at the same time on this machine, and each redis-benchmark
test is run on one and then on the other, several times over; the table shows
medians. Only the ratio means something: the figures depend on the machine.
"""

import argparse
import csv
import io
import math
import os
import statistics
import subprocess
import sys
import tempfile

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path.insert(0, os.path.abspath("tests/redis"))
import redis_harness  # noqa: E402

TESTS = ("set", "get", "incr", "lpush", "lpop", "sadd", "hset", "zadd",
         "lrange_100", "mset")


def measure(server, test, options, pipeline):
    """{test name: requests per second} of one redis-benchmark run."""
    command = ["redis-benchmark", "-p", str(server.port), "-n",
               str(options.requests), "-c", str(options.clients), "-P",
               str(pipeline), "-t", test, "--csv"]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=True,
                            universal_newlines=True)
    rows = csv.reader(io.StringIO(result.stdout))
    return {row[0]: float(row[1]) for row in rows
            if len(row) > 1 and row[1].replace(".", "", 1).isdigit()}


def compare(native, guest, options, pipeline):
    """Prints the table of one pipeline depth."""
    print("\nredis-benchmark -n %d -c %d -P %d, median of %d" %
          (options.requests, options.clients, pipeline, options.rounds))
    print("%-40s %12s %12s %7s" % ("test", "native/s", "slipway/s", "ratio"))
    ratios = []
    for test in options.tests.split(","):
        samples = {}
        for _ in range(options.rounds):
            for side, server in ((0, native), (1, guest)):
                for name, rate in measure(server, test, options,
                                          pipeline).items():
                    samples.setdefault(name, ([], []))[side].append(rate)
        for name, (native_rates, guest_rates) in samples.items():
            a = statistics.median(native_rates)
            b = statistics.median(guest_rates)
            ratios.append(b / a)
            print("%-40s %12.0f %12.0f %7.2f" % (name[:40], a, b, b / a),
                  flush=True)
    mean = math.exp(statistics.fmean(math.log(r) for r in ratios))
    print("%-40s %12s %12s %7.2f" % ("geometric mean", "", "", mean))


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
