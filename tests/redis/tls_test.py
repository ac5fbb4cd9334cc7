#!/usr/bin/env python3
"""redis-server with TLS, as its clients see it: Python's, redis-cli native and guest.

Certificates are made for each test, self-signed: what one side presents is what
the other trusts. Modules run as the cache has them, without optimisation.
"""

import os
import shutil
import ssl
import subprocess
import unittest

import redis_harness


def make_certificate(directory, name):
    """Leaves NAME.crt and NAME.key in the directory."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2",
         "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=" + name,
         "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", os.path.join(directory, name + ".key"),
         "-out", os.path.join(directory, name + ".crt")],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class TlsClient(redis_harness.Client):
    def __init__(self, port, context, **options):
        super().__init__(port, **options)
        self.reader.close()
        self.socket = context.wrap_socket(self.socket,
                                          server_hostname="127.0.0.1")
        self.reader = self.socket.makefile("rb")


class TlsServer(redis_harness.Server):
    """It has no port without TLS, and wants certificates of its clients."""

    def __init__(self, directory, *arguments):
        super().__init__(directory)
        self.grants = ["-O", "0", "--dir", directory + "::/data",
                       "--listen", "127.0.0.1:%d" % self.port]
        for name in ("server", "client"):
            make_certificate(directory, name)
        data = directory if self.native else "/data"
        self.arguments = [
            "--port", "0", "--tls-port", str(self.port),
            "--tls-cert-file", data + "/server.crt",
            "--tls-key-file", data + "/server.key",
            "--tls-ca-cert-file", data + "/client.crt", *arguments]

    def context(self, with_certificate=True):
        context = ssl.create_default_context(
            cafile=os.path.join(self.directory, "server.crt"))
        if with_certificate:
            client = os.path.join(self.directory, "client")
            context.load_cert_chain(client + ".crt", client + ".key")
        return context

    def client(self, context=None, **options):
        return TlsClient(self.port, context or self.context(), **options)


def redis_cli(program, directory, port, *words):
    """(exit status, output) of a redis-cli that finds its files in `directory`."""
    result = subprocess.run(
        [*program, "-p", str(port), "--tls", "--cacert",
         directory + "/server.crt", "--cert", directory + "/client.crt",
         "--key", directory + "/client.key", *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=240, check=False,
        universal_newlines=True)
    return result.returncode, result.stdout


class TlsTest(redis_harness.RedisTestCase):
    def check_redis_cli(self, server, program, directory):
        self.assertEqual(
            redis_cli(program, directory, server.port, "set", "key", "value"),
            (0, "OK\n"))
        self.assertEqual(redis_cli(program, directory, server.port, "get", "key"),
                         (0, "value\n"))

    @unittest.skipIf(shutil.which("redis-cli") is None, "package redis-tools")
    def test_native_redis_cli(self):
        with TlsServer(self.directory) as server:
            self.check_redis_cli(server, ["redis-cli"], self.directory)

    @unittest.skipIf(redis_harness.is_native(), "about guests only")
    def test_guest_redis_cli(self):
        with TlsServer(self.directory) as server:
            program = redis_harness.slipway_command(
                "run", "-O", "0", "--dir", self.directory + "::/certificates:ro",
                "--connect", "127.0.0.1:%d" % server.port,
                redis_harness.module_path("redis-cli.wasm"), "--")
            self.check_redis_cli(server, program, "/certificates")

    def test_versions_of_the_protocol(self):
        with TlsServer(self.directory) as server:
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                context = server.context()
                context.minimum_version = context.maximum_version = version
                client = server.client(context)
                self.assertEqual(client.socket.version(),
                                 version.name.replace("_", "."))
                self.assertEqual(client.call("PING"), b"PONG")
                client.close()

    def test_large_values(self):
        value = bytes(range(256)) * 20_000
        with TlsServer(self.directory) as server:
            client = server.client()
            self.assertEqual(client.call("SET", "large", value), b"OK")
            self.assertEqual(client.call("GET", "large"), value)
            commands = [("SET", "k%d" % i, i) for i in range(2000)]
            self.assertEqual(client.pipeline(commands), [b"OK"] * 2000)

    def test_who_may_not_connect(self):
        with TlsServer(self.directory) as server:
            # TLS 1.3 says so after the handshake.
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                server.client(server.context(with_certificate=False)).call("PING")
            with self.assertRaises(ConnectionError):
                redis_harness.Client(server.port).call("PING")
            with self.assertRaises(ssl.SSLCertVerificationError):
                server.client(ssl.create_default_context())
            self.assertEqual(server.client().call("PING"), b"PONG")


if __name__ == "__main__":
    redis_harness.main()
