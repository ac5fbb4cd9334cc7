#!/usr/bin/env python3
"""Runs upstream's test suites against redis-server.wasm.

    bazel run //ports/redis:suite -- --suite main
    bazel run //ports/redis:suite -- --suite main --native      # the oracle
    bazel run //ports/redis:suite -- --unit unit/type/list --unit unit/aofrw
    bazel run //ports/redis:suite_tls -- --suite main           # over TLS

What this does not know goes to upstream's runner (runtest --help). Exits with 0
when nothing failed but what exclude.csv expects, and all of that did.
"""

import argparse
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

import report
import transcript
import tree

SUITES = ("main", "modules", "cluster", "sentinel", "unit")
# That each job's servers listen on; cluster buses are 10,000 above. Upstream takes
# 32 below the first as well, and the next is what holds all of them for us.
PORTS_PER_JOB = 1500
CLAIM_BELOW = 33
LAST_PORT = 50000
UNIT_SECONDS = 3600


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter,
        allow_abbrev=False)
    parser.add_argument("--suite", choices=SUITES + ("all",), action="append",
                        help="main when there is none (repeats)")
    parser.add_argument("--unit", action="append", default=[],
                        help="only this unit of main or modules (repeats)")
    parser.add_argument("--native", action="store_true",
                        help="test a native build")
    parser.add_argument("--guest-clients", action="store_true",
                        help="the clients that tests start are guests, too")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="units that run at once")
    parser.add_argument("--first-port", type=int, default=21111,
                        help="the first that servers of main and modules may have")
    parser.add_argument("--json", metavar="FILE", help="write all results")
    parser.add_argument("--work", metavar="DIR",
                        help="keep trees and transcripts here (must not exist)")
    for name in ("slipway", "compiler", "makefile", "exclusions"):
        parser.add_argument("--at-" + name, dest=name, required=True,
                            type=os.path.abspath, help=argparse.SUPPRESS)
    parser.add_argument("--at-cache", dest="cache", type=os.path.abspath,
                        help=argparse.SUPPRESS)
    for name in ("guest", "native", "modules", "native-modules", "unit-test"):
        parser.add_argument("--at-" + name, default=[], nargs="*",
                            dest="files_" + name.replace("-", "_"),
                            type=os.path.abspath, help=argparse.SUPPRESS)
    settings, rest = parser.parse_known_args(arguments)
    settings.options = [word for word in rest if word != "--"]
    settings.native_build = settings.native
    settings.native = {os.path.basename(path): path
                       for path in settings.files_native}
    settings.guest = {os.path.basename(path): path
                      for path in settings.files_guest}
    (server,) = [name for name in settings.guest
                 if name.endswith("-server.wasm")]
    settings.family = server[:-len("-server.wasm")]
    settings.modules = settings.files_modules
    settings.native_modules = settings.files_native_modules
    return settings


def chosen_suites(settings):
    """Those asked for, which this upstream must have."""
    asked = settings.suite or ["main"]
    root = os.path.dirname(settings.makefile)
    there = {
        "main": True, "modules": True, "unit": bool(settings.files_unit_test),
        "cluster": os.path.exists(os.path.join(root, "tests/cluster/run.tcl")),
        "sentinel": os.path.exists(os.path.join(root, "tests/sentinel/run.tcl")),
    }
    if "all" in asked:
        return [suite for suite in SUITES if there[suite]]
    for suite in asked:
        if not there[suite]:
            sys.exit("%s has no suite %s" % (settings.family, suite))
    return asked


def units_of(settings, suite):
    """Upstream's own lists; newer trees have directories instead."""
    root = os.path.dirname(settings.makefile)
    if suite == "modules":
        script, listed = "runtest-moduleapi", r"--single (\S+)"
        directories = ["unit/moduleapi"]
    else:
        script, listed = "tests/test_helper.tcl", r"(?s)set ::all_tests \{(.*?)\}"
        directories = ["unit", "unit/type", "unit/cluster", "integration"]
    with open(os.path.join(root, script), encoding="utf-8") as file:
        units = " ".join(re.findall(listed, file.read())).split()
    if not units:
        units = [unit for directory in directories
                 for unit in units_in(root, directory)]
    return [unit for unit in units if not settings.unit or
            unit in settings.unit]


def units_in(root, directory):
    names = sorted(os.listdir(os.path.join(root, "tests", directory)))
    return [directory + "/" + name[:-len(".tcl")] for name in names
            if name.endswith(".tcl")]


