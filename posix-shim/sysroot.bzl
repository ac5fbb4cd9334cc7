"""The sysroot rule: headers and libc for the guest, as one directory."""

def _sysroot_impl(ctx):
    out = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run_shell(
        outputs = [out],
        inputs = ctx.files.musl + ctx.files.mimalloc + ctx.files.shim,
        tools = [ctx.file._script, ctx.file._guest_passes],
        command = "%s $(dirname %s) $(dirname %s) $(dirname $(dirname %s)) %s %s" % (
            ctx.file._script.path,
            ctx.file.musl_version.path,
            ctx.file.mimalloc_license.path,
            ctx.file._script.path,
            ctx.file._guest_passes.path,
            out.path,
        ),
        mnemonic = "Sysroot",
        progress_message = "Compiling musl for wasm64",
        use_default_shell_env = True,
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

sysroot = rule(
    implementation = _sysroot_impl,
    attrs = {
        "musl": attr.label(mandatory = True, doc = "Upstream's tree."),
        "musl_version": attr.label(
            allow_single_file = True,
            mandatory = True,
            doc = "A file in the root of upstream's tree.",
        ),
        "mimalloc": attr.label(mandatory = True, doc = "Upstream's tree."),
        "mimalloc_license": attr.label(
            allow_single_file = True,
            mandatory = True,
            doc = "A file in the root of upstream's tree.",
        ),
        "shim": attr.label_list(allow_files = True, doc = "Our arch layer and its table."),
        "_script": attr.label(
            allow_single_file = True,
            default = "//posix-shim:build_sysroot.sh",
        ),
        "_guest_passes": attr.label(
            allow_single_file = True,
            cfg = "host",
            default = "//posix-shim/passes:guest_passes.so",
        ),
    },
)
