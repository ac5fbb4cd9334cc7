#!/usr/bin/env python3
"""Snapshots and the append-only file: fork while clients write, restart."""

import threading

import redis_harness

KEYS = 100_000
BATCH = 1000


def fill(client, prefix, count):
    for start in range(0, count, BATCH):
        commands = [("SET", "%s:%d" % (prefix, i), "value of %s %d" % (prefix, i))
                    for i in range(start, min(start + BATCH, count))]
        replies = client.pipeline(commands)
        assert replies == [b"OK"] * len(commands), replies[:3]


class Writer(threading.Thread):
    """Writes extra keys until told to stop; `written` were acknowledged."""

    def __init__(self, server):
        super().__init__()
        self.client = server.client()
        self.written = 0
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.is_set():
            self.client.call("SET", "extra:%d" % self.written, self.written)
            self.written += 1

    def stop(self):
        self.stopping.set()
        self.join()
        return self.written


class PersistenceTest(redis_harness.RedisTestCase):
    def check_all(self, client, extra):
        for start in range(0, KEYS, BATCH):
            replies = client.pipeline(
                [("GET", "key:%d" % i) for i in range(start, start + BATCH)])
            self.assertEqual(
                replies, [b"value of key %d" % i for i in range(start, start + BATCH)])
        if extra:
            replies = client.pipeline([("GET", "extra:%d" % i) for i in range(extra)])
            self.assertEqual(replies, [b"%d" % i for i in range(extra)])
        self.assertEqual(client.call("DBSIZE"), KEYS + extra)

    def test_snapshot_while_clients_write(self):
        with redis_harness.Server(self.directory) as server:
            client = server.client()
            fill(client, "key", KEYS)
            writer = Writer(server)
            writer.start()
            client.call("BGSAVE")
            redis_harness.wait_for(
                lambda: client.info("persistence")["rdb_bgsave_in_progress"] == "0",
                "BGSAVE is done")
            extra = writer.stop()
            self.assertEqual(
                client.info("persistence")["rdb_last_bgsave_status"], "ok")
            self.assertGreater(extra, 0)
            self.assertEqual(client.call("CONFIG", "SET", "save", "3600 1"), b"OK")
            self.assertEqual(server.stop(), 0, server.log_tail())
        with redis_harness.Server(self.directory) as server:
            self.check_all(server.client(), extra)

    def test_append_only_file_is_rewritten_while_clients_write(self):
        options = ("--appendonly", "yes", "--appendfsync", "everysec",
                   "--auto-aof-rewrite-percentage", "0")
        with redis_harness.Server(self.directory, *options) as server:
            client = server.client()
            fill(client, "key", KEYS)
            writer = Writer(server)
            writer.start()
            client.call("BGREWRITEAOF")
            redis_harness.wait_for(
                lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0"
                and client.info("persistence")["aof_rewrite_scheduled"] == "0",
                "BGREWRITEAOF is done")
            extra = writer.stop()
            self.assertEqual(
                client.info("persistence")["aof_last_bgrewrite_status"], "ok")
            self.assertEqual(server.stop(), 0, server.log_tail())
        with redis_harness.Server(self.directory, *options) as server:
            self.check_all(server.client(), extra)


if __name__ == "__main__":
    redis_harness.main()
