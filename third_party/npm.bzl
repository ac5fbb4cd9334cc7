"""npm_package: an external repository made of pinned npm packages.

package.json names the versions and package-lock.json their digests, which npm
checks. Fetched by the machine's npm from the registry that it is configured
for; no script of a package is run.
"""

def _npm_package_impl(ctx):
    ctx.file("package.json", ctx.read(ctx.attr.package))
    ctx.file("package-lock.json", ctx.read(ctx.attr.lock))
    npm = ctx.which("npm")
    if not npm:
        fail("npm is not installed, and %s comes from it; run ci/setup" % ctx.name)
    ctx.report_progress("fetching with npm")
    result = ctx.execute(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        timeout = 1800,
    )
    if result.return_code != 0:
        fail("cannot fetch %s (%s) with npm ci:\n%s%s" %
             (ctx.name, ctx.attr.package, result.stdout, result.stderr))
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")

npm_package = repository_rule(
    implementation = _npm_package_impl,
    doc = "What package.json names, under node_modules.",
    attrs = {
        "package": attr.label(mandatory = True, doc = "The package.json."),
        "lock": attr.label(mandatory = True, doc = "The package-lock.json."),
        "build_file": attr.label(
            mandatory = True,
            doc = "The BUILD file of the repository's root.",
        ),
    },
)