class Jobs:
    """Runs units at the same time, each job in a tree of its own."""

    def __init__(self, settings, work):
        self.settings = settings
        self.work = work
        self.waiting = queue.Queue()
        self.units = {}

    def run(self, suite, names):
        for name in names:
            self.waiting.put(name)
        threads = [threading.Thread(target=self._job, args=(suite, number))
                   for number in range(min(self.settings.jobs, len(names)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [self.units[name] for name in names]

    def _job(self, suite, number):
        place = os.path.join(self.work, "%s-%d" % (suite, number))
        tree.make(place, self.settings, self.settings.native_build)
        port, claim = claim_ports(self.settings.first_port)
        with claim:
            while True:
                try:
                    name = self.waiting.get_nowait()
                except queue.Empty:
                    return
                self.units[name] = self._unit(suite, name, place, port)

    def _unit(self, suite, name, place, port):
        command = ["tclsh", "tests/test_helper.tcl", "--single", name,
                   "--clients", "1", "--baseport", str(port),
                   "--portcount", str(PORTS_PER_JOB - 100)]
        lines, status, seconds = run_and_read(
            command + self.settings.options, place,
            os.path.join(self.work, name.replace("/", "-") + ".txt"))
        results = transcript.read_helper(lines)
        failures = any(r.outcome == transcript.FAILED for r in results)
        if status != 0 and not failures:
            results.append(transcript.Result(
                name + " ends", transcript.FAILED, "".join(lines[-20:])))
        unit = report.Unit(suite, name, results, seconds)
        announce(unit)
        return unit


def claim_ports(first):
    """The first of a job's ports that no other job or run has, from `first` on,
    and a socket that holds them until it is closed."""
    for port in range(first, LAST_PORT, PORTS_PER_JOB):
        claim = socket.socket()
        try:
            claim.bind(("127.0.0.1", port - CLAIM_BELOW))
            return port, claim
        except OSError:
            claim.close()
    raise OSError("no ports are free from %d on" % first)


def announce(unit):
    print("%s: %d passed, %d failed (%.0f s)" % (
        unit.name, unit.count(transcript.PASSED), unit.count(transcript.FAILED),
        unit.seconds), flush=True)


def run_and_read(command, place, log):
    """Its lines, exit status and duration; what it leaves behind is killed."""
    start = time.monotonic()
    with open(log, "w+", encoding="utf-8", errors="replace") as file:
        process = subprocess.Popen(command, cwd=place, stdin=subprocess.DEVNULL,
                                   stdout=file, stderr=subprocess.STDOUT)
        try:
            status = process.wait(UNIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
        kill_programs_of(place)
        file.seek(0)
        return file.readlines(), status, time.monotonic() - start


def kill_programs_of(place):
    """Servers that a suite which failed has left running in a tree."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            directory = os.readlink("/proc/%s/cwd" % entry)
            if directory == place or directory.startswith(place + "/"):
                os.kill(int(entry), signal.SIGKILL)
        except OSError:
            continue  # it has ended


def run_instances(settings, work, suite):
    """cluster and sentinel: one run, since units build on one another."""
    place = os.path.join(work, suite)
    tree.make(place, settings, settings.native_build)
    lines, status, seconds = run_and_read(
        ["tclsh", "tests/%s/run.tcl" % suite] + settings.options, place,
        os.path.join(work, suite + ".txt"))
    found = transcript.read_instances(lines)
    units = [report.Unit(suite, name, results, 0)
             for name, results in found.items()]
    if not any(unit.count(transcript.FAILED) for unit in units) and status != 0:
        units.append(report.Unit(suite, "(end)", [transcript.Result(
            suite + " ends", transcript.FAILED, "".join(lines[-20:]))], 0))
    units.append(report.Unit(suite, "(together)", [], seconds))
    return units


def run_unit_tests(settings, work):
    """The tests that are compiled into the server."""
    files = {os.path.basename(path): path for path in settings.files_unit_test}
    command = [files["redis-server"]]
    if not settings.native_build:
        command = [settings.slipway, "run", "--dir", work, "--cwd", work,
                   files["redis-server-test.wasm"], "--"]
    lines, status, seconds = run_and_read(
        command + ["test", "all"], work, os.path.join(work, "unit.txt"))
    results = transcript.read_server(lines)
    if not results or (status != 0 and not any(
            r.outcome == transcript.FAILED for r in results)):
        results.append(transcript.Result(
            "redis-server test all ends", transcript.FAILED,
            "".join(lines[-20:])))
    return [report.Unit("unit", "redis-server test all", results, seconds)]


def run_suite(settings, work, suite):
    if suite in ("cluster", "sentinel"):
        return run_instances(settings, work, suite)
    if suite == "unit":
        return run_unit_tests(settings, work)
    return Jobs(settings, work).run(suite, units_of(settings, suite))


def warm_cache(settings, work, suites):
    """So that no test waits for the compiler."""
    os.environ["SLIPWAY_COMPILER"] = settings.compiler
    if settings.cache:
        os.environ["XDG_CACHE_HOME"] = os.path.join(work, "cache")
        with tarfile.open(settings.cache) as archive:
            archive.extractall(os.environ["XDG_CACHE_HOME"])
    modules = settings.modules if "modules" in suites else []
    programs = [path for path in settings.files_guest
                if settings.guest_clients or path.endswith("-server.wasm")]
    for module in programs + modules:
        subprocess.run([settings.slipway, "compile", module], check=True,
                       stdout=subprocess.DEVNULL)


def main():
    settings = parse_arguments(sys.argv[1:])
    if shutil.which("tclsh") is None:
        sys.exit("upstream's suites need tclsh: apt-get install tcl")
    suites = chosen_suites(settings)
    # `bazel run` starts elsewhere; the user's paths are from where it was called.
    caller = os.environ.get("BUILD_WORKING_DIRECTORY", ".")
    work = settings.work and os.path.abspath(os.path.join(caller, settings.work))
    if work:
        os.makedirs(work)
    else:
        work = tempfile.mkdtemp(prefix="redis-suite-")
    settings.certificates = None
    if "--tls" in settings.options:
        settings.certificates = tree.make_certificates(settings, work)
    if not settings.native_build:
        warm_cache(settings, work, suites)
    units = [unit for suite in suites
             for unit in run_suite(settings, work, suite)]
    exclusions = {}
    if not settings.native_build:
        exclusions = report.read_exclusions(settings.exclusions)
    result = report.Report(units, exclusions)
    if settings.json:
        with open(os.path.join(caller, settings.json), "w", encoding="utf-8") as file:
            file.write(result.json() + "\n")
    print(result.table())
    print(result.findings())
    if settings.work is None and result.good:
        shutil.rmtree(work)
    else:
        print("trees and transcripts: " + work)
    print(result.summary())
    sys.exit(0 if result.good else 1)


if __name__ == "__main__":
    main()
