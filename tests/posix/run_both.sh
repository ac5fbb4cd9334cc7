#!/bin/sh
# Runs a behaviour test natively and as a guest, each in an empty directory.
# Both must exit with 0 and print the same.
# usage: run_both.sh SLIPWAY COMPILER NATIVE MODULE [GRANT…] -- [ARGUMENT…]
set -u
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
mkdir -p "$work/native" "$work/guest"

(cd "$work/native" && exec "$native" "$@") > "$work/native.out"
status=$?
if [ $status -ne 0 ]; then
  echo "natively: exit status $status"
  cat "$work/native.out"
  exit 1
fi
# Word splitting is meant: grants have no spaces.
"$slipway" run --dir "$work/guest::/work" --cwd /work --env SLIPWAY_TEST \
  $grants "$module" -- "$@" < /dev/null > "$work/guest.out"
status=$?
if [ $status -ne 0 ]; then
  echo "as a guest: exit status $status"
  cat "$work/guest.out"
  exit 1
fi
diff -u "$work/native.out" "$work/guest.out"
