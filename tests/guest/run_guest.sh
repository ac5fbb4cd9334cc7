#!/bin/sh
# Runs a guest and checks its exit status and that its output (stdout and
# stderr) has lines that match.
# usage: run_guest.sh SLIPWAY COMPILER MODULE SUBCOMMAND STATUS [PATTERN…]
set -u
slipway=$1
export SLIPWAY_COMPILER="$PWD/$2"
module=$3
subcommand=$4
expected=$5
shift 5
export XDG_CACHE_HOME="${TEST_TMPDIR:-/tmp}/cache"

output=$("$slipway" "$subcommand" "$module" 2>&1 < /dev/null)
status=$?
printf '%s\n' "$output"
if [ $status -ne "$expected" ]; then
  echo "exit status $status, expected $expected"
  exit 1
fi
for pattern in "$@"; do
  if ! printf '%s\n' "$output" | grep -q -e "$pattern"; then
    echo "no line matches: $pattern"
    exit 1
  fi
done
