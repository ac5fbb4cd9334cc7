#!/bin/bash
# An installation has the licences of what it contains: each program and each library
# of its sysroot stands in parts.csv, with licences that are there.
# usage: licences_test.sh INSTALL SDK.tar DOCUMENTS.tar SLIPWAY COMPILER
set -euo pipefail

prefix=$TEST_TMPDIR/slipway
"$@" "$prefix" > /dev/null
licences=$prefix/share/doc/slipway/licences
cd "$prefix"

fail() {
  echo "$*" >&2
  exit 1
}

sed 1d "$licences/parts.csv" > rows
while IFS=, read -r part names; do
  [ -e "$part" ] || fail "parts.csv has $part, which is not installed"
  [ -n "$names" ] || fail "$part has no licence"
  for name in $names; do
    [ -s "$licences/$name" ] || fail "there is no licence $name, of $part"
  done
done < rows

# Archives of 8 bytes are empty: libc is in libc.a. Scripts, lists, libslipway_* and what
# programs start with (*.o) are Slipway's own.
find bin share/slipway/sysroot/lib share/slipway/sysroot/libexec -type f -size +8c \
  ! -name '*.exports' ! -name '*.o' ! -name 'libslipway_*' -exec sh -c '! head -c 2 "$1" | grep -q "#!"' sh {} ';' \
  -print > contained
while read -r part; do
  grep -q "^$part," rows || fail "parts.csv has no row for $part"
done < contained
grep -q lib/libc.a contained || fail "no library was looked at"
