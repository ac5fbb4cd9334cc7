"""A copy of upstream's tree in which its suites find the programs to test.

The suites start src/redis-server and its other names by path. For the guest
these are scripts whose process becomes the guest (exec), with what a Redis that
is tested has to be granted: the tree, loopback, the environment, and the programs
that tests have servers execute.
"""

import os
import shutil
import stat

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
    for end in CLIENT_ENDS:
        client = settings.family + end
        shutil.copy2(settings.native[client], os.path.join(place, "src", client))
    if native:
        _put_native_server(place, settings)
    else:
        _put_launchers(place, settings)
    modules = settings.native_modules if native else settings.modules
    for module in modules:
        shutil.copy2(module, os.path.join(place, "tests", "modules"))


def _put_native_server(place, settings):
    for end in SERVER_ENDS:
        shutil.copy2(settings.native[settings.family + "-server"],
                     os.path.join(place, "src", settings.family + end))


def _put_launchers(place, settings):
    executed = " ".join("--exec " + path for path in EXECUTED)
    module = os.path.join(place, "src", os.path.basename(settings.server))
    shutil.copy2(settings.server, module)
    for end in SERVER_ENDS:
        launcher = os.path.join(place, "src", settings.family + end)
        with open(launcher, "w", encoding="utf-8") as file:
            file.write(LAUNCHER.format(slipway=settings.slipway, tree=place,
                                       module=module, executed=executed))
        os.chmod(launcher, 0o755)
