"""Clients that write at random and know what the server must have afterwards.

    keyspace = Keyspace("w1", random.Random(1))
    writer = Writer(server.client(), keyspace)
    writer.start()
    ...                        # kill the server
    writer.join()
    keyspace.check(new_client) # raises AssertionError

A writer is alone with its keys. What the server had acknowledged must be there;
what it had not answered may be there as far as it came, in order: the state is
the acknowledged one after some number of the steps that were under way.
A step is a command, or several in MULTI and EXEC.
"""

import copy
import threading

from redis_harness import RedisError

KEYS_OF_A_TYPE = 6
MEMBERS = 40
STEPS_AT_ONCE = 6
LARGE = 64 * 1024


def _set(values, key, value):
    values[key] = value
    return b"OK"


def _append(values, key, value):
    values[key] = values.get(key, b"") + value
    return len(values[key])


def _increment(values, key, amount):
    values[key] = b"%d" % (int(values.get(key, 0)) + int(amount))
    return int(values[key])


def _push(values, key, value):
    values.setdefault(key, []).append(value)
    return len(values[key])


def _pop(values, key):
    if key not in values:
        return None
    value = values[key].pop(0)
    if not values[key]:
        del values[key]
    return value


def _put(values, key, field, value):
    fields = values.setdefault(key, {})
    new = field not in fields
    fields[field] = value
    return int(new)


def _add(values, key, member):
    members = values.setdefault(key, set())
    new = member not in members
    members.add(member)
    return int(new)


def _discard(values, key, member):
    """HDEL and SREM."""
    held = values.get(key, set())
    if member not in held:
        return 0
    held.pop(member) if isinstance(held, dict) else held.remove(member)
    if not held:
        del values[key]
    return 1


def _delete(values, key):
    return int(values.pop(key, None) is not None)


# What each command does to a dictionary, and its reply.
EFFECTS = {
    "SET": _set, "APPEND": _append, "INCRBY": _increment, "RPUSH": _push,
    "LPOP": _pop, "HSET": _put, "HDEL": _discard, "SADD": _add,
    "SREM": _discard, "DEL": _delete,
}
# How a key of each type is written and read.
TYPES = {
    "string": (("SET", "APPEND", "DEL"), ("GET",)),
    "counter": (("INCRBY",), ("GET",)),
    "list": (("RPUSH", "RPUSH", "LPOP", "DEL"), ("LRANGE", 0, -1)),
    "hash": (("HSET", "HSET", "HDEL", "DEL"), ("HGETALL",)),
    "set": (("SADD", "SADD", "SREM", "DEL"), ("SMEMBERS",)),
}


def apply(values, step):
    """Changes `values` as the commands of `step` do; their replies."""
    return [EFFECTS[words[0]](values, *words[1:]) for words in step]


class Keyspace:
    """One writer's keys. Not thread-safe: join the writer first."""

    def __init__(self, name, random):
        self.name = name
        self.random = random
        self.values = {}    # as acknowledged
        self.under_way = []  # steps sent and not answered, in order
        self.acknowledged = 0  # steps

    def steps(self):
        count = self.random.randint(1, STEPS_AT_ONCE)
        return [self._step() for _ in range(count)]

    def _step(self):
        count = self.random.choice((1, 1, 1, 2, 4))
        return [self._command() for _ in range(count)]

    def _command(self):
        kind = self.random.choice(list(TYPES))
        key = self._key(kind, self.random.randrange(KEYS_OF_A_TYPE))
        name = self.random.choice(TYPES[kind][0])
        member = b"member%d" % self.random.randrange(MEMBERS)
        arguments = {
            "INCRBY": (b"%d" % self.random.randint(-1000, 1000),),
            "HSET": (member, self._value()),
            "HDEL": (member,), "SADD": (member,), "SREM": (member,),
            "LPOP": (), "DEL": (),
        }
        return (name, key) + arguments.get(name, (self._value(),))

    def _value(self):
        size = self.random.choice((0, 8, 8, 8, 100, 100, 1000))
        if self.random.random() < 0.002:
            size = self.random.randrange(LARGE)
        return b"%x" % self.random.getrandbits(4 * size) if size else b""

    def _key(self, kind, number):
        return ("%s:%s:%d" % (self.name, kind, number)).encode()

    def acknowledge(self, replies):
        """The first step under way was answered."""
        step = self.under_way.pop(0)
        expected = apply(self.values, step)
        assert replies == expected, (
            "%s: %s was answered with %s" % (self.name, step, replies))
        self.acknowledged += 1

    def read(self, client):
        """The keys as the server has them."""
        wanted = [(kind, self._key(kind, number)) for kind in TYPES
                  for number in range(KEYS_OF_A_TYPE)]
        replies = client.pipeline([
            TYPES[kind][1][:1] + (key,) + TYPES[kind][1][1:]
            for kind, key in wanted])
        values = {}
        for (kind, key), reply in zip(wanted, replies):
            assert not isinstance(reply, RedisError), reply
            if kind == "hash":
                reply = dict(zip(reply[::2], reply[1::2]))
            elif kind == "set":
                reply = set(reply)
            if reply or (reply is not None and kind == "string"):
                values[key] = reply
        return values

    def check(self, client):
        """Compares, takes over what the server has, and returns how many of the
        steps under way it had done."""
        found = self.read(client)
        expected = copy.deepcopy(self.values)
        done = 0
        while expected != found:
            if done == len(self.under_way):
                raise AssertionError(self._difference(found))
            apply(expected, self.under_way[done])
            done += 1
        self.values = expected
        self.under_way = []
        return done

    def _difference(self, found):
        keys = [key for key in set(found) | set(self.values)
                if found.get(key) != self.values.get(key)]
        lines = ["%s: %d acknowledged, %d under way; they differ in:" %
                 (self.name, self.acknowledged, len(self.under_way))]
        for key in sorted(keys):
            lines.append("  %s: acknowledged %.200r, found %.200r" %
                         (key, self.values.get(key), found.get(key)))
        lines.extend("  under way: %.300r" % step for step in self.under_way)
        return "\n".join(lines)


class Writer(threading.Thread):
    """Writes until the server is gone; `failure` is what else ended it."""

    def __init__(self, client, keyspace):
        super().__init__()
        self.client = client
        self.keyspace = keyspace
        self.failure = None

    def run(self):
        try:
            while True:
                self._write(self.keyspace.steps())
        except OSError:
            pass  # the server is gone, as it should be
        except AssertionError as error:
            self.failure = error
        finally:
            self.client.close()

    def _write(self, steps):
        self.keyspace.under_way = list(steps)
        self.client.send(words for step in steps for words in in_order(step))
        for step in steps:
            replies = [self.client.read_reply() for _ in in_order(step)]
            self.keyspace.acknowledge(replies if len(step) == 1 else replies[-1])


def in_order(step):
    """The commands that a step is sent as."""
    if len(step) == 1:
        return step
    return [("MULTI",)] + list(step) + [("EXEC",)]
