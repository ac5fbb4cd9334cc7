#!/bin/sh
# Each guest has a /dev/shm of its own, unless a directory is granted for it.
# usage: dev_shm_test.sh SLIPWAY COMPILER MODULE
set -u
slipway=$1
export SLIPWAY_COMPILER="$PWD/$2"
module=$3
work=${TEST_TMPDIR:-$(mktemp -d)}
export XDG_CACHE_HOME="$work/cache"
name=slipway-dev-shm-test-$$

fail() {
  echo "$1"
  exit 1
}

"$slipway" run "$module" make "$name" || fail "cannot make an object"
"$slipway" run "$module" find "$name" && fail "an object outlived its guest"

mkfifo "$work/output"
"$slipway" run "$module" hold "$name" > "$work/output" &
holder=$!
read -r line < "$work/output"
[ "$line" = holding ] || fail "the holder says: $line"
"$slipway" run "$module" find "$name" && fail "a guest sees another's object"
[ -e "/dev/shm/$name" ] && fail "the object is in the host's /dev/shm"
kill -9 $holder
wait $holder

mkdir "$work/granted"
"$slipway" run --dir "$work/granted::/dev/shm" "$module" make "$name" ||
  fail "cannot make an object in a granted directory"
[ "$(cat "$work/granted/$name")" = content ] || fail "no file in the directory"
"$slipway" run --dir "$work/granted::/dev/shm" "$module" find "$name" ||
  fail "a second guest does not find it there"
"$slipway" run --dir "$work/granted::/dev/shm:ro" "$module" make other &&
  fail "made an object in a directory that is for reading"
exit 0
