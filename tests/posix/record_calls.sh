#!/bin/sh
# Prints the names of the calls that a guest makes, one per line.
# usage: record_calls.sh [--library=FILE…] SLIPWAY COMPILER MODULE [GRANT…] -- [ARGUMENT…]
# Whether the guest succeeds, or ends, is its own test's affair.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/guest" "$work/tmp"
while [ "${1#--library=}" != "$1" ]; do
  cp "${1#--library=}" "$work/guest/"
  shift
done
root=$PWD
slipway=$root/$1
export SLIPWAY_COMPILER="$root/$2"
module=$root/$3
shift 3
grants=
while [ "$1" != "--" ]; do
  grants="$grants $1"
  shift
done
shift

export XDG_CACHE_HOME="$work/cache"
export SLIPWAY_TEST=value
# Word splitting is meant: grants have no spaces.
timeout --foreground 300 "$slipway" trace -o "$work/trace" --dir "$work/guest::/work" \
  --dir "$work/tmp::/tmp" --cwd /work \
  --env SLIPWAY_TEST $grants "$module" -- "$@" < /dev/null > "$work/out" 2>&1
# A line is "name(…" after an optional thread or process; an execve that
# succeeds leaves a line of its own.
sed -n -E 's/^(\[[^]]*\] *)?([a-z_0-9]+)\(.*/\2/p; s/^(\[[^]]*\] *)?--- execute .*/execve/p' \
  "$work/trace" | sort -u
