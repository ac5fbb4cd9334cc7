#!/usr/bin/env python3
"""Compares how a cached module starts with how the native program does.

Each program is run natively and as a guest in turns, to its end. The table has
milliseconds from the start to the end as the parent sees it, and of processor
time: medians with their quartiles, and medians of the differences of pairs.
Then it shows the resident memory of programs that have started and wait, the
process's share of it, and what no other process has.
"""

import argparse
import os
import socket
import subprocess
import sys
import time

# `bazel run` starts in the runfiles' copy of the workspace.
sys.path.insert(0, os.path.abspath("tests/bench"))
from figures import summary, usage_of, write_json  # noqa: E402


def run_once(command):
    """{"elapsed", "processor"} of a run in ms."""
    start = time.perf_counter()
    usage = usage_of(command, stdout=subprocess.DEVNULL)
    elapsed = time.perf_counter() - start
    return {"elapsed": elapsed * 1e3,
            "processor": (usage.ru_utime + usage.ru_stime) * 1e3}


def compare(native, guest, rounds):
    """{figure: {"native", "guest", "difference": summary}}."""
    for command in (native, guest):
        run_once(command)  # compiles, and fills the page cache
    time.sleep(3)  # what is new is not taken for settled; see known_digests.h
    run_once(guest)
    pairs = [(run_once(native), run_once(guest)) for _ in range(rounds)]
    return {figure: {
        "native": summary([n[figure] for n, _ in pairs]),
        "guest": summary([g[figure] for _, g in pairs]),
        "difference": summary([g[figure] - n[figure] for n, g in pairs]),
    } for figure in ("elapsed", "processor")}


def memory_of(pid):
    """{"Rss", "Pss", "Private"} of a process in KiB."""
    sizes = {}
    with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as file:
        for line in file:
            words = line.split()
            if len(words) == 3 and words[2] == "kB":
                sizes[words[0].rstrip(":")] = int(words[1])
    return {"Rss": sizes["Rss"], "Pss": sizes["Pss"],
            "Private": sizes["Private_Clean"] + sizes["Private_Dirty"]}


def memory_when_idle(command, sign):
    """memory_of a program that has just printed `sign` and waits."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, universal_newlines=True)
    try:
        for line in process.stdout:
            if sign in line:
                time.sleep(0.5)
                return memory_of(process.pid)
        sys.exit("%s did not print %s" % (command, sign))
    finally:
        process.kill()
        process.wait()


def print_program(name, result):
    for figure in ("elapsed", "processor"):
        text = "%-24s %-10s" % (name, figure)
        for who in ("native", "guest", "difference"):
            s = result[figure][who]
            text += " %30s" % ("%.2f (%.2f to %.2f)" %
                               (s["median"], s["q1"], s["q3"]))
        print(text, flush=True)


def print_memory(name, result):
    for who in ("native", "guest"):
        print("%-24s %-10s %s" % (name + ", idle", who, ", ".join(
            "%s %d KiB" % size for size in result[who].items())), flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find(paths, suffix):
    """The one of space-separated paths that ends so, or is so called."""
    for path in paths.split():
        if path.endswith(suffix):
            return os.path.abspath(path)
    return sys.exit("no %s in %s" % (suffix, paths))


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slipway", required=True)
    parser.add_argument("--program", action="append", default=[],
                        metavar="NAME=NATIVE=MODULE")
    parser.add_argument("--redis-native", metavar="PATHS")
    parser.add_argument("--redis-guest", metavar="PATHS")
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--json", metavar="FILE", help="- is standard output, "
                        "without the table")
    return parser.parse_args()


def programs_of(options, slipway):
    """[(name, arguments, arguments to wait, sign, native, guest)]."""
    programs = []
    for program in options.program:
        name, native, module = program.split("=")
        programs.append((name, [], ["wait"], "hello", os.path.abspath(native),
                         os.path.abspath(module)))
    if options.redis_native:
        programs.append(("redis-server", ["--version"],
                         ["--bind", "127.0.0.1", "--port", str(free_port()),
                          "--save", ""],
                         "Ready to accept connections",
                         find(options.redis_native, "redis-server"),
                         find(options.redis_guest, "redis-server.wasm")))
    return [(name, once, wait, sign, [native],
             [slipway, "run", "--listen", "127.0.0.1:*", module, "--"])
            for name, once, wait, sign, native, module in programs]


def main():
    options = parse_options()
    slipway = os.path.abspath(options.slipway)
    table = options.json != "-"
    results = {}
    if table:
        print("%-24s %-10s %30s %30s %30s" %
              ("milliseconds", "", "native", "guest", "difference"))
    programs = programs_of(options, slipway)
    for name, once, _, _, native, guest in programs:
        results[name] = compare(native + once, guest + once, options.rounds)
        if table:
            print_program(name, results[name])
    for name, _, wait, sign, native, guest in programs:
        memory = {"native": memory_when_idle(native + wait, sign),
                  "guest": memory_when_idle(guest + wait, sign)}
        results[name + ", idle"] = memory
        if table:
            print_memory(name, memory)
    if options.json:
        write_json(options.json, results)


if __name__ == "__main__":
    main()
