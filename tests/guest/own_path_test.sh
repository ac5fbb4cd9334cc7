#!/bin/sh
# A program is where a mount shows it; any other is in the root directory.
# usage: own_path_test.sh SLIPWAY COMPILER MODULE
set -eu
slipway=$1
export SLIPWAY_COMPILER="$PWD/$2"
work=$(readlink -f "${TEST_TMPDIR:-$(mktemp -d)}")
export XDG_CACHE_HOME="$work/cache"
mkdir "$work/bin" "$work/other"
cp "$3" "$work/bin/program"
chmod 755 "$work/bin/program"

# expect PATH OPTION…: the program prints it twice, once as started by itself.
expect() {
  path=$1
  shift
  found=$("$slipway" run --allow exec "$@" "$work/bin/program")
  [ "$found" = "$path
$path" ] || {
    echo "with $*: it is at $found, not at $path"
    exit 1
  }
}

expect /program
expect /program --dir "$work/other::/other"
expect /tool/program --dir "$work/bin::/tool"
expect "$work/bin/program" --dir /::/
expect /program --dir /::/ --dir "$work/other::$work/bin"
# Nobody could execute it there.
chmod 644 "$work/bin/program"
expect /program --dir "$work/bin::/tool"
