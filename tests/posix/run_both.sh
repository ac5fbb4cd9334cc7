#!/bin/sh
# Runs a behaviour test natively and as a guest, each in an empty directory.
# Both must exit with 0 and print the same.
# usage: run_both.sh [--fails REASON]
#                    SLIPWAY COMPILER NATIVE MODULE [GRANT…] -- [ARGUMENT…]
# With --fails the guest is known to fail, and it is an error when it does not.
set -u
fails=
if [ "$1" = "--fails" ]; then
  fails=$2
  shift 2
fi
root=$PWD
slipway=$root/$1
export SLIPWAY_COMPILER="$root/$2"
native=$root/$3
module=$root/$4
shift 4
grants=
while [ "$1" != "--" ]; do
  grants="$grants $1"
  shift
done
shift

work=${TEST_TMPDIR:-$(mktemp -d)}
export XDG_CACHE_HOME="$work/cache"
export SLIPWAY_TEST=value
mkdir -p "$work/native" "$work/guest" "$work/shm" "$work/tmp"

(cd "$work/native" && exec "$native" "$@") > "$work/native.out"
status=$?
if [ $status -ne 0 ]; then
  echo "natively: exit status $status"
  cat "$work/native.out"
  exit 1
fi
# Word splitting is meant: grants have no spaces.
"$slipway" run --dir "$work/guest::/work" --dir "$work/shm::/dev/shm" \
  --dir "$work/tmp::/tmp" --cwd /work --env SLIPWAY_TEST \
  $grants "$module" -- "$@" < /dev/null > "$work/guest.out"
status=$?
if [ $status -ne 0 ]; then
  echo "as a guest: exit status $status"
  cat "$work/guest.out"
else
  diff -u "$work/native.out" "$work/guest.out"
  status=$?
  echo "behaviours: $(grep -c '^pass ' "$work/guest.out")"
fi
if [ -z "$fails" ]; then
  exit $status
fi
if [ $status -eq 0 ]; then
  echo "passes, but is marked as failing: $fails"
  exit 1
fi
echo "fails as expected: $fails"
