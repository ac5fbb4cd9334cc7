"""cxx_test: one C++ source, built natively and for the guest, run as both.

Natively with the libc++ of the same version, linked statically, so that both have
the same library; tests of shared libraries, which must not have one each, by the
machine's own g++ and libstdc++.
"""

_COPTS = [
    "-O2",
    "-std=c++20",
    "-pthread",
    "-Wall",
    "-I.",
    # What several tests are about, and slow atomic objects.
    "-Wno-exceptions",
    "-Wno-return-type-c-linkage",
    "-Wno-atomic-alignment",
]

# Of tests that are one program.
_NEWEST = [
    "-std=c++23",
    "-fexperimental-library",
]
NATIVE_LIBCXX = [
    "-stdlib=libc++ -nostdlib++ -Wl,-Bstatic -lc++experimental -lc++ -lc++abi",
    "-Wl,-Bdynamic",
]

_GUEST_TOOLS = [
    "//toolchain/bazel:sysroot",
    "//toolchain/driver:slipway-cc",
]

_COMPILERS = {
    "native": "clang++-22",
    "native_shared": "g++",
    "guest": ("SLIPWAY_SYSROOT=$(execpath //toolchain/bazel:sysroot) " +
              "$(execpath //toolchain/driver:slipway-cc) --driver-mode=g++"),
}

def cxx_build(name, kind, srcs, out, options, shared = False):
    """NAME_KIND_build makes `out` by the C++ compiler for `kind`.

    Args:
      name: of what is built.
      kind: "native" or "guest".
      srcs: all that the compiler reads; `options` name what it compiles.
      out: the file.
      options: of the compiler.
      shared: whether the machine's own library is to be used natively.
    """
    compiler = "native_shared" if shared and kind == "native" else kind
    native.genrule(
        name = "%s_%s_build" % (name, kind),
        testonly = True,
        srcs = srcs,
        outs = [out],
        cmd = " ".join([_COMPILERS[compiler]] + options),
        executable = True,
        tools = _GUEST_TOOLS if kind == "guest" else [],
    )

def cxx_library(name, needs = []):
    """libNAME.so of libraries/NAME.cc, native and for guests.

    Args:
      name: of the library.
      needs: names of libraries that it is linked to, found beside it.
    """
    for kind in ["native", "guest"]:
        needed = ["%s/lib%s.so" % (kind, other) for other in needs]
        source = "libraries/%s.cc" % name
        cxx_build(
            name,
            kind,
            srcs = [source, "libraries/shapes.h"] + needed,
            out = "%s/lib%s.so" % (kind, name),
            shared = True,
            options = _COPTS + [
                "-fPIC -shared -o $@ $(execpath %s)" % source,
            ] + [
                "-L$$(dirname $(execpath %s))" % file
                for file in needed
            ] + ["-l%s" % other for other in needs] + ["'-Wl,-rpath,$$ORIGIN'"],
        )

def cxx_test(name, grants = [], libraries = [], links = [], copts = [], linkopts = [], size = "medium"):
    """Tests that NAME.cc behaves the same natively and as a guest.

    Args:
      name: of the source without ".cc"; the test is NAME_test.
      grants: options for slipway run besides a working directory.
      libraries: names of cxx_library, to lie in the working directory.
      links: those of them that the program is linked to.
      copts: options of both compilers.
      linkopts: of both links.
      size: of the test.
    """
    headers = ["libraries/shapes.h"] if libraries else []
    for kind, out in {"native": name, "guest": name + ".wasm"}.items():
        needed = ["%s/lib%s.so" % (kind, library) for library in links]
        cxx_build(
            name,
            kind,
            srcs = [name + ".cc", "//tests/posix:check.h"] + headers + needed,
            out = out,
            shared = bool(libraries),
            options = _COPTS + copts + [
                "-o $@ $(execpath %s.cc)" % name,
            ] + [
                "-L$$(dirname $(execpath %s))" % file
                for file in needed
            ] + ["-l%s" % library for library in links] + [
                "'-Wl,-rpath,$$ORIGIN/native:.'",
            ] + (_NEWEST if not libraries else []) +
            (NATIVE_LIBCXX if kind == "native" and not libraries else []) +
            linkopts,
        )
    files = [
        "%s/lib%s.so" % (kind, library)
        for library in libraries
        for kind in ["native", "guest"]
    ]
    native.sh_test(
        name = name + "_test",
        size = size,
        srcs = ["//tests/posix:run_both.sh"],
        args = ["--library=$(location :%s)" % file for file in files] + [
            "$(location //runtime/cli:slipway)",
            "$(location //runtime/compiler:slipway-compiler)",
            "$(location :%s)" % name,
            "$(location :%s.wasm)" % name,
        ] + grants + ["--"],
        data = files + [
            ":" + name,
            ":%s.wasm" % name,
            "//runtime/cli:slipway",
            "//runtime/compiler:slipway-compiler",
        ],
    )
