#!/usr/bin/env python3
"""Modules of upstream's own suite, loaded into a running server with dlopen."""

import os
import shutil
import sys

import redis_harness


class ModulesTest(redis_harness.RedisTestCase):
    modules = []

    def setUp(self):
        super().setUp()
        for path in self.modules:
            shutil.copy(path, self.directory)

    def server(self, *arguments):
        return redis_harness.Server(self.directory, "--enable-module-command",
                                    "yes", *arguments)

    def load(self, client, name):
        self.assertEqual(client.call("MODULE", "LOAD", "/data/%s.so" % name),
                         b"OK")

    def test_commands_and_unload(self):
        with self.server() as server:
            client = server.client()
            self.load(client, "hash")
            # Passes its arguments on as variable ones.
            self.assertEqual(client.call("HASH.SET", "h", "", "a", 1, "b", 2), 0)
            self.assertEqual(client.call("HGETALL", "h"),
                             [b"a", b"1", b"b", b"2"])
            self.assertEqual(
                client.call("HASH.SET", "h", "a", "a", ":delete:", "c", 3), 2)
            self.assertEqual(client.call("HGET", "h", "a"), None)
            (listed,) = client.call("MODULE", "LIST")
            self.assertIn(b"hash", listed)
            self.assertEqual(client.call("MODULE", "UNLOAD", "hash"), b"OK")
            with self.assertRaisesRegex(redis_harness.RedisError, "unknown"):
                client.call("HASH.SET", "h", "", "a", 1)
            self.load(client, "hash")
            self.assertEqual(client.call("HASH.SET", "h", "", "a", 5), 0)
            self.assertEqual(client.call("HGET", "h", "a"), b"5")

    def test_loaded_at_start(self):
        with self.server("--loadmodule", "/data/list.so") as server:
            client = server.client()
            client.call("RPUSH", "l", "a", "b", "c")
            self.assertEqual(client.call("LIST.GETALL", "l"), [b"a", b"b", b"c"])

    def test_timers(self):
        with self.server() as server:
            client = server.client()
            self.load(client, "timer")
            client.call("TEST.CREATETIMER", 10, "fired")
            redis_harness.wait_for(lambda: client.call("GET", "fired") == b"1",
                                   "the timer has fired")

    def test_a_thread_of_a_module(self):
        with self.server() as server:
            client = server.client()
            self.load(client, "blockonbackground")
            # Its thread sleeps and makes up a number.
            self.assertIsInstance(client.call("BLOCK.DEBUG", 20, 100000), int)
            self.assertEqual(client.call("PING"), b"PONG")

    def test_a_child_of_a_module(self):
        with self.server() as server:
            client = server.client()
            self.load(client, "fork")
            client.call("FORK.CREATE", 3, 1000)
            redis_harness.wait_for(
                lambda: client.call("FORK.EXITCODE") != -1, "the child has ended")
            self.assertEqual(client.call("FORK.EXITCODE"), 3)

    def test_what_is_no_module(self):
        with self.server() as server:
            client = server.client()
            for path in ("/data/none.so", "/data/log"):
                with self.assertRaisesRegex(redis_harness.RedisError,
                                            "Error loading"):
                    client.call("MODULE", "LOAD", path)
            self.assertEqual(client.call("PING"), b"PONG")


if __name__ == "__main__":
    ModulesTest.modules = [os.path.abspath(word) for word in sys.argv[1:]
                           if word.endswith(".so")]
    sys.argv = [word for word in sys.argv if not word.endswith(".so")]
    redis_harness.main()
