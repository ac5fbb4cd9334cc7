#!/usr/bin/env python3
"""Without grants nothing outside the guest can be reached, and `slipway trace`
names what was denied and the option that would grant it."""

import os
import subprocess

import redis_harness


def run(*words):
    """(exit status, stdout and stderr) of a slipway command."""
    result = subprocess.run(
        redis_harness.slipway_command(*words), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
        check=False)
    return result.returncode, result.stdout.decode(errors="replace")


class DenialTest(redis_harness.RedisTestCase):
    def trace(self, *words):
        """(exit status, output, trace) of the server under `slipway trace`."""
        path = os.path.join(self.directory, "trace")
        status, output = run("trace", "-o", path, *words)
        with open(path, encoding="utf-8", errors="replace") as trace:
            return status, output, trace.read()

    def test_listening_is_denied(self):
        port = redis_harness.free_port()
        status, output, trace = self.trace(
            redis_harness.module_path(), "--", "--port", port,
            "--bind", "127.0.0.1")
        self.assertEqual(status, 1, output)
        self.assertIn("Permission denied", output)
        self.assertRegex(trace, r"bind\(.* = -1 EACCES")
        self.assertIn("--listen 127.0.0.1:%d" % port, trace)

    def test_another_port_is_denied(self):
        granted, wanted = redis_harness.free_port(), redis_harness.free_port()
        status, output = run(
            "run", "--listen", "127.0.0.1:%d" % granted,
            redis_harness.module_path(), "--", "--port", wanted,
            "--bind", "127.0.0.1")
        self.assertEqual(status, 1, output)
        self.assertIn("Permission denied", output)

    def test_host_files_are_not_there(self):
        config = os.path.join(self.directory, "redis.conf")
        with open(config, "w", encoding="ascii") as f:
            f.write("port 0\n")
        status, output, trace = self.trace(
            redis_harness.module_path(), "--", config)
        self.assertEqual(status, 1, output)
        self.assertIn("can't open config file", output)
        self.assertIn("ENOENT", trace)
        self.assertIn("--dir ", trace)

    def test_read_only_directory_cannot_be_written(self):
        port = redis_harness.free_port()
        status, output = run(
            "run", "--dir", self.directory + "::/data:ro", "--listen",
            "127.0.0.1:%d" % port, redis_harness.module_path(), "--",
            "--port", port, "--bind", "127.0.0.1", "--dir", "/data",
            "--appendonly", "yes")
        self.assertNotEqual(status, 0, output)
        self.assertEqual(os.listdir(self.directory), [])

    def test_connecting_is_denied(self):
        with redis_harness.Server(self.directory) as server:
            client = server.client()
            # Nothing listens there; what matters is that it is never asked.
            client.call("REPLICAOF", "127.0.0.1", redis_harness.free_port())
            redis_harness.wait_for(
                lambda: "Permission denied" in server.log_tail(),
                "the connection is refused")
            self.assertEqual(client.call("PING"), b"PONG")


if __name__ == "__main__":
    redis_harness.main()
