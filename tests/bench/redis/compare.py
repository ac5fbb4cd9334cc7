#!/usr/bin/env python3
"""Compares Redis under Slipway with the same Redis built natively.

For each number of I/O threads both servers run at the same time on this
machine, and each redis-benchmark test is run on one and then on the other,
several times over. The tables show medians: of the throughput, of the processor
time that the server took for a request (with quartiles), which other programs on
the machine disturb less, and of the latency that the clients saw. The last table
is the memory of the two servers, empty and with the same data. Only the ratios
mean something: the figures depend on the machine.
"""

import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path[:0] = [os.path.abspath("tests/bench"), os.path.abspath("tests/redis")]
import redis_harness  # noqa: E402
from figures import geometric_mean, summary, write_json  # noqa: E402

TESTS = ("set", "get", "incr", "lpush", "lpop", "sadd", "hset", "zadd",
         "lrange_100", "mset")
SIDES = ("native", "guest")
LATENCIES = ("p50", "p99", "p99.9")

# Makes KEYS[1] to KEYS[1] + ARGV[1] - 1: three strings of 100 bytes for each
# hash of ten fields and for each sorted set of ten members.
FILL = """
local value = string.rep('x', 100)
for i = tonumber(KEYS[1]), KEYS[1] + ARGV[1] - 1 do
  local kind = i % 5
  for k = 1, kind < 2 and 10 or 0 do
    if kind == 0 then redis.call('HSET', i, 'field:' .. k, 'value:' .. i * k)
    else redis.call('ZADD', i, i * k % 1000, 'member:' .. k) end
  end
  if kind > 1 then redis.call('SET', i, value) end
end"""
FILL_STEP = 10000


