"""posix_test: one C source, built natively and for the guest, run as both."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//toolchain/bazel:wasm_binary.bzl", "wasm_binary")

def posix_library(name, src, needs = []):
    """libNAME.so as a native shared library and as one for guests.

    Both lie in directories that posix_test's `libraries` copies from: tests open
    "./libNAME.so".

    Args:
      name: of the library.
      src: its C source.
      needs: names of libraries that it is linked to, found beside it.
    """
    directories = {"native": "clang-22", "guest": "slipway-cc"}
    for kind in directories:
        needed = ["%s/lib%s.so" % (kind, other) for other in needs]
        if kind == "guest":
            compiler = ("SLIPWAY_SYSROOT=$(execpath //toolchain/bazel:sysroot) " +
                        "$(execpath //toolchain/driver:slipway-cc)")
        else:
            compiler = "clang-22"
        native.genrule(
            name = "%s_%s" % (name, kind),
            testonly = True,
            srcs = [src] + needed,
            outs = ["%s/lib%s.so" % (kind, name)],
            cmd = " ".join(
                [compiler, "-O2 -fPIC -shared -o $@ $(execpath %s)" % src] +
                ["-L$$(dirname $(execpath %s))" % file for file in needed] +
                ["-l%s" % other for other in needs] +
                (["'-Wl,-rpath,$$ORIGIN'"] if needs else []),
            ),
            tools = [
                "//toolchain/bazel:sysroot",
                "//toolchain/driver:slipway-cc",
            ] if kind == "guest" else [],
        )

def posix_test(name, grants = [], args = [], libraries = [], fails = None, size = "small", tags = []):
    """Tests that NAME.c behaves the same natively and as a guest.

    Args:
      name: of the source without ".c"; the test is NAME_test.
      grants: options for slipway run besides a working directory.
      args: the program's arguments.
      libraries: names of posix_library, to lie in the working directory.
      fails: why the guest is known to fail; an unexpected success is an error.
      size: of the test.
      tags: of the test.
    """
    cc_binary(
        name = name,
        srcs = [
            "check.h",
            name + ".c",
        ],
        copts = [
            "-D_GNU_SOURCE",
            "-std=gnu11",
            # Some tests are about what a compiler warns of.
            "-Wno-format",
            # The compiler does not know that a failed CHECK ends the process.
            "-Wno-sometimes-uninitialized",
        ],
        linkopts = [
            "-pthread",
            "-lm",
        ],
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
        args = (["--fails", "'%s'" % fails] if fails else []) + [
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
        ],
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
