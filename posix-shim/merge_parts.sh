#!/bin/bash
# One directory of several parts of the sysroot.
#
# Environment: HEADERS, LIBC, LIBCXX, CRYPTO; OUT.
set -euo pipefail

mkdir -p "$OUT"
for part in "$HEADERS" "$LIBC" "$LIBCXX" "$CRYPTO"; do
  cp -rL "$part/." "$OUT/"
  chmod -R u+w "$OUT"
done