def processor_time(server):
    """Nanoseconds that the server's threads have run."""
    total = 0
    for path in glob.glob("/proc/%d/task/*/schedstat" % server.process.pid):
        with open(path, encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total


def first_percentile(rows, wanted):
    """The least latency that `wanted` percent of the requests did not exceed."""
    return next(latency for percent, latency in rows if percent >= wanted)


def parse(output):
    """{test name: {"rate": per second, "p50": ms, …}} of redis-benchmark's text."""
    found = {}
    sections = re.split(r"====== (.*) ======\n", output)[1:]
    for name, text in zip(sections[::2], sections[1::2]):
        rate = re.search(r"throughput summary: ([0-9.]+)", text)
        distribution = text.split("Latency by percentile distribution:")[1]
        rows = [(float(percent), float(latency)) for percent, latency in
                re.findall(r"^([0-9.]+)% <= ([0-9.]+) milliseconds",
                           distribution.split("\n\n")[0], re.MULTILINE)]
        found[name] = {"rate": float(rate[1])}
        for percentile in LATENCIES:
            found[name][percentile] = first_percentile(rows,
                                                       float(percentile[1:]))
    return found


def measure(server, test, options, pipeline):
    """parse() of a benchmark run, with "time": processor ns per request.

    A test that prepares another one makes as many requests, so the time is
    shared evenly.
    """
    before = processor_time(server)
    result = subprocess.run(
        [options.benchmark, "-p", str(server.port), "-n",
         str(options.requests), "-c", str(options.clients), "-P", str(pipeline),
         "-t", test], stdout=subprocess.PIPE, check=True,
        universal_newlines=True)
    found = parse(result.stdout.replace("\r", "\n"))
    spent = processor_time(server) - before
    for figures in found.values():
        figures["time"] = spent / options.requests / len(found)
    return found


def measure_in_turns(servers, test, options, pipeline):
    """{test name: {side: {figure: summary}}}."""
    samples = {}
    for _ in range(options.rounds):
        for side, server in servers.items():
            for name, figures in measure(server, test, options,
                                         pipeline).items():
                of_test = samples.setdefault(name, {s: {} for s in SIDES})
                for figure, value in figures.items():
                    of_test[side].setdefault(figure, []).append(value)
    return {name: {side: {figure: summary(values)
                          for figure, values in figures.items()}
                   for side, figures in sides.items()}
            for name, sides in samples.items()}


def ratio(sides, figure):
    """Guest over native, of medians."""
    return sides["guest"][figure]["median"] / sides["native"][figure]["median"]


def print_table(title, columns, rows):
    """`columns` are widths by heading; a row has a text for each."""
    print("\n" + title)
    for row in [list(columns)] + rows:
        print("".join("%-*s" % (width, text) if i == 0 else
                      "%*s" % (width, text)
                      for i, (width, text) in enumerate(
                          zip(columns.values(), row))))
    sys.stdout.flush()


def spread(figure):
    return "%.0f (%.0f to %.0f)" % (figure["median"], figure["q1"],
                                    figure["q3"])


def print_speed(tests, title):
    columns = {"test": 34, "native/s": 10, "guest/s": 10, "ratio": 7,
               "native ns": 26, "guest ns": 26, "ratio ": 7}
    rows = [[name[:32]] +
            ["%.0f" % sides[side]["rate"]["median"] for side in SIDES] +
            ["%.2f" % ratio(sides, "rate")] +
            [spread(sides[side]["time"]) for side in SIDES] +
            ["%.2f" % ratio(sides, "time")]
            for name, sides in tests.items()]
    mean = ["%.2f" % geometric_mean([ratio(s, f) for s in tests.values()])
            for f in ("rate", "time")]
    rows.append(["geometric mean", "", "", mean[0], "", "", mean[1]])
    print_table(title, columns, rows)


def print_latencies(tests, title):
    columns = {"test": 34}
    for percentile in LATENCIES:
        columns.update({percentile + " native": 14, percentile + " guest": 14,
                        percentile + " ratio": 14})
    rows, means = [], []
    for name, sides in tests.items():
        row = [name[:32]]
        for percentile in LATENCIES:
            row += ["%.3f" % sides[side][percentile]["median"]
                    for side in SIDES]
            row.append("%.2f" % ratio(sides, percentile))
        rows.append(row)
    for percentile in LATENCIES:
        means += ["", "", "%.2f" % geometric_mean(
            [ratio(sides, percentile) for sides in tests.values()])]
    print_table(title, columns, rows + [["geometric mean"] + means])


def compare(servers, options, pipeline, threads):
    """Measures and prints all tests; {test name: {side: {figure: summary}}}."""
    tests = {}
    for test in options.tests.split(","):
        tests.update(measure_in_turns(servers, test, options, pipeline))
    title = ("redis-benchmark -n %d -c %d -P %d, --io-threads %d, median of %d"
             % (options.requests, options.clients, pipeline, threads,
                options.rounds))
    print_speed(tests, title)
    print_latencies(tests, "latency in ms, " + title)
    return tests


def memory(server):
    """Megabytes: {"resident", "proportional", "used_memory"}."""
    with open("/proc/%d/smaps_rollup" % server.process.pid,
              encoding="ascii") as file:
        kilobytes = dict(re.findall(r"^(\w+): +(\d+) kB", file.read(),
                                    re.MULTILINE))
    client = server.client()
    used = client.info("memory")["used_memory"]
    client.close()
    return {"resident": int(kilobytes["Rss"]) / 1024,
            "proportional": int(kilobytes["Pss"]) / 1024,
            "used_memory": int(used) / 2**20}


def fill(server, keys):
    client = server.client(timeout=600)
    for first in range(0, keys, FILL_STEP):
        client.call("EVAL", FILL, 1, first, min(FILL_STEP, keys - first))
    assert client.call("DBSIZE") == keys
    client.close()


def compare_memory(servers, keys):
    """{"empty" or "filled": {side: memory()}}."""
    found = {"empty": {side: memory(s) for side, s in servers.items()}}
    for server in servers.values():
        fill(server, keys)
    found["filled"] = {side: memory(s) for side, s in servers.items()}
    rows = []
    for state, sides in found.items():
        for figure in sides["native"]:
            values = [sides[side][figure] for side in SIDES]
            rows.append(["%s, %s" % (figure, state)] +
                        ["%.1f" % value for value in values] +
                        ["%.2f" % (values[1] / values[0])])
    print_table("memory in MB, %d keys" % keys,
                {"": 34, "native": 10, "guest": 10, "ratio": 7}, rows)
    return found


class Servers:
    """A native and a guest's server with these arguments, in a `with`."""

    def __init__(self, options, *arguments):
        native = os.path.abspath(
            redis_harness.pick(options.native, "redis-server"))
        self.directories = [tempfile.TemporaryDirectory() for _ in SIDES]
        self.servers = {
            side: redis_harness.Server(directory.name, *arguments,
                                       native=path)
            for side, directory, path in zip(SIDES, self.directories,
                                             (native, None))}

    def __enter__(self):
        for server in self.servers.values():
            server.start()
        return self.servers

    def __exit__(self, *error):
        for server in self.servers.values():
            server.kill()
        for directory in self.directories:
            directory.cleanup()


def numbers(text):
    return [int(word) for word in text.split(",")]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    redis_harness.add_arguments(parser)
    parser.add_argument("--native", required=True, nargs="+",
                        help="native redis-server and redis-benchmark")
    parser.add_argument("--requests", type=int, default=100000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pipelines", type=numbers, default=[1, 16])
    parser.add_argument("--io-threads", type=numbers, default=[1, 2])
    parser.add_argument("--tests", default=",".join(TESTS))
    parser.add_argument("--keys", type=int, default=500000,
                        help="in memory when it is measured; 0: not at all")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    options.benchmark = os.path.abspath(
        redis_harness.pick(options.native, "redis-benchmark"))
    return options


def main():
    options = parse_options()
    redis_harness.configure(options)
    results = {"requests": options.requests, "clients": options.clients,
               "rounds": options.rounds, "keys": options.keys, "speed": []}
    for threads in options.io_threads:
        with Servers(options, "--io-threads", threads) as servers:
            for pipeline in options.pipelines:
                results["speed"].append({
                    "io_threads": threads, "pipeline": pipeline,
                    "tests": compare(servers, options, pipeline, threads)})
    if options.keys:
        with Servers(options) as servers:
            results["memory"] = compare_memory(servers, options.keys)
    if options.json:
        write_json(options.json, results)


if __name__ == "__main__":
    main()
