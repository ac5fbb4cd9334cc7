#!/usr/bin/env python3
"""SIGKILL in the middle of writes: with appendfsync always, every acknowledged
write is there after a restart."""

import threading
import time

import redis_harness

WRITERS = 8
ROUNDS = 3


class Writer(threading.Thread):
    def __init__(self, server, name):
        super().__init__()
        self.client = server.client()
        self.name_of_keys = name
        self.acknowledged = 0

    def run(self):
        try:
            while True:
                key = "%s:%d" % (self.name_of_keys, self.acknowledged)
                if self.client.call("SET", key, key) == b"OK":
                    self.acknowledged += 1
        except OSError:
            pass  # the server is gone, as it should be


class DurabilityTest(redis_harness.RedisTestCase):
    def test_acknowledged_writes_survive_sigkill(self):
        options = ("--appendonly", "yes", "--appendfsync", "always")
        expected = {}
        for round_number in range(ROUNDS):
            with redis_harness.Server(self.directory, *options) as server:
                self.check(server, expected)
                writers = [Writer(server, "r%d.w%d" % (round_number, i))
                           for i in range(WRITERS)]
                for writer in writers:
                    writer.start()
                time.sleep(1.0)
                server.kill()
                for writer in writers:
                    writer.join()
                    self.assertGreater(writer.acknowledged, 0)
                    expected[writer.name_of_keys] = writer.acknowledged
        with redis_harness.Server(self.directory, *options) as server:
            self.check(server, expected)

    def check(self, server, expected):
        client = server.client()
        for name, count in expected.items():
            keys = [("%s:%d" % (name, i)) for i in range(count)]
            replies = client.pipeline([("GET", key) for key in keys])
            self.assertEqual(replies, [key.encode() for key in keys])


if __name__ == "__main__":
    redis_harness.main()
