#!/bin/sh
# Compares a committed table with a freshly generated one.
# usage: check_syscalls.sh COMMITTED GENERATED TARGET
if ! diff -u "$1" "$2"; then
  echo "$1 is out of date. Bring it up to date with:" >&2
  echo "  bazel build //docs:$3" >&2
  echo "  cp bazel-bin/docs/$(basename "$2") $1" >&2
  exit 1
fi
