"""host_files: targets as they are built for the build machine."""

def _host_files_impl(ctx):
    return [DefaultInfo(
        files = depset(ctx.files.srcs),
        runfiles = ctx.runfiles(ctx.files.srcs),
    )]

host_files = rule(
    implementation = _host_files_impl,
    attrs = {"srcs": attr.label_list(cfg = "host")},
)
