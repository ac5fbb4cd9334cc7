#!/usr/bin/env python3
"""A guest that crashes gets Redis's own crash report and the signal's status."""

import os
import signal

import redis_harness


class CrashTest(redis_harness.RedisTestCase):
    def test_debug_segfault(self):
        options = ("--enable-debug-command", "yes")
        with redis_harness.Server(self.directory, *options) as server:
            with self.assertRaises(OSError):
                server.client().call("DEBUG", "SEGFAULT")
            self.assertEqual(server.wait(), -signal.SIGSEGV)
            self.assertIn("crashed by signal: 11", server.log_tail(1 << 20))

    def test_child_crash_leaves_the_parent_alone(self):
        with redis_harness.Server(self.directory) as server:
            client = server.client()
            client.call("SET", "key", "value")
            client.call("CONFIG", "SET", "rdb-key-save-delay", "10000000")
            client.call("BGSAVE")
            redis_harness.wait_for(
                lambda: client.info("persistence")["rdb_bgsave_in_progress"] == "1",
                "BGSAVE has begun")
            child = redis_harness.only_child(server.process.pid)
            os.kill(child, signal.SIGKILL)
            redis_harness.wait_for(
                lambda: client.info("persistence")["rdb_bgsave_in_progress"] == "0",
                "the child is reaped")
            self.assertEqual(client.call("GET", "key"), b"value")


if __name__ == "__main__":
    redis_harness.main()
