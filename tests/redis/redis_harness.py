"""Starts redis-server under Slipway (or natively) and speaks RESP to it.

    server = Server(data_directory, "--appendonly", "yes")
    with server:
        server.client().call("SET", "a", "1")

Which server: main() reads SLIPWAY, MODULE and CACHE from the command line (see
BUILD). With the environment variable NATIVE_REDIS_SERVER set to a native
binary, that one runs instead: every test passes natively first.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

START_SECONDS = 120  # the first start may have to compile the module
STOP_SECONDS = 60

_settings = argparse.Namespace(slipway=None, modules=[])


class RedisError(Exception):
    """An error reply."""


class Client:
    """One connection. Replies are bytes, int, None, list or RedisError."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def call(self, *words):
        self.socket.sendall(encode(words))
        reply = self.read_reply()
        if isinstance(reply, RedisError):
            raise reply
        return reply

    def send(self, commands):
        """Sends all commands at once; each has a reply to read."""
        self.socket.sendall(b"".join(encode(words) for words in commands))

    def pipeline(self, commands):
        """Sends all commands, then reads all replies."""
        self.send(commands)
        return [self.read_reply() for _ in commands]

    def read_reply(self):
        line = self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest
        if kind == b"-":
            return RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if int(rest) < 0 else self._read_bulk(int(rest))
        if kind == b"*":
            return [self.read_reply() for _ in range(int(rest))]
        raise ConnectionError("not RESP: %r" % line)

    def _read_bulk(self, size):
        data = self.reader.read(size + 2)
        if len(data) != size + 2:
            raise ConnectionError("the server closed the connection")
        return data[:size]

    def info(self, section):
        text = self.call("INFO", section).decode()
        lines = [line.split(":", 1) for line in text.splitlines() if ":" in line]
        return dict(lines)

    def close(self):
        self.reader.close()
        self.socket.close()


def encode(words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def slipway_command(*words):
    """A `slipway` command line, for tests that are about Slipway itself."""
    return [_settings.slipway] + [str(word) for word in words]


def module_path(name="redis-server.wasm"):
    """Where the module of this name is."""
    return pick(_settings.modules, name)


def is_native():
    return "NATIVE_REDIS_SERVER" in os.environ


class Server:
    """A redis-server on 127.0.0.1, with `directory` as its /data."""

    def __init__(self, directory, *arguments, grants=None, native=None,
                 own_group=False):
        self.native = native or os.environ.get("NATIVE_REDIS_SERVER")
        self.directory = directory
        self.arguments = [str(a) for a in arguments]
        self.grants = grants
        self.own_group = own_group  # a process group, for kill_group()
        self.port = free_port()
        self.process = None
        self.log_path = os.path.join(directory, "log")

    def command(self):
        data = self.directory if self.native else "/data"
        redis = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", data,
                 "--save", ""] + self.arguments
        if self.native:
            return [self.native] + redis
        grants = self.grants
        if grants is None:
            grants = ["--dir", self.directory + "::/data",
                      "--listen", "127.0.0.1:%d" % self.port]
        return slipway_command("run", *grants, module_path(), "--", *redis)

    def start(self):
        self.launch()
        self.wait_until_ready()
        return self

    def launch(self):
        """Starts it and does not wait until it answers."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=self.own_group)

    def wait_until_ready(self):
        deadline = time.time() + START_SECONDS
        while time.time() < deadline:
            if self.process.poll() is not None:
                break
            try:
                client = self.client()
                try:
                    if client.call("PING") == b"PONG":
                        return
                finally:
                    client.close()
            except (OSError, RedisError):
                time.sleep(0.05)
        status = self.process.poll()
        self.kill()
        raise AssertionError("the server did not start (status %s):\n%s" %
                             (status, self.log_tail()))

    def client(self, **options):
        return Client(self.port, **options)

    def stop(self, sig=signal.SIGTERM):
        """Sends the signal and returns the exit status."""
        self.process.send_signal(sig)
        return self.wait()

    def wait(self):
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the server did not end:\n" + self.log_tail())

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def kill_group(self):
        """Kills its child processes as well, all at once."""
        assert self.own_group
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def log_tail(self, size=6000):
        with open(self.log_path, "rb") as log:
            return log.read()[-size:].decode(errors="replace")

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        if any(error):
            sys.stderr.write("the server's log:\n%s\n" % self.log_tail())
        self.kill()


def wait_for(condition, what, seconds=120):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("timed out waiting until " + what)


def only_child(pid):
    """The one child process of `pid`."""
    path = "/proc/%d/task/%d/children" % (pid, pid)
    with open(path, encoding="ascii") as children:
        (child,) = children.read().split()
    return int(child)


class RedisTestCase(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))

    def tearDown(self):
        shutil.rmtree(self.directory, ignore_errors=True)


def add_arguments(parser):
    parser.add_argument("--slipway", required=not is_native())
    parser.add_argument("--module", required=not is_native(), nargs="+",
                        help="redis-server.wasm, with or without others")
    parser.add_argument("--cache", help="tar file of a filled cache directory")


def pick(paths, name):
    """The one of `paths` that has this file name."""
    (path,) = [p for p in paths if os.path.basename(p) == name]
    return path


def configure(options):
    """Remembers what runs, from the arguments that add_arguments added."""
    if options.slipway:
        _settings.slipway = os.path.abspath(options.slipway)
        _settings.modules = [os.path.abspath(path) for path in options.module]
    if options.cache:
        cache = os.path.join(
            os.environ.get("TEST_TMPDIR", tempfile.gettempdir()),
            "slipway-test-cache")
        os.environ["XDG_CACHE_HOME"] = cache
        with tarfile.open(options.cache) as archive:
            archive.extractall(cache)


def main(arguments=None):
    """Runs the tests of the program; `arguments` are for it and unittest."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options, rest = parser.parse_known_args(arguments)
    configure(options)
    unittest.main(argv=[sys.argv[0], "-v"] + rest, warnings="ignore")
