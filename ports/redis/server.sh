#!/bin/bash
# Runs redis-server.wasm; arguments are Redis's.
# Usage: server.sh SLIPWAY REDIS_SERVER_WASM [ARGUMENT...]
set -euo pipefail
runtime=$(realpath "$1")
module=$(realpath "$2")
shift 2

# `bazel run` starts in the runfiles; the user's files are where they called it.
cd "${BUILD_WORKING_DIRECTORY:-.}"
data=${REDIS_DATA:-$PWD/redis-data}
mkdir -p "$data"
exec "$runtime" run --dir "$data::/data" --cwd /data --listen '*' "$module" -- "$@"
