"""upstream_source: an external repository made of one upstream tarball.

The row of sources.lock with the repository's name says which. The tarball is
looked for, in this order,
  1. in the directory named by the environment variable SLIPWAY_SOURCES_DIR and
     in third_party/distdir (a tarball supplied by hand),
  2. in Bazel's repository cache, by its sha256,
  3. in the Debian archive that this machine's apt is configured for
     (fetch_source.py),
and must have the sha256 of its row.
"""

_COLUMNS = ["name", "package", "version", "suite", "file", "sha256", "strip_prefix"]

def _lock_row(ctx):
    for line in ctx.read(ctx.path(ctx.attr._lock)).split("\n"):
        fields = [f for f in line.split(" ") if f]
        if fields and fields[0] == ctx.name:
            if len(fields) != len(_COLUMNS):
                fail("third_party/sources.lock: row %s has %d columns, not %d" %
                     (ctx.name, len(fields), len(_COLUMNS)))
            return struct(**{_COLUMNS[i]: fields[i] for i in range(len(fields))})
    fail("third_party/sources.lock has no row named %s" % ctx.name)

def _fail(row, problem):
    fail("""
cannot get the source of {name}: {problem}
  Debian source package  {package}
  version                {version}
  suite                  {suite}
  file                   {file}
  sha256                 {sha256}
To supply it by hand, put {file} into third_party/distdir, or into any
directory and name that directory in SLIPWAY_SOURCES_DIR
(SLIPWAY_SOURCES_DIR=/dir bazel build …, or --repo_env=SLIPWAY_SOURCES_DIR=/dir).
""".format(
        name = row.name,
        problem = problem,
        package = row.package,
        version = row.version,
        suite = row.suite,
        file = row.file,
        sha256 = row.sha256,
    ))

def _sha256(ctx, path):
    result = ctx.execute(["sha256sum", str(path)])
    if result.return_code != 0:
        return "unreadable (%s)" % result.stderr.strip()
    return result.stdout.split(" ")[0].lstrip("\\")

def _supplied(ctx, row):
    """The path of a tarball supplied by hand, or None."""
    directories = [str(ctx.path(ctx.attr._distdir).dirname)]
    if ctx.os.environ.get("SLIPWAY_SOURCES_DIR"):
        directories.insert(0, ctx.os.environ["SLIPWAY_SOURCES_DIR"])
    for directory in directories:
        path = ctx.path(directory + "/" + row.file)
        if path.exists:
            return path
    return None

def _fetch_with_apt(ctx, row):
    ctx.report_progress("fetching %s %s from Debian %s" % (row.package, row.version, row.suite))
    directory = ctx.path("apt")
    ctx.file("apt/.keep")
    result = ctx.execute(
        ["python3", str(ctx.path(ctx.attr._fetch)), row.package, row.version, row.suite, row.file, str(directory)],
        timeout = 1800,
    )
    if result.return_code != 0:
        _fail(row, "the fetch failed:\n" + result.stdout + result.stderr)
    return ctx.path("apt/" + row.file)

def _extract_paths(ctx, row):
    ctx.report_progress("extracting from " + row.file)
    result = ctx.execute(
        ["tar", "-x", "-f", row.file, "--strip-components=1"] +
        [row.strip_prefix + "/" + path for path in ctx.attr.paths],
        timeout = 1800,
    )
    if result.return_code != 0:
        fail("cannot extract %s: %s" % (row.file, result.stderr))

def _drop_bazel_files(ctx):
    names = ["BUILD", "BUILD.bazel", "WORKSPACE", "WORKSPACE.bazel"]
    arguments = ["find", ".", "-type", "f", "("]
    for name in names:
        arguments += ["-name", name, "-o"]
    result = ctx.execute(arguments[:-1] + [")", "-delete"])
    if result.return_code != 0:
        fail("cannot drop Bazel's files: " + result.stderr)

def _upstream_source_impl(ctx):
    row = _lock_row(ctx)
    tarball = _supplied(ctx, row)
    if not tarball:
        # An address that serves nothing: only the repository cache can answer.
        cached = ctx.download(
            url = "file:///only-from-the-repository-cache/" + row.file,
            output = row.file,
            sha256 = row.sha256,
            allow_fail = True,
        )
        tarball = ctx.path(row.file) if cached.success else _fetch_with_apt(ctx, row)
    actual = _sha256(ctx, tarball)
    if actual != row.sha256:
        _fail(row, "%s is corrupt, its sha256 is %s" % (tarball, actual))

    # From a file URL, so that the tarball enters the repository cache.
    url = "file://" + str(tarball)
    if ctx.attr.paths:
        ctx.download(url = url, output = row.file, sha256 = row.sha256)
        _extract_paths(ctx, row)
    else:
        ctx.download_and_extract(
            url = url,
            sha256 = row.sha256,
            stripPrefix = row.strip_prefix,
        )
    if ctx.attr.drop_bazel_files:
        _drop_bazel_files(ctx)
    ctx.delete("apt")
    ctx.delete(row.file)
    ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % ctx.name)
    ctx.symlink(ctx.attr.build_file, "BUILD.bazel")

upstream_source = repository_rule(
    implementation = _upstream_source_impl,
    doc = "The tree of the sources.lock row with this repository's name.",
    environ = ["SLIPWAY_SOURCES_DIR"],
    attrs = {
        "build_file": attr.label(
            mandatory = True,
            doc = "The BUILD file of the tree's root.",
        ),
        "paths": attr.string_list(
            doc = "Files and directories to extract; all, if none is named.",
        ),
        "drop_bazel_files": attr.bool(
            doc = "For trees whose packages would divide the tree.",
        ),
        "_lock": attr.label(default = "//third_party:sources.lock"),
        "_fetch": attr.label(default = "//third_party:fetch_source.py"),
        "_distdir": attr.label(default = "//third_party:distdir/README.md"),
    },
)
