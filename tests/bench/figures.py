"""What the benchmarks of this directory do with their samples."""

import json
import math
import os
import statistics
import subprocess
import sys


def summary(samples):
    """{"min", "q1", "median", "q3"}: quartiles of one sample are itself."""
    quartiles = (statistics.quantiles(samples, n=4)
                 if len(samples) > 1 else samples * 3)
    return {"min": min(samples), "q1": quartiles[0],
            "median": statistics.median(samples), "q3": quartiles[2]}


def geometric_mean(ratios):
    return math.exp(statistics.fmean(math.log(ratio) for ratio in ratios))


def usage_of(command, **options):
    """What a command and its children used (resource.struct_rusage), run to its
    end; `options` are Popen's. The benchmark ends when the command fails."""
    process = subprocess.Popen(command, **options)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        sys.exit("%s ended with wait status %d" % (command, status))
    return usage


def write(path, text):
    """A file named relative to the caller of `bazel run`; - is standard output."""
    if path == "-":
        sys.stdout.write(text)
        return
    path = os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", ""), path)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def write_json(path, results):
    write(path, json.dumps(results, indent=1))
