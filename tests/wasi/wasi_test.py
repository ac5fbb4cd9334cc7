#!/usr/bin/env python3
"""WASI programs from outside: grants, denials, ends, sockets, tracing.

    wasi_test.py SLIPWAY COMPILER MODULE.wasm…
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest


def start(*words, **options):
    return subprocess.Popen([SLIPWAY] + list(words), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            universal_newlines=True, **options)


def slipway(*words):
    process = start(*words)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def tool(*words, grants=(), command="run"):
    return slipway(command, *grants, MODULES["tool"], "--", *words)


class WasiTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.path = self.directory.name

    def tearDown(self):
        self.directory.cleanup()

    def host(self, name, text=None):
        path = os.path.join(self.path, name)
        if text is None:
            os.mkdir(path)
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path


class FunctionsTest(WasiTest):
    def test_functions_for_both_widths(self):
        for name in ("calls32", "calls64"):
            work, other = self.host(name + "work"), self.host(name + "other")
            status, out, err = slipway(
                "run", "--dir", work + "::/work", "--dir", other + "::/other",
                "--env", "ONE=1", MODULES[name], "--", "a b", "")
            self.assertEqual((status, out, err), (42, "a b\n\nONE=1\ndone\n", ""), name)

    def test_the_older_version(self):
        self.assertEqual(slipway("run", "--dir", self.path + "::/",
                                 MODULES["unstable"]), (0, "done\n", ""))


class EndsTest(WasiTest):
    def test_exit_status_is_the_programs(self):
        for status in (0, 1, 7, 255):
            self.assertEqual(tool("exit", str(status))[0], status)
        self.assertEqual(tool("exit", "256")[0], 0)

    def test_traps_end_as_a_native_program_would(self):
        status, _, err = tool("abort")
        self.assertEqual(status, -signal.SIGILL)
        self.assertIn("unreachable", err)
        status, _, err = tool("recurse")
        self.assertEqual(status, -signal.SIGSEGV)
        self.assertIn("trap", err)
        status, _, err = tool("outside")
        self.assertEqual(status, -signal.SIGSEGV)
        self.assertIn("out of bounds", err)

    def test_a_closed_pipe_is_an_error_of_the_write(self):
        process = start("run", MODULES["tool"], "--", "fill")
        self.assertEqual(process.stdout.readline(), "y\n")
        process.stdout.close()
        self.assertEqual(process.wait(timeout=300), 1)
        self.assertIn("Broken pipe", process.stderr.read())
        process.stderr.close()


class GrantsTest(WasiTest):
    def test_nothing_is_granted_by_default(self):
        status, out, _ = tool("cat", "/etc/passwd")
        self.assertEqual((status, out), (1, ""))

    def test_a_directory_and_no_more(self):
        self.host("secret", "secret")
        inside = self.host("inside")
        self.host("inside/file", "text\n")
        os.symlink("../secret", os.path.join(inside, "relative"))
        os.symlink(self.path + "/secret", os.path.join(inside, "absolute"))
        os.symlink("file", os.path.join(inside, "fine"))
        grants = ("--dir", inside + "::/data")
        self.assertEqual(tool("cat", "/data/file", grants=grants), (0, "text\n", ""))
        self.assertEqual(tool("cat", "/data/fine", grants=grants), (0, "text\n", ""))
        for path in ("/data/../secret", "/data/relative", "/data/absolute",
                     "/data/relative/x", "/secret", "/data/fine/../../secret"):
            status, out, err = tool("cat", path, grants=grants)
            self.assertEqual((status, out), (1, ""), path)
            self.assertIn(path, err)
        _, _, err = tool("cat", "/data/relative", grants=grants, command="trace")
        self.assertIn("NOTCAPABLE", err)
        self.assertIn("denied: relative, which leads out of its directory", err)

    def test_read_only_grants(self):
        inside = self.host("inside")
        self.host("inside/file", "text\n")
        grants = ("--dir", inside + "::/data:ro")
        self.assertEqual(tool("cat", "/data/file", grants=grants), (0, "text\n", ""))
        for words in (("write", "/data/file", "x"), ("write", "/data/new", "x"),
                      ("mkdir", "/data/new")):
            status, _, err = tool(*words, grants=grants)
            self.assertEqual(status, 1, words)
            self.assertIn("Read-only", err)
        _, _, err = tool("mkdir", "/data/new", grants=grants, command="trace")
        self.assertIn("grant with --dir HOST::/data without :ro", err)
        self.assertEqual(os.listdir(inside), ["file"])

    def test_several_directories(self):
        for name in ("one", "two"):
            self.host(name)
            self.host(name + "/" + name, "")
        grants = ("--dir", self.path + "/one::/", "--dir", self.path + "/two::/a/b")
        self.assertEqual(tool("list", "/", grants=grants)[1], "one\n")
        self.assertEqual(tool("list", "/a/b", grants=grants)[1], "two\n")
        self.assertEqual(tool("list", ".", grants=grants)[1], "one\n")

    def test_relative_paths_start_in_the_working_directory(self):
        self.host("here")
        self.host("here/file", "text\n")
        grants = ("--dir", self.path + "::/d", "--cwd", "/d/here")
        self.assertEqual(tool("cat", "file", grants=grants), (0, "text\n", ""))
        self.assertEqual(tool("cat", "/d/here/file", grants=grants)[1], "text\n")
        process = start("run", "--dir", ".", MODULES["tool"], "--", "cat", "here/file",
                        cwd=self.path)
        self.assertEqual(process.communicate(timeout=300), ("text\n", ""))

    def test_rights_can_be_taken_away(self):
        grants = ("--dir", self.path + "::/", "--deny", "fs")
        self.assertEqual(tool("write", "x", "y", grants=grants)[0], 1)
        _, _, err = tool("write", "x", "y", grants=grants, command="trace")
        self.assertIn("grant with --allow fs", err)


class ExecuteTest(WasiTest):
    def test_a_guest_executes_it_though_it_was_never_compiled(self):
        program = shutil.copy(MODULES["tool"], self.path)
        os.chmod(program, 0o755)
        environment = dict(os.environ, XDG_CACHE_HOME=self.host("cache"))
        process = start("run", "--allow", "exec", "--dir", self.path + "::/",
                        MODULES["execute"], "--", "/tool.wasm", "list", "/",
                        env=environment)
        out, err = process.communicate(timeout=300)
        self.assertEqual((process.returncode, err), (0, ""))
        self.assertEqual(sorted(out.split()), ["cache", "tool.wasm"])


class SocketsTest(WasiTest):
    def serve(self, fd, *grants):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = start("run", "--listen", "127.0.0.1:%d" % port, *grants,
                        MODULES["tool"], "--", "serve", str(fd))
        self.assertEqual(process.stdout.readline(), "ready\n")
        with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
            client.sendall(b"hello")
            client.shutdown(socket.SHUT_WR)
            answer = b""
            while more := client.recv(100):
                answer += more
        _, err = process.communicate(timeout=60)
        return process.returncode, answer, err

    def test_a_granted_address_is_an_open_socket(self):
        self.assertEqual(self.serve(3), (0, b"hello", ""))

    def test_directories_come_before_sockets(self):
        self.assertEqual(self.serve(4, "--dir", self.path + "::/"), (0, b"hello", ""))

    def test_without_the_right_there_is_none(self):
        status, _, err = tool("serve", "3", grants=("--deny", "net"))
        self.assertEqual(status, 1)
        self.assertIn("accept", err)

    def test_an_open_port_cannot_be_opened(self):
        status, _, err = tool("exit", "0", grants=("--listen", "127.0.0.1:*"))
        self.assertEqual(status, 125)
        self.assertIn("name an IP address and a port", err)


class MistakesTest(WasiTest):
    def refused(self, name, *messages):
        status, _, err = slipway("run", MODULES[name])
        self.assertEqual(status, 126, err)
        for message in messages + (name + ".wasm",):
            self.assertIn(message, err)

    def test_what_is_no_command(self):
        self.refused("reactor", "reactor", "-mexec-model=command")

    def test_what_nothing_provides(self):
        self.refused("foreign", "env.magic")


class ToolsTest(WasiTest):
    def test_trace_prints_calls(self):
        self.host("file", "text\n")
        status, out, err = tool("cat", "/file", grants=("--dir", self.path + "::/"),
                                command="trace")
        self.assertEqual((status, out), (0, "text\n"))
        self.assertRegex(err, r'path_open\(3, 0x1, "file", 4, .*, \[4\]\) += 0\n')
        self.assertRegex(err, r"fd_write\(1, 0x[0-9a-f]+, \d, \[5\]\) += 0\n")
        self.assertRegex(err, r"fd_prestat_get\(4, 0x[0-9a-f]+\) += 8 BADF\n")
        _, _, err = tool("exit", "3", command="trace")
        self.assertRegex(err, r"proc_exit\(3\) += \?\n")

    def test_inspect_names_them(self):
        status, out, _ = slipway("inspect", MODULES["tool"])
        self.assertEqual(status, 0)
        self.assertRegex(out, r"WASI imports \(\d+\), by the right that each needs:\n")
        self.assertRegex(out, r"\n  net +sock_accept")
        self.assertNotIn("other imports", out)


if __name__ == "__main__":
    SLIPWAY = os.path.abspath(sys.argv[1])
    os.environ["SLIPWAY_COMPILER"] = os.path.abspath(sys.argv[2])
    MODULES = {os.path.basename(path)[:-len(".wasm")]: os.path.abspath(path)
               for path in sys.argv[3:]}
    os.environ["XDG_CACHE_HOME"] = os.path.join(os.environ.get("TEST_TMPDIR", "/tmp"), "cache")
    unittest.main(argv=sys.argv[:1])
