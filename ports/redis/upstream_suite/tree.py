"""A copy of upstream's tree in which its suites find the programs to test.

The suites start src/redis-server and its other names by path. For the guest
these are scripts whose process becomes the guest (exec), with what a Redis that
is tested has to be granted: the tree, loopback, the environment, and programs
that tests have it execute.
"""

import os
import shutil
import stat
import subprocess

# One program, which looks at the name that it was started with. Names begin with
# that of the family, redis or valkey.
SERVER_ENDS = ("-server", "-sentinel", "-check-aof", "-check-rdb")
CLIENT_ENDS = ("-cli", "-benchmark")

# What tests have a server execute: notification scripts of Sentinel, which are
# shell and Tcl scripts.
EXECUTED = ("/bin/sh", "/usr/bin/env")

LAUNCHER = """\
#!/bin/sh
names=$(env -0 | sed -zn 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/--env \\1 /p' | tr -d '\\0')
exec '{slipway}' run --dir '{tree}' --cwd "$PWD" --listen '*' --connect '*' \\
  --allow exec {executed} $names --argv0 "$0" '{module}' -- "$@"
"""


def make(place, settings, native):
    """Lays the tree out in `place`, which must not exist."""
    source = os.path.dirname(settings.makefile)
    shutil.copytree(source, place, symlinks=False,
                    ignore=shutil.ignore_patterns("deps", "BUILD.bazel"))
    for folder, _, names in os.walk(place):
        for name in names + ["."]:
            path = os.path.join(folder, name)
            os.chmod(path, os.stat(path).st_mode | stat.S_IWUSR)
    os.makedirs(os.path.join(place, "tests", "tmp"), exist_ok=True)
    for end in SERVER_ENDS + CLIENT_ENDS:
        is_server = end in SERVER_ENDS
        program = settings.family + ("-server" if is_server else end)
        path = os.path.join(place, "src", settings.family + end)
        if native or not (is_server or settings.guest_clients):
            shutil.copy2(settings.native[program], path)
        else:
            _put_launcher(place, settings, program, path)
    if settings.certificates:
        shutil.copytree(settings.certificates, os.path.join(place, "tests", "tls"))
    modules = settings.native_modules if native else settings.modules
    for module in modules:
        shutil.copy2(module, os.path.join(place, "tests", "modules"))


def make_certificates(settings, work):
    """The directory of what `--tls` wants, made by upstream's script."""
    script = os.path.join(os.path.dirname(settings.makefile),
                          "utils", "gen-test-certs.sh")
    subprocess.run([script], cwd=work, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return os.path.join(work, "tests", "tls")


def _put_launcher(place, settings, program, path):
    module = os.path.join(place, "src", program + ".wasm")
    shutil.copy2(settings.guest[program + ".wasm"], module)
    with open(path, "w", encoding="utf-8") as file:
        file.write(LAUNCHER.format(
            slipway=settings.slipway, tree=place, module=module,
            executed=" ".join("--exec " + name for name in EXECUTED)))
    os.chmod(path, 0o755)
