#!/bin/bash
# ping of a loopback interface prints natively and as a guest the same but for
# the times, and needs its right.
# usage: ping_test.sh SLIPWAY COMPILER NATIVE MODULE PREPARE_NETWORK
set -u
if [ "$1" != inside ]; then
  exec unshare --user --map-root-user --net bash -c \
    'python3 "$0" && exec "$@"' "$5" "$0" inside "$@"
fi
shift
slipway=$1
export SLIPWAY_COMPILER=$PWD/$2
native=$3
module=$4
export XDG_CACHE_HOME=$TEST_TMPDIR/cache

fail() {
  echo "FAILED: $*"
  exit 1
}

without_times() {
  sed -E 's/time=[0-9.]+ ms/time=T/; s/time [0-9]+ms/time T/; s/= [0-9./]+ ms/= T/'
}

guest() { "$slipway" run --connect '127.0.0.1:*' --connect '[::1]:*' "$@"; }

# ARGUMENT… : the same from both.
compare() {
  "./$native" "$@" > "$TEST_TMPDIR/native" 2>&1 || fail "natively: $(cat "$TEST_TMPDIR/native")"
  guest --allow icmp "$module" -- "$@" > "$TEST_TMPDIR/guest" 2>&1 ||
    fail "as a guest: $(cat "$TEST_TMPDIR/guest")"
  diff -u <(without_times < "$TEST_TMPDIR/native") \
    <(without_times < "$TEST_TMPDIR/guest") || fail "ping $* differs"
}

compare -c 3 -i 0.1 127.0.0.1
compare -c 2 -i 0.1 -s 1000 -p ff -t 7 127.0.0.1
compare -4 -c 1 -q localhost
compare -6 -c 2 -i 0.1 ::1

# A host that is not granted, and without the right.
guest --allow icmp "$module" -- -c 1 127.0.0.2 > "$TEST_TMPDIR/out" 2>&1 &&
  fail "another host answers"
guest "$module" -- -c 1 127.0.0.1 > "$TEST_TMPDIR/out" 2>&1 &&
  fail "it needs no right"
grep -q 'Operation not permitted' "$TEST_TMPDIR/out" || fail "$(cat "$TEST_TMPDIR/out")"
echo "ping is ping"
