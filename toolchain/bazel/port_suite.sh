#!/bin/bash
# Runs an upstream suite on a tree as built. port.bzl writes the command line:
#
#   port_suite.sh MOVE TREE.tar INSTALL SDK.tar DOCUMENTS.tar SLIPWAY COMPILER \
#     -- COMMAND [EXCLUSIONS.csv]
#   port_suite.sh MOVE TREE.tar -- COMMAND
#
# COMMAND is of bash, and runs in the tree. In the first form $LAUNCHER runs a
# module, modules are executable where the kernel has a way (slipway-env), and
# $EXCLUDED has the names of EXCLUSIONS; in the second, for the build for this machine,
# both are empty.
set -euo pipefail

move=$1 tree=$2
shift 2
# What Bazel tells GoogleTest is not meant for upstream's programs: their files
# would replace the result of this test.
unset XML_OUTPUT_FILE TEST_PREMATURE_EXIT_FILE TESTBRIDGE_TEST_ONLY
tar -xf "$tree" -C "$TEST_TMPDIR"
"$move" "$TEST_TMPDIR/tree" @PORT@ "$TEST_TMPDIR"
if [ "$1" = -- ]; then
  cd "$TEST_TMPDIR/tree"
  LAUNCHER='' EXCLUDED='' exec bash -euo pipefail -c "$2"
fi
"${@:1:5}" "$TEST_TMPDIR/slipway" > /dev/null
unset SLIPWAY_SYSROOT SLIPWAY_COMPILER
export XDG_CACHE_HOME=$TEST_TMPDIR/cache
export PATH=$TEST_TMPDIR/slipway/bin:$PATH LAUNCHER=slipway-exec
EXCLUDED=$(sed -n '2,$s/,.*//p' "${8:-/dev/null}" | tr '\n' ' ')
export EXCLUDED
cd "$TEST_TMPDIR/tree"
exec slipway-env bash -euo pipefail -c "$7"
