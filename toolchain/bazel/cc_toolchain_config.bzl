"""The C and C++ toolchain for guests, as Bazel wants it described.

slipway-cc knows the target and finds nothing by itself: its sysroot comes in
the environment, so that actions depend on it.
"""

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

_COMPILE_ACTIONS = [
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.preprocess_assemble,
    ACTION_NAMES.assemble,
]

_LINK_ACTIONS = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

def _config_impl(ctx):
    driver = tool(tool = ctx.executable._driver)
    sysroot = ctx.files._sysroot[0].path
    action_configs = [
        action_config(action_name = name, enabled = True, tools = [driver])
        for name in _COMPILE_ACTIONS + _LINK_ACTIONS
    ] + [
        action_config(
            action_name = ACTION_NAMES.cpp_link_static_library,
            enabled = True,
            implies = ["archiver_flags"],
            tools = [tool(path = "/usr/bin/llvm-ar-22")],
        ),
        action_config(
            action_name = ACTION_NAMES.strip,
            enabled = True,
            tools = [tool(path = "/usr/bin/llvm-strip-22")],
        ),
    ]
    features = [
        feature(
            name = "sysroot_environment",
            enabled = True,
            env_sets = [env_set(
                actions = _COMPILE_ACTIONS + _LINK_ACTIONS,
                env_entries = [env_entry(key = "SLIPWAY_SYSROOT", value = sysroot)],
            )],
        ),
        feature(
            name = "warnings",
            enabled = True,
            flag_sets = [flag_set(
                actions = _COMPILE_ACTIONS,
                flag_groups = [flag_group(flags = ["-Wall"])],
            )],
        ),
        feature(
            name = "cxx",
            enabled = True,
            flag_sets = [flag_set(
                actions = [ACTION_NAMES.cpp_compile],
                flag_groups = [flag_group(flags = ["--driver-mode=g++"])],
            )],
        ),
        feature(name = "supports_start_end_lib", enabled = False),
        feature(name = "supports_dynamic_linker", enabled = False),
    ]
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        abi_libc_version = "musl",
        abi_version = "wasm64",
        action_configs = action_configs,
        compiler = "slipway-cc",
        cxx_builtin_include_directories = [
            sysroot + "/include",
            sysroot + "/include/c++/v1",
            "/usr/lib/llvm-22/lib/clang/22/include",
        ],
        features = features,
        host_system_name = "local",
        target_cpu = "wasm64",
        target_libc = "musl",
        target_system_name = "wasm64-unknown-linux-musl",
        toolchain_identifier = "slipway-wasm64",
    )

cc_toolchain_config = rule(
    implementation = _config_impl,
    attrs = {
        "_driver": attr.label(
            default = "//toolchain/driver:slipway-cc",
            executable = True,
            cfg = "host",
        ),
        "_sysroot": attr.label(
            default = "//posix-shim:sysroot",
            cfg = "host",
        ),
    },
    provides = [CcToolchainConfigInfo],
)
