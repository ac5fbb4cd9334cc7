"""posix_test: one C source, built natively and for the guest, run as both."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//toolchain/bazel:wasm_binary.bzl", "wasm_binary")

_HEADERS = [
    "check.h",
    "children.h",
    "deadline.h",
    "mapping.h",
]

_COPTS = [
    "-D_GNU_SOURCE",
    "-std=gnu11",
    # Some tests are about what a compiler warns of.
    "-Wno-format",
    # The compiler does not know that a failed CHECK ends the process.
    "-Wno-sometimes-uninitialized",
]

_GUEST_TOOLS = [
    "//toolchain/bazel:sysroot",
    "//toolchain/driver:slipway-cc",
]

def _compiler(kind):
    if kind == "native":
        return "clang-22"
    return ("SLIPWAY_SYSROOT=$(execpath //toolchain/bazel:sysroot) " +
            "$(execpath //toolchain/driver:slipway-cc)")

def posix_library(name, src, hdrs = [], needs = [], options = []):
    """libNAME.so as a native shared library and as one for guests.

    Both lie in directories that posix_test's `libraries` copies from: tests open
    "./libNAME.so".

    Args:
      name: of the library.
      src: its C source.
      hdrs: what that includes.
      needs: names of libraries that it is linked to, found beside it.
      options: more for the compiler.
    """
    for kind in ["native", "guest"]:
        needed = ["%s/lib%s.so" % (kind, other) for other in needs]
        native.genrule(
            name = "%s_%s" % (name, kind),
            testonly = True,
            srcs = [src] + hdrs + needed,
            outs = ["%s/lib%s.so" % (kind, name)],
            cmd = " ".join(
                [_compiler(kind), "-O2 -fPIC -shared -o $@ $(execpath %s)" % src] +
                options +
                ["-L$$(dirname $(execpath %s))" % file for file in needed] +
                ["-l%s" % other for other in needs] +
                (["'-Wl,-rpath,$$ORIGIN'"] if needs else []),
            ),
            tools = _GUEST_TOOLS if kind == "guest" else [],
        )

def posix_circle(name, one, two):
    """Two libraries that need each other: the first of two links of the second
    one is only for the linker.

    Args:
      name: of the rule.
      one, two: names of the libraries, built from libraries/NAME.c.
    """
    for kind in ["native", "guest"]:
        outs = ["%s/lib%s.so" % (kind, library) for library in [one, two]]
        link = _compiler(kind) + " -O2 -fPIC -shared '-Wl,-rpath,$$ORIGIN'"
        sources = ["$(execpath libraries/%s.c)" % library for library in [one, two]]
        files = ["$(execpath %s)" % out for out in outs]
        native.genrule(
            name = "%s_%s" % (name, kind),
            testonly = True,
            srcs = ["libraries/%s.c" % library for library in [one, two]],
            outs = outs,
            cmd = " && ".join([
                "%s -o %s %s" % (link, files[1], sources[1]),
                "%s -o %s %s -L$$(dirname %s) -l%s" % (link, files[0], sources[0], files[1], two),
                "%s -o %s %s -L$$(dirname %s) -l%s" % (link, files[1], sources[1], files[0], one),
            ]),
            tools = _GUEST_TOOLS if kind == "guest" else [],
        )

def _linked_program(name, hdrs, links):
    # Natively the libraries are where they were made, for the guest they are in
    # its working directory.
    for kind, out in {"native": name, "guest": name + ".wasm"}.items():
        libraries = ["%s/lib%s.so" % (kind, library) for library in links]
        native.genrule(
            name = "%s_linked_%s" % (name, kind),
            testonly = True,
            srcs = [name + ".c"] + _HEADERS + hdrs + libraries,
            outs = [out],
            cmd = " ".join(
                [_compiler(kind), "-O2 -o $@ $(execpath %s.c)" % name] + _COPTS +
                ["-L$$(dirname $(execpath %s))" % file for file in libraries] +
                ["-l%s" % library for library in links] +
                ["'-Wl,-rpath,$$ORIGIN/native:.'"],
            ),
            executable = True,
            tools = _GUEST_TOOLS if kind == "guest" else [],
        )
    native.alias(name = name + "_wasm", actual = name + ".wasm", testonly = True)

def posix_test(name, grants = [], args = [], libraries = [], links = [], fails = None, size = "medium", tags = [], copts = [], linkopts = [], network = False, etc = [], hdrs = [], deps = []):
    """Tests that NAME.c behaves the same natively and as a guest.

    Args:
      name: of the source without ".c"; the test is NAME_test.
      grants: options for slipway run besides a working directory.
      args: the program's arguments.
      libraries: names of posix_library, to lie in the working directory.
      links: those of them that the program is linked to.
      fails: why the guest is known to fail; an unexpected success is an error.
      size: of the test.
      tags: of the test.
      copts: options of both compilers.
      linkopts: of both links.
      network: whether it runs in a network of its own, which has a loopback
        interface only and in which it is root.
      hdrs: headers that it includes.
      deps: libraries of this repository, for both.
      etc: files that are all that /etc has; with `network` only.
    """
    if links:
        _linked_program(name, hdrs, links)
    else:
        cc_binary(
            name = name,
            srcs = [name + ".c"] + _HEADERS + hdrs,
            copts = _COPTS + copts,
            deps = deps,
            linkopts = [
                "-pthread",
                "-lm",
                # So that the native backtrace(3) finds names.
                "-rdynamic",
            ] + linkopts,
            testonly = True,
        )
        wasm_binary(
            name = name + "_wasm",
            binary = ":" + name,
            out = name + ".wasm",
            testonly = True,
        )
    native.sh_test(
        name = name + "_test",
        size = size,
        srcs = ["run_both.sh"],
        args = (["--network=$(location prepare_network.py)"] if network else []) +
               (["--fails", "'%s'" % fails] if fails else []) + [
            "--etc=$(location %s)" % file
            for file in etc
        ] + [
            "--library=$(location :%s/lib%s.so)" % (kind, library)
            for library in libraries
            for kind in ["native", "guest"]
        ] + [
            "$(location //runtime/cli:slipway)",
            "$(location //runtime/compiler:slipway-compiler)",
            "$(location :%s)" % name,
            "$(location :%s_wasm)" % name,
        ] + grants + ["--"] + ["'%s'" % arg for arg in args],
        data = [
            ":" + name,
            ":" + name + "_wasm",
            "//runtime/cli:slipway",
            "//runtime/compiler:slipway-compiler",
        ] + [
            ":%s/lib%s.so" % (kind, library)
            for library in libraries
            for kind in ["native", "guest"]
        ] + etc + (["prepare_network.py"] if network else []),
        tags = tags,
    )
    # Which calls the guest makes; see calls_test.
    native.genrule(
        name = name + "_calls",
        # Not tools, which would be built once more for the host.
        srcs = [
            ":%s_wasm" % name,
            "//runtime/cli:slipway",
            "//runtime/compiler:slipway-compiler",
        ] + [":guest/lib%s.so" % library for library in libraries],
        outs = [name + ".calls"],
        cmd = " ".join(["$(location record_calls.sh)"] + [
            "--library=$(location :guest/lib%s.so)" % library
            for library in libraries
        ] + [
            "$(location //runtime/cli:slipway)",
            "$(location //runtime/compiler:slipway-compiler)",
            "$(location :%s_wasm)" % name,
        ] + grants + ["--"] + ["'%s'" % arg for arg in args] + ["> $@"]),
        testonly = True,
        tools = ["record_calls.sh"],
    )

def calls_test(name, untested):
    """Tests that the tests of this package make every supported call.

    Args:
      name: of the test. The macro goes after all posix_tests of the package.
      untested: the file that lists the exceptions, with reasons.
    """
    recorded = [":" + rule for rule in native.existing_rules() if rule.endswith("_calls")]
    native.sh_test(
        name = name,
        size = "small",
        srcs = ["check_calls.py"],
        args = [
            "$(location //posix-shim/abi:posix.def)",
            "$(location %s)" % untested,
        ] + ["$(location %s)" % rule for rule in recorded],
        data = recorded + [
            untested,
            "//posix-shim/abi:posix.def",
        ],
    )
