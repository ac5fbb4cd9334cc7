#!/bin/bash
# Gathers the licences of what an installation contains of others' work.
# usage: licences.sh TO LICENCES.csv NAME=FILE…
#
# LICENCES.csv says which part of an installation is under which: a path in it, and
# names of licences with blanks between. Upstream trees give theirs as NAME=FILE;
# those of what comes from packages of this machine are in /usr/share/doc. A name
# without a file is an error.
set -euo pipefail

to=$1 table=$2
shift 2
mkdir -p "$to"
install -m 644 "$table" "$to/parts.csv"
common=/usr/share/common-licenses
for pair in "$@" abseil=/usr/share/doc/libabsl-dev/copyright \
  libc6=/usr/share/doc/libc6-dev/copyright \
  linux=/usr/share/doc/linux-libc-dev/copyright \
  apache-2.0="$common/Apache-2.0" gpl-2="$common/GPL-2"; do
  install -m 644 "${pair#*=}" "$to/${pair%%=*}"
done
for name in $(sed '1d;s/.*,//' "$table"); do
  [ -s "$to/$name" ] || {
    echo "licences.sh: $table names the licence $name, which has no file" >&2
    exit 1
  }
done
