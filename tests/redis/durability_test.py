#!/usr/bin/env python3
"""kill -9 at any moment: with appendfsync always, what was acknowledged is there
after a restart, and the cache of compiled modules has nothing that is damaged.

A server is killed while clients write, while it forks for a snapshot or a rewrite
of the append-only file, and while it starts; the runtime while it compiles a
module and while it stores what was compiled.

    bazel test //tests/redis:durability_test               # some rounds
    bazel test //tests/ports:redis_durability              # 200 rounds
"""

import argparse
import collections
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest

import redis_harness
from writers import Keyspace, Writer

WRITERS = 8
OPTIONS = ("--appendonly", "yes", "--appendfsync", "always",
           "--repl-diskless-sync-delay", "0")
FORKING_COMMANDS = ("BGREWRITEAOF", "BGSAVE")
COMPILE_SECONDS = 600

settings = argparse.Namespace(rounds=6, compilations=2, seed=None)


class ServerKilledTest(redis_harness.RedisTestCase):
    """Rounds of: start, check, write, kill."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(settings.seed)
        self.keyspaces = [Keyspace("w%d" % i, random.Random(self.random.random()))
                          for i in range(WRITERS)]
        self.done_unacknowledged = 0

    def test_acknowledged_writes_survive(self):
        kills = collections.Counter()
        for number in range(settings.rounds):
            # In turn, and writing twice as often as the others.
            kill = (self.kill_writing, self.kill_forking, self.kill_writing,
                    self.kill_starting)[number % 4]
            kill()
            kills[kill.__name__] += 1
        with self.server() as server:
            self.check(server)
        acknowledged = sum(keys.acknowledged for keys in self.keyspaces)
        self.assertGreater(acknowledged, settings.rounds)
        print("%d rounds (%s): %d acknowledged steps, none lost; %d more were "
              "done" % (settings.rounds, dict(kills), acknowledged,
                        self.done_unacknowledged), file=sys.stderr)

    def server(self):
        return redis_harness.Server(self.directory, *OPTIONS, own_group=True)

    def check(self, server):
        client = server.client()
        self.done_unacknowledged += sum(
            keys.check(client) for keys in self.keyspaces)
        client.close()

    def kill_writing(self):
        self.write_until(
            lambda server: time.sleep(self.random.uniform(0.05, 0.8)))

    def kill_forking(self):
        command = self.random.choice(FORKING_COMMANDS)

        def fork(server):
            time.sleep(self.random.uniform(0.05, 0.3))
            server.client().send([(command,)])
            time.sleep(self.random.uniform(0, 0.05))
        self.write_until(fork)

    def kill_starting(self):
        """While it reads the append-only file."""
        for _ in range(3):
            server = self.server()
            server.launch()
            time.sleep(self.random.uniform(0, 0.3))
            server.kill_group()

    def write_until(self, moment):
        with self.server() as server:
            self.check(server)
            writers = [Writer(server.client(), keys) for keys in self.keyspaces]
            for writer in writers:
                writer.start()
            moment(server)
            # A child that saves may live on, or not.
            if self.random.random() < 0.5:
                server.kill_group()
            else:
                server.kill()
            for writer in writers:
                writer.join()
                if writer.failure:
                    raise writer.failure


@unittest.skipIf(redis_harness.is_native(), "nothing is compiled")
class CompilationKilledTest(redis_harness.RedisTestCase):
    """A runtime that is killed while it compiles leaves a cache that works."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(settings.seed)
        self.module = redis_harness.module_path("redis-benchmark.wasm")
        self.expected = self.output_of(self.start(self.fresh_cache()))

    def test_a_killed_compilation_leaves_no_damaged_entry(self):
        cache = self.fresh_cache()
        started = time.monotonic()
        self.output_of(self.start(cache))
        duration = time.monotonic() - started
        for number in range(settings.compilations):
            cache = self.fresh_cache()
            victim = self.start(cache)
            waiting = self.start(cache)
            if number % 2:
                time.sleep(self.random.uniform(0, duration))
            else:
                self.wait_for_object(cache, victim)
                time.sleep(self.random.uniform(0, 0.1))
            victim.kill()
            victim.communicate()
            self.check_entries(cache)
            self.assertEqual(self.output_of(waiting), self.expected)
            self.assertEqual(self.output_of(self.start(cache)), self.expected)
            # The object, and the units that a later compilation may take over,
            # unless the victim was killed between the two.
            self.assertIn(self.check_entries(cache), (1, 2))
        print("%d compilations of %.1f s killed, no damaged entry" %
              (settings.compilations, duration), file=sys.stderr)

    def fresh_cache(self):
        return tempfile.mkdtemp(dir=self.directory)

    def start(self, cache):
        environment = dict(os.environ, XDG_CACHE_HOME=cache)
        return subprocess.Popen(
            redis_harness.slipway_command("run", self.module, "--", "--version"),
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def output_of(self, process):
        output, errors = process.communicate(timeout=COMPILE_SECONDS)
        self.assertEqual(process.returncode, 0, errors)
        self.assertTrue(output)
        return output

    def wait_for_object(self, cache, process):
        """Until what the compiler writes, or its result, appears."""
        places = [os.path.join(cache, "slipway", name)
                  for name in ("partial", "objects")]
        while process.poll() is None:
            if any(os.path.isdir(place) and os.listdir(place)
                   for place in places):
                return
            time.sleep(0.002)

    def check_entries(self, cache):
        """Asserts that each entry is whole; returns how many there are."""
        objects = os.path.join(cache, "slipway", "objects")
        paths = [os.path.join(folder, name)
                 for folder, _, names in os.walk(objects) for name in names]
        for path in paths:
            with open(path, "rb") as file:
                self.assertTrue(is_whole(file.read()), path)
        return len(paths)


def is_whole(entry):
    """The trailer of runtime/cache/object_cache.h."""
    body, trailer = entry[:-48], entry[-48:]
    return (trailer[:8] == b"SLPYOBJ1" and
            int.from_bytes(trailer[8:16], "little") == len(body) and
            trailer[16:] == hashlib.sha256(body).digest())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--rounds", type=int, default=settings.rounds)
    parser.add_argument("--compilations", type=int,
                        default=settings.compilations)
    parser.add_argument("--seed", type=int,
                        default=random.SystemRandom().randrange(1 << 32))
    settings, remaining = parser.parse_known_args()
    print("seed %d" % settings.seed, file=sys.stderr)
    redis_harness.main(remaining)
