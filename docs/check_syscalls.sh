#!/bin/sh
# Compares the committed docs/syscalls.md with a freshly generated one.
# usage: check_syscalls.sh COMMITTED GENERATED
if ! diff -u "$1" "$2"; then
  echo "docs/syscalls.md is out of date. Bring it up to date with:" >&2
  echo "  bazel build //docs:syscalls_md" >&2
  echo "  cp bazel-bin/docs/syscalls.gen.md docs/syscalls.md" >&2
  exit 1
fi
