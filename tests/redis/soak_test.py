#!/usr/bin/env python3
"""Mixed load for a while, and what the runtime holds before and after.

A server and its replica; clients write and read all types at random, others come
and go; snapshots and rewrites of the append-only file follow each other; the
replica leaves and comes back. When all of that rests, a process must have the
descriptors, threads and mappings that it had at an earlier rest, and the runtime
in it no more memory.

    bazel test //tests/redis:soak_test         # some seconds
    bazel test //tests/ports:redis_soak        # half an hour
"""

import argparse
import os
import random
import sys
import threading
import time

import process_figures
import redis_harness

LOAD_CLIENTS = 4
KEYS = 5000
BATCH = 20
PERSIST_SECONDS = 5
REPLICA_SECONDS = 7
# What caches of the runtime and of the kernel's accounting may add.
SLACK_MAPPINGS = 16
SLACK_KIB = 1024

settings = argparse.Namespace(seconds=20.0)


class Activity(threading.Thread):
    """Does `act` again and again, `pause` seconds apart, until it is stopped."""

    def __init__(self, act, pause):
        super().__init__()
        self.act = act
        self.pause = pause
        self.count = 0
        self.failure = None
        self.stopping = threading.Event()

    def run(self):
        try:
            while not self.stopping.is_set():
                self.act()
                self.count += 1
                self.stopping.wait(self.pause)
        except Exception as error:  # pylint: disable=broad-except
            self.failure = error

    def stop(self):
        self.stopping.set()
        self.join()
        if self.failure:
            raise self.failure


def random_command(source):
    """A command of any type, on keys that stay few and small."""
    number = source.randrange(KEYS)
    member = "m%d" % source.randrange(50)
    value = "v" * source.choice((1, 10, 100, 1000))
    return source.choice((
        ("SET", "string:%d" % number, value),
        ("SET", "volatile:%d" % number, value, "PX", source.randint(1, 5000)),
        ("GET", "string:%d" % number),
        ("INCR", "counter:%d" % number),
        ("LPUSH", "list:%d" % number, value),
        ("LTRIM", "list:%d" % number, 0, 20),
        ("LRANGE", "list:%d" % number, 0, -1),
        ("HSET", "hash:%d" % number, member, value),
        ("HDEL", "hash:%d" % number, member),
        ("SADD", "set:%d" % number, member),
        ("SPOP", "set:%d" % number),
        ("ZADD", "zset:%d" % number, number, member),
        ("ZRANGE", "zset:%d" % number, 0, 10),
        ("XADD", "stream:%d" % number, "MAXLEN", 20, "*", "field", value),
        ("SETBIT", "bits:%d" % number, number, 1),
        ("PFADD", "log:%d" % number, member),
        ("EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", 1,
         "script:%d" % number, value),
        ("PUBLISH", "channel", value),
        ("DEL", "string:%d" % number, "hash:%d" % number),
    ))


