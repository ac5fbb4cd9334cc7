"""redis_port: a server of Redis's family, built with its own makefile.

    redis_port(family = "redis", repository = "redis", modules = ["basics"])

Targets: `wasm` (FAMILY-server.wasm, -cli.wasm and -benchmark.wasm), `native` (the
same for this machine, to compare with), `modules` and `native_modules` (of
upstream's suite, to MODULE LOAD) and `suite` (runs upstream's suites).
"""

load("//toolchain/bazel:upstream_make.bzl", "upstream_make")

_NATIVE = {
    "MALLOC": "libc",
    "USE_SYSTEMD": "no",
}

# What the makefile asks `uname` for is the build machine's.
_GUEST = {
    "uname_S": "Linux",
    "uname_M": "wasm64",
    "MALLOC": "libc",
    "USE_SYSTEMD": "no",
}

# With TLS, by the port of OpenSSL, which becomes a part of each program.
_TLS = {
    "BUILD_TLS": "yes",
    "LIBCRYPTO_LIBS": "-lcrypto -Wl,-Bdynamic",
    "LIBSSL_LIBS": "-Wl,-Bstatic -lssl",
    "OPENSSL_PREFIX": "$(SLIPWAY_PORTS)/usr/local",
}

def _with(variables, more):
    result = dict(variables)
    result.update(more)
    return result

def redis_server(name, repository, paths, outs, guest, variables = {}, **kwargs):
    """Programs of one build, for the guest or for this machine."""
    upstream_make(
        name = name,
        guest = guest,
        outs = outs,
        paths = paths,
        root = "@%s//:Makefile" % repository,
        tree = "@%s//:tree" % repository,
        variables = _with(_GUEST if guest else _NATIVE, variables),
        **kwargs
    )

def _modules(name, repository, modules, outs, guest, **kwargs):
    files = [module + ".so" for module in modules]
    variables = {"LD": "slipway-cc" if guest else "clang-22"}
    if guest:
        variables["uname_S"] = "Linux"
    upstream_make(
        name = name,
        testonly = True,
        guest = guest,
        outs = outs,
        paths = ["tests/modules/" + file for file in files],
        root = "@%s//:Makefile" % repository,
        targets = ["-C tests/modules"] + files,
        tree = "@%s//:tree" % repository,
        variables = variables,
        **kwargs
    )

def redis_tls(family, repository):
    """`wasm_tls` and `native_tls`: the programs with TLS."""
    for name, suffix, guest, openssl in [
        ("wasm_tls", ".wasm", True, "openssl"),
        ("native_tls", "", False, "openssl_native"),
    ]:
        programs = [family + "-" + end for end in ["benchmark", "cli", "server"]]
        redis_server(
            name = name,
            repository = repository,
            guest = guest,
            outs = [name + "/" + program + suffix for program in programs],
            paths = ["src/" + program for program in programs],
            ports = ["//ports/openssl:%s_installed.tar" % openssl],
            tags = ["manual"],
            variables = _TLS,
            visibility = ["//tests:__subpackages__"],
        )

def suite_args(repository, programs = ""):
    """Of upstream_suite/suite.py, without what only its long runs need.

    Args:
      repository: the upstream tree.
      programs: "_tls" for those with TLS.
    """
    return [
        "--at-guest",
        "$(rootpaths :wasm%s)" % programs,
        "--at-native",
        "$(rootpaths :native%s)" % programs,
        "--at-modules",
        "$(rootpaths :modules)",
        "--at-slipway=$(rootpath //runtime/cli:slipway)",
        "--at-compiler=$(rootpath //runtime/compiler:slipway-compiler)",
        "--at-makefile=$(rootpath @%s//:Makefile)" % repository,
        "--at-exclusions=$(rootpath exclude.csv)",
    ]

def suite_data(repository, programs = ""):
    return [
        "exclude.csv",
        ":modules",
        ":native" + programs,
        ":wasm" + programs,
        "//ports/redis:upstream_suite",
        "//runtime/cli:slipway",
        "//runtime/compiler:slipway-compiler",
        "@%s//:Makefile" % repository,
        "@%s//:tree" % repository,
    ]

def redis_port(
        family,
        repository,
        modules,
        variables = {},
        more_suite_args = [],
        more_suite_data = [],
        tags = []):
    """All targets of a port.

    Args:
      family: how the names of the programs begin.
      repository: the upstream tree, a row of third_party/sources.lock.
      modules: of tests/modules, without ".so".
      variables: of make, besides what every port is given.
      more_suite_args: for the suite.
      more_suite_data: for the suite.
      tags: of what is built for the guest.
    """
    programs = [family + "-" + end for end in ["benchmark", "cli", "server"]]
    for name, prefix, suffix, guest, more_tags in [
        ("wasm", "", ".wasm", True, tags),
        ("native", "native/", "", False, tags),
    ]:
        redis_server(
            name = name,
            repository = repository,
            guest = guest,
            outs = [prefix + program + suffix for program in programs],
            paths = ["src/" + program for program in programs],
            tags = more_tags,
            variables = variables,
            visibility = ["//tests:__subpackages__"],
        )
    _modules(
        name = "modules",
        repository = repository,
        modules = modules,
        outs = [module + ".so" for module in modules],
        guest = True,
        tags = tags,
        visibility = ["//tests:__subpackages__"],
    )
    _modules(
        name = "native_modules",
        repository = repository,
        modules = modules,
        outs = ["native/" + module + ".so" for module in modules],
        guest = False,
        tags = ["manual"],
    )

    # bazel run //ports/redis:suite -- --suite main
    native.sh_binary(
        name = "suite",
        testonly = True,
        srcs = ["//ports/redis:upstream_suite/suite.py"],
        args = [
            "--at-native-modules",
            "$(rootpaths :native_modules)",
        ] + more_suite_args + suite_args(repository),
        data = suite_data(repository) + [":native_modules"] + more_suite_data,
        tags = ["manual"],
    )
