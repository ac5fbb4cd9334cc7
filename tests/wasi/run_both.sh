#!/bin/sh
# Runs a program natively and under WASI, each in an empty directory. Both must
# exit with 0 and print the same.
# usage: run_both.sh SLIPWAY COMPILER NATIVE MODULE INPUT [ARGUMENT…]
set -u
root=$PWD
slipway=$root/$1
export SLIPWAY_COMPILER="$root/$2"
native=$root/$3
module=$root/$4
input=$5
shift 5
work=${TEST_TMPDIR:-$(mktemp -d)}
mkdir -p "$work/native" "$work/guest"
export XDG_CACHE_HOME="$work/cache"
export SLIPWAY_TEST=value

# fails MESSAGE OUTPUT
fails() {
  echo "$1"
  cat "$2"
  exit 1
}

printf "$input" > "$work/input"
(cd "$work/native" && cat "$work/input" | "$native" "$@" > "$work/native.out") ||
  fails "natively: exit status $?" "$work/native.out"
cat "$work/input" | "$slipway" run --dir "$work/guest::/" --env SLIPWAY_TEST \
  "$module" -- "$@" > "$work/guest.out" ||
  fails "under WASI: exit status $?" "$work/guest.out"
diff -u "$work/native.out" "$work/guest.out"