class SoakTest(redis_harness.RedisTestCase):
    def test_nothing_leaks(self):
        self.random = random.Random()
        with self.server("master") as self.master, \
                self.server("replica") as self.replica:
            self.follow()
            before = self.load(settings.seconds / 4)
            after = self.load(settings.seconds * 3 / 4)
            for name in before:
                self.check_rest(name, before[name], after[name])

    def server(self, name):
        directory = "%s/%s" % (self.directory, name)
        options = ("--appendonly", "yes", "--appendfsync", "everysec",
                   "--enable-debug-command", "yes",
                   "--repl-diskless-sync-delay", "0",
                   "--auto-aof-rewrite-percentage", "0")
        os.makedirs(directory)
        grants = ["--dir", directory + "::/data", "--listen", "127.0.0.1:*",
                  "--connect", "127.0.0.1:*"]
        return redis_harness.Server(directory, *options, grants=grants)

    def load(self, seconds):
        """Loads both servers; what each holds when they rest afterwards."""
        clients = [self.master.client() for _ in range(LOAD_CLIENTS)]
        activities = {
            "batches": [Activity(lambda client=client: self.write(client), 0.001)
                        for client in clients],
            "connections": [Activity(self.churn, 0.02)],
            "saves": [Activity(self.persist, PERSIST_SECONDS)],
            "replications": [Activity(self.leave_and_return, REPLICA_SECONDS)],
        }
        running = [a for group in activities.values() for a in group]
        for activity in running:
            activity.start()
        self.watch(running, seconds)
        for activity in running:
            activity.stop()
        for client in clients:
            client.close()
        print(", ".join("%s %d" % (name, sum(a.count for a in group))
                        for name, group in activities.items()), file=sys.stderr)
        return self.rest()

    def watch(self, running, seconds):
        """Waits, and prints now and then what the master holds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and all(
                activity.failure is None for activity in running):
            time.sleep(min(60, max(0.1, deadline - time.monotonic())))
            print("master under load:", process_figures.read(
                self.master.process.pid), file=sys.stderr)

    def write(self, client):
        client.pipeline([random_command(self.random) for _ in range(BATCH)])

    def churn(self):
        client = self.master.client()
        if self.random.random() < 0.5:
            client.call(*random_command(self.random))
        elif self.random.random() < 0.5:
            client.send([("SUBSCRIBE", "channel")])
        client.close()

    def persist(self):
        client = self.master.client()
        client.pipeline([(self.random.choice(("BGSAVE", "BGREWRITEAOF")),)])
        self.wait_until_saved(client)
        client.close()

    def leave_and_return(self):
        client = self.replica.client()
        client.call("REPLICAOF", "NO", "ONE")
        client.close()
        self.follow()

    def follow(self):
        client = self.replica.client()
        client.call("REPLICAOF", "127.0.0.1", self.master.port)
        redis_harness.wait_for(
            lambda: client.info("replication")["master_link_status"] == "up",
            "the replica follows")
        client.close()

    def wait_until_saved(self, client):
        def saved():
            info = client.info("persistence")
            return all(info[name] == "0" for name in (
                "rdb_bgsave_in_progress", "aof_rewrite_in_progress",
                "aof_rewrite_scheduled"))
        redis_harness.wait_for(saved, "nothing is saved any more")
        info = client.info("persistence")
        self.assertEqual(info["rdb_last_bgsave_status"], "ok")
        self.assertEqual(info["aof_last_bgrewrite_status"], "ok")

    def rest(self):
        """Waits until nothing is under way, compares the two servers' data, and
        returns their figures."""
        figures = {}
        master, replica = self.master.client(), self.replica.client()
        for client in (master, replica):
            self.wait_until_saved(client)
        redis_harness.wait_for(
            lambda: master.call("DEBUG", "DIGEST") ==
            replica.call("DEBUG", "DIGEST"), "the replica has the same data")
        for name, server in ("master", self.master), ("replica", self.replica):
            client = server.client()
            redis_harness.wait_for(
                lambda: len(client.call("CLIENT", "LIST", "TYPE", "NORMAL")
                            .splitlines()) == 2, "other clients are gone")
            figures[name] = process_figures.read(server.process.pid)
            print("%s at rest: %s" % (name, figures[name]), file=sys.stderr)
            client.close()
        master.close()
        replica.close()
        return figures

    def check_rest(self, name, before, after):
        self.assertEqual(after.descriptors, before.descriptors, name)
        self.assertEqual(after.threads, before.threads, name)
        if redis_harness.is_native():
            return  # its memory is Redis's own
        self.assertLessEqual(after.mappings, before.mappings + SLACK_MAPPINGS,
                             name)
        self.assertLessEqual(after.runtime_kib, before.runtime_kib + SLACK_KIB,
                             name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--seconds", type=float, default=settings.seconds)
    settings, remaining = parser.parse_known_args()
    redis_harness.main(remaining)
