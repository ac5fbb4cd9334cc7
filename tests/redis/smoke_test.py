#!/usr/bin/env python3
"""redis-server answers, reports what it is, and passes signals and exit codes."""

import signal
import subprocess
import threading

import redis_harness


class SmokeTest(redis_harness.RedisTestCase):
    def test_basic_types(self):
        with redis_harness.Server(self.directory) as server:
            client = server.client()
            self.assertEqual(client.call("PING"), b"PONG")
            self.assertEqual(client.call("SET", "key", "value"), b"OK")
            self.assertEqual(client.call("GET", "key"), b"value")
            self.assertEqual(client.call("INCRBY", "n", "41"), 41)
            self.assertEqual(client.call("RPUSH", "l", "a", "b", "c"), 3)
            self.assertEqual(client.call("LRANGE", "l", 0, -1), [b"a", b"b", b"c"])
            self.assertEqual(client.call("ZADD", "z", "1.5", "a"), 1)
            self.assertEqual(client.call("ZSCORE", "z", "a"), b"1.5")
            self.assertEqual(client.call("INCRBYFLOAT", "f", "3.0e3"), b"3000")
            self.assertEqual(client.call("PFADD", "h", *range(1000)), 1)
            self.assertAlmostEqual(client.call("PFCOUNT", "h"), 1000, delta=20)

    def test_info(self):
        with redis_harness.Server(self.directory) as server:
            client = server.client()
            self.assertEqual(client.info("server")["arch_bits"], "64")
            self.assertEqual(client.info("server")["process_id"],
                             str(server.process.pid))
            self.assertEqual(client.info("server")["redis_version"], "7.0.15")
            self.assertIn("epoll", client.info("server")["multiplexing_api"])
            self.assertEqual(client.info("clients")["connected_clients"], "1")
            before = int(client.info("memory")["used_memory"])
            client.call("SET", "big", b"x" * 10_000_000)
            memory = client.info("memory")
            self.assertGreater(int(memory["used_memory"]), before + 9_999_999)
            self.assertGreater(int(memory["used_memory_rss"]), 10_000_000)
            self.assertGreater(int(memory["total_system_memory"]), 1 << 28)

    def test_lua(self):
        script = ("local s = 0; for i = 1, ARGV[1] do s = s + i end;"
                  "redis.call('SET', KEYS[1], s); return redis.call('GET', KEYS[1])")
        with redis_harness.Server(self.directory) as server:
            client = server.client()
            self.assertEqual(client.call("EVAL", script, 1, "sum", 1000), b"500500")
            with self.assertRaisesRegex(redis_harness.RedisError, "oops"):
                client.call("EVAL", "error('oops')", 0)
            self.assertEqual(client.call("PING"), b"PONG")

    def test_many_clients(self):
        def work(server, number):
            client = server.client()
            for _ in range(200):
                client.call("INCR", "counter")
            client.call("SET", "client:%d" % number, "done")
            client.close()

        with redis_harness.Server(self.directory) as server:
            threads = [threading.Thread(target=work, args=(server, i))
                       for i in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            client = server.client()
            self.assertEqual(client.call("GET", "counter"), b"4000")
            self.assertEqual(client.call("DBSIZE"), 21)

    def test_io_threads(self):
        with redis_harness.Server(self.directory, "--io-threads", 4,
                                  "--io-threads-do-reads", "yes") as server:
            client = server.client()
            commands = [("SET", "k%d" % i, i) for i in range(2000)]
            self.assertEqual(client.pipeline(commands), [b"OK"] * 2000)
            self.assertEqual(server.stop(), 0)

    def test_signals_and_exit_status(self):
        for sig in (signal.SIGTERM, signal.SIGINT):
            with redis_harness.Server(self.directory) as server:
                self.assertEqual(server.stop(sig), 0, server.log_tail())
        with redis_harness.Server(self.directory) as server:
            self.assertEqual(server.stop(signal.SIGKILL), -signal.SIGKILL)

    def test_bad_option_is_the_programs_own_affair(self):
        server = redis_harness.Server(self.directory, "--no-such-option", "1")
        result = subprocess.run(server.command(), stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=120, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"FATAL CONFIG FILE ERROR", result.stdout)

    def test_redis_benchmark(self):
        with redis_harness.Server(self.directory) as server:
            result = subprocess.run(
                ["redis-benchmark", "-p", str(server.port), "-n", "5000", "-c",
                 "50", "-q", "-t", "set,get,incr,lpush,lpop,sadd,hset,zadd,"
                 "lrange_100,mset"],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
                check=False)
            text = result.stdout.decode()
            self.assertEqual(result.returncode, 0, text)
            self.assertEqual(text.count("requests per second"), 11, text)
            self.assertNotIn("rror", text)


if __name__ == "__main__":
    redis_harness.main()
