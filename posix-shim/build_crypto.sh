#!/bin/bash
# Builds libslipway_crypto.a, which the driver links to whatever asks for it.
#
# Environment: HEADERS, what build_headers.sh made; PASSES, what clang loads;
# OUT, which receives lib/ and include/slipway_crypto/.
set -euo pipefail

headers=$(realpath "$HEADERS")/include
passes=$(realpath "$PASSES")
out=$(realpath -m "$OUT")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$(dirname "$0")/guest_flags.sh"
mkdir -p "$out/lib" "$out/include/slipway_crypto"

# For programs and shared libraries alike, each with its own.
for file in "$shim"/crypto/*.c; do
  "$clang" "${target_flags[@]}" -fPIC -std=c11 -Wall -Werror -fvisibility=hidden \
    -nostdlibinc -isystem "$headers/slipway" -isystem "$headers" -I"$root" \
    -c "$file" -o "$work/$(basename "$file" .c).o"
done
llvm-ar-22 rcsD "$out/lib/libslipway_crypto.a" "$work"/*.o
cp -L "$shim/crypto/openssl3.h" "$out/include/slipway_crypto/"
