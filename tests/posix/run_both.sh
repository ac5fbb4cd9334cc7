#!/bin/sh
# Runs a behaviour test natively and as a guest, each in an empty directory.
# Both must exit with 0 and print the same.
# usage: run_both.sh [--network=SCRIPT] [--fails REASON] [--etc=FILE…]
#                    [--library=FILE…] SLIPWAY COMPILER NATIVE MODULE [GRANT…]
#                    -- [ARGUMENT…]
# A library in a directory named native or guest is for the run of that name.
# With --network both run in a network of their own, as root of it, after SCRIPT
# has prepared it; files of --etc are then all that /etc has, for both.
# With --fails the guest is known to fail, and it is an error when it does not.
set -u
if [ "${1#--network=}" != "$1" ]; then
  script=${1#--network=}
  shift
  exec unshare --user --map-root-user --net --mount sh -c \
    'python3 "$0" && exec "$@"' "$script" "$0" "$@"
fi
fails=
if [ "$1" = "--fails" ]; then
  fails=$2
  shift 2
fi
work=$(mktemp -d -p "${TEST_TMPDIR:-/tmp}")
mkdir -p "$work/native" "$work/guest" "$work/tmp" "$work/etc"
etc=
while [ "${1#--etc=}" != "$1" ]; do
  etc=$work/etc
  cp -L "${1#--etc=}" "$etc/"
  shift
done
while [ "${1#--library=}" != "$1" ]; do
  library=${1#--library=}
  cp "$library" "$work/$(basename "$(dirname "$library")")/"
  shift
done
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

export XDG_CACHE_HOME="$work/cache"
export SLIPWAY_TEST=value

run_natively() {
  cd "$work/native" || exit
  if [ -z "$etc" ]; then exec "$native" "$@"; fi
  exec unshare --mount sh -c 'mount --bind "$0" /etc && exec "$@"' \
    "$etc" "$native" "$@"
}
(run_natively "$@") > "$work/native.out"
status=$?
if [ $status -ne 0 ]; then
  echo "natively: exit status $status"
  cat "$work/native.out"
  exit 1
fi
# Word splitting is meant: grants have no spaces.
"$slipway" run --dir "$work/guest::/work" --dir "$work/tmp::/tmp" --cwd /work --env SLIPWAY_TEST \
  ${etc:+--dir "$etc::/etc"} $grants "$module" -- "$@" < /dev/null > "$work/guest.out"
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
