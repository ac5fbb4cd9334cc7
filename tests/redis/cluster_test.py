#!/usr/bin/env python3
"""Cluster mode of one node: slots are assigned, described, used and remembered."""

import redis_harness


class ClusterTest(redis_harness.RedisTestCase):
    def server(self):
        # The bus is one more port, which a single node listens on only.
        server = redis_harness.Server(self.directory, "--cluster-enabled", "yes")
        bus = redis_harness.free_port()
        server.arguments += ["--cluster-port", str(bus)]
        server.grants = ["--dir", self.directory + "::/data"]
        for port in (server.port, bus):
            server.grants += ["--listen", "127.0.0.1:%d" % port]
        return server

    def nodes(self, client):
        """The fields of the one line of CLUSTER NODES."""
        (line,) = client.call("CLUSTER", "NODES").decode().splitlines()
        return line.split()

    def wait_until_ok(self, client):
        redis_harness.wait_for(
            lambda: b"cluster_state:ok" in client.call("CLUSTER", "INFO"),
            "the cluster is ok")

    def test_slots_are_described_as_assigned(self):
        with self.server() as server:
            client = server.client()
            client.call("CLUSTER", "ADDSLOTSRANGE", 0, 99, 200, 16383)
            client.call("CLUSTER", "ADDSLOTS", 150)
            fields = self.nodes(client)
            self.assertEqual(fields[2], "myself,master")
            self.assertEqual(fields[7], "connected")
            self.assertEqual(fields[8:], ["0-99", "150", "200-16383"])
            ranges = [r[:2] for r in client.call("CLUSTER", "SLOTS")]
            self.assertEqual(ranges, [[0, 99], [150, 150], [200, 16383]])

    def test_keys_and_restart(self):
        with self.server() as server:
            client = server.client()
            client.call("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            self.wait_until_ok(client)
            name = client.call("CLUSTER", "MYID").decode()
            self.assertEqual(client.call("CLUSTER", "KEYSLOT", "foo"), 12182)
            self.assertEqual(client.call("SET", "foo", "bar"), b"OK")
            self.assertEqual(client.call("CLUSTER", "COUNTKEYSINSLOT", 12182), 1)
            with self.assertRaisesRegex(redis_harness.RedisError, "CROSSSLOT"):
                client.call("MSET", "foo", 1, "other", 2)
            self.assertEqual(client.call("SAVE"), b"OK")
            self.assertEqual(server.stop(), 0)
        # nodes.conf has the same lines, and is read back.
        with self.server() as server:
            client = server.client()
            fields = self.nodes(client)
            self.assertEqual(fields[0], name)
            self.assertEqual(fields[8:], ["0-16383"])
            self.wait_until_ok(client)
            self.assertEqual(client.call("GET", "foo"), b"bar")


if __name__ == "__main__":
    redis_harness.main()
