#!/bin/bash
# Runs an upstream suite on a tree as built. port.bzl writes the command line:
#
#   port_suite.sh MOVE TREE.tar INSTALL SDK.tar DOCUMENTS.tar SLIPWAY COMPILER -- COMMAND
#   port_suite.sh MOVE TREE.tar -- COMMAND
#
# COMMAND is of bash, and runs in the tree. In the first form $LAUNCHER runs a
# module, and modules are executable where the kernel has a way (slipway-env);
# in the second, for the build for this machine, it is empty.
set -euo pipefail

move=$1 tree=$2
shift 2
tar -xf "$tree" -C "$TEST_TMPDIR"
"$move" "$TEST_TMPDIR/tree" @PORT@ "$TEST_TMPDIR"
if [ "$1" = -- ]; then
  cd "$TEST_TMPDIR/tree"
  LAUNCHER='' exec bash -euo pipefail -c "$2"
fi
"${@:1:5}" "$TEST_TMPDIR/slipway" > /dev/null
unset SLIPWAY_SYSROOT SLIPWAY_COMPILER
export XDG_CACHE_HOME=$TEST_TMPDIR/cache
export PATH=$TEST_TMPDIR/slipway/bin:$PATH LAUNCHER=slipway-exec
cd "$TEST_TMPDIR/tree"
exec slipway-env bash -euo pipefail -c "$7"
