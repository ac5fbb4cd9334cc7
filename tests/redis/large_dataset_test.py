#!/usr/bin/env python3
"""More than 5 GiB in one instance, read back: 64-bit addresses are real.

Needs 7 GiB of memory, so it is run by hand:
    bazel test //tests/redis:large_dataset_test
"""

import hashlib

import redis_harness

VALUE = 1 << 20  # bytes
COUNT = 5200     # 5.08 GiB
BATCH = 16


def value_of(number):
    seed = hashlib.sha256(b"%d" % number).digest()
    return seed * (VALUE // len(seed))


class LargeDatasetTest(redis_harness.RedisTestCase):
    def test_five_gibibytes(self):
        with redis_harness.Server(self.directory) as server:
            client = server.client(timeout=300)
            for start in range(0, COUNT, BATCH):
                replies = client.pipeline(
                    [("SET", i, value_of(i)) for i in range(start, start + BATCH)])
                self.assertEqual(replies, [b"OK"] * BATCH)
            used = int(client.info("memory")["used_memory"])
            self.assertGreater(used, 5 << 30)
            for i in range(COUNT):
                self.assertEqual(client.call("GET", i), value_of(i), i)
            self.assertEqual(client.call("DBSIZE"), COUNT)
            print("used_memory:", used)


if __name__ == "__main__":
    redis_harness.main()
