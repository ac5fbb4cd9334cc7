#!/bin/bash
# Installs the compilers, their sysroot and the runtime, to be used outside Bazel
# and moved to anywhere:
#
#   bazel run //:install -- PREFIX
#
# What Bazel puts before PREFIX: SDK.tar SLIPWAY SLIPWAY_COMPILER.
set -euo pipefail

if [ $# -ne 4 ]; then
  echo "usage: bazel run //:install -- PREFIX" >&2
  exit 2
fi
sdk=$1 slipway=$2 compiler=$3 prefix=$4
# `bazel run` starts programs elsewhere.
case $prefix in
/*) ;;
*) prefix=${BUILD_WORKING_DIRECTORY:-$PWD}/$prefix ;;
esac

mkdir -p "$prefix/bin"
rm -rf "$prefix/share/slipway/sysroot"
tar -xf "$sdk" --no-same-owner -C "$prefix"
install -m 755 "$slipway" "$prefix/bin/slipway"
install -m 755 "$compiler" "$prefix/bin/slipway-compiler"
echo "installed in $prefix: $(cd "$prefix/bin" && echo *)"
