#!/usr/bin/env python3
"""Runs the tests of one client library against a server and a cluster of one."""

import argparse
import os
import subprocess

import redis_harness

settings = argparse.Namespace()


class ClientsTest(redis_harness.RedisTestCase):
    def test_client(self):
        with self.server("single") as single, self.cluster() as cluster:
            environment = dict(
                os.environ, REDIS_PORT=str(single.port),
                REDIS_CLUSTER_PORT=str(cluster.port),
                NODE_PATH=os.path.join(os.path.dirname(settings.packages),
                                       "node_modules"))
            subprocess.run([settings.node, "--test-reporter=spec",
                            settings.script], env=environment, check=True)

    def server(self, name, *arguments):
        directory = os.path.join(self.directory, name)
        os.mkdir(directory)
        grants = ["--dir", directory + "::/data", "--listen", "127.0.0.1:*",
                  "--connect", "127.0.0.1:*"]
        return redis_harness.Server(directory, *arguments, grants=grants)

    def cluster(self):
        return Cluster(self.server(
            "cluster", "--cluster-enabled", "yes",
            "--cluster-announce-ip", "127.0.0.1",
            "--cluster-port", redis_harness.free_port()))


class Cluster:
    """One node that serves all slots."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        self.server.__enter__()
        client = self.server.client()
        client.call("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        redis_harness.wait_for(
            lambda: b"cluster_state:ok" in client.call("CLUSTER", "INFO"),
            "the cluster is there")
        client.close()
        return self.server

    def __exit__(self, *error):
        self.server.__exit__(*error)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    for name in ("node", "packages", "script"):
        parser.add_argument("--" + name, required=True, type=os.path.abspath)
    settings, remaining = parser.parse_known_args()
    redis_harness.main(remaining)
