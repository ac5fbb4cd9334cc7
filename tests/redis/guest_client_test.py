#!/usr/bin/env python3
"""redis-cli and redis-benchmark as guests, talking to redis-server as a guest."""

import os
import subprocess
import unittest

import redis_harness


def run_guest(name, port, *arguments, stdin="", grant=True):
    """(exit status, output) of a guest client of the server on `port`."""
    module = os.path.join(os.path.dirname(redis_harness.module_path()), name)
    grants = ["--connect", "127.0.0.1:%d" % port] if grant else []
    result = subprocess.run(
        redis_harness.slipway_command("run", *grants, module, "--", "-p", port,
                                      *arguments),
        input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=240, check=False, universal_newlines=True)
    return result.returncode, result.stdout


@unittest.skipIf(redis_harness.is_native(), "about guests only")
class GuestClientTest(redis_harness.RedisTestCase):
    def test_redis_cli(self):
        with redis_harness.Server(self.directory) as server:
            port = server.port
            self.assertEqual(run_guest("redis-cli.wasm", port, "set", "a", "b"),
                             (0, "OK\n"))
            # From a pipe, one command per line.
            self.assertEqual(
                run_guest("redis-cli.wasm", port, stdin="get a\nincr n\n"),
                (0, "b\n1\n"))

    def test_redis_cli_needs_a_grant(self):
        with redis_harness.Server(self.directory) as server:
            status, output = run_guest("redis-cli.wasm", server.port, "ping",
                                       grant=False)
            self.assertEqual(status, 1)
            self.assertIn("Permission denied", output)

    def test_redis_benchmark(self):
        with redis_harness.Server(self.directory) as server:
            status, output = run_guest("redis-benchmark.wasm", server.port,
                                       "-n", 2000, "-c", 20, "-q", "-t", "set,get",
                                       "--threads", 2)
            self.assertEqual(status, 0, output)
            self.assertEqual(output.count("requests per second"), 2, output)


if __name__ == "__main__":
    redis_harness.main()
