"""slipway-cc as a C++ toolchain of Bazel."""

load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "action_config",
    "env_entry",
    "env_set",
    "feature",
    "flag_group",
    "flag_set",
    "tool",
)
load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")

_C = [
    ACTION_NAMES.c_compile,
    ACTION_NAMES.preprocess_assemble,
    ACTION_NAMES.assemble,
]

_CPP = [
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.cpp_header_parsing,
    ACTION_NAMES.linkstamp_compile,
]

_LINK = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

def _actions(names, program, implies = []):
    return [
        action_config(
            action_name = name,
            enabled = True,
            implies = implies,
            tools = [tool(path = "bin/" + program)],
        )
        for name in names
    ]

def _config_impl(ctx):
    sysroot = ctx.label.workspace_root + "/sysroot"
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "musl",
        abi_version = "wasm64",
        action_configs = _actions(_C, "slipway-cc") +
                         _actions(_CPP + _LINK, "slipway-c++") +
                         _actions(
                             [ACTION_NAMES.cpp_link_static_library],
                             "slipway-ar",
                             ["archiver_flags"],
                         ) +
                         _actions([ACTION_NAMES.strip], "slipway-strip"),
        compiler = "slipway-cc",
        cxx_builtin_include_directories = [
            sysroot,
            "/usr/lib/llvm-22/lib/clang/22/include",
        ],
        features = [
            # So that what a program is compiled with is what Bazel knows of.
            feature(
                name = "sysroot_environment",
                enabled = True,
                env_sets = [env_set(
                    actions = _C + _CPP + _LINK,
                    env_entries = [env_entry("SLIPWAY_SYSROOT", sysroot)],
                )],
            ),
            feature(name = "dbg"),
            feature(name = "fastbuild"),
            feature(name = "opt"),
            feature(
                name = "optimize",
                enabled = True,
                flag_sets = [flag_set(
                    actions = _C + _CPP,
                    flag_groups = [flag_group(flags = ["-O2"])],
                )],
            ),
            feature(name = "supports_pic", enabled = True),
            feature(name = "supports_start_end_lib", enabled = False),
            feature(name = "supports_dynamic_linker", enabled = False),
        ],
        host_system_name = "local",
        target_cpu = "wasm64",
        target_libc = "musl",
        target_system_name = "wasm64-unknown-linux-musl",
        toolchain_identifier = "slipway-wasm64",
    )

slipway_toolchain_config = rule(
    implementation = _config_impl,
    provides = [CcToolchainConfigInfo],
)
