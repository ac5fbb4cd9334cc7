#!/bin/bash
# Installs the compilers, their sysroot, the runtime, manual pages and licences, to
# be used outside Bazel and moved to anywhere:
#
#   bazel run //:install -- PREFIX
#
# What Bazel puts before PREFIX: SDK.tar DOCUMENTS.tar SLIPWAY SLIPWAY_COMPILER.
set -euo pipefail

if [ $# -ne 5 ]; then
  echo "usage: bazel run //:install -- PREFIX" >&2
  exit 2
fi
sdk=$1 documents=$2 slipway=$3 compiler=$4 prefix=$5
# `bazel run` starts programs elsewhere.
case $prefix in
/*) ;;
*) prefix=${BUILD_WORKING_DIRECTORY:-$PWD}/$prefix ;;
esac

mkdir -p "$prefix/bin"
rm -rf "$prefix/share/slipway/sysroot"
tar -xf "$sdk" --no-same-owner -C "$prefix"
tar -xf "$documents" --no-same-owner -C "$prefix"
install -m 755 "$slipway" "$prefix/bin/slipway"
install -m 755 "$compiler" "$prefix/bin/slipway-compiler"
echo "installed in $prefix: $(cd "$prefix/bin" && echo *)"
