#!/bin/bash
# Installs libc's headers and the kernel's, as they are for guests.
#
# Environment: MUSL, upstream's tree; OUT, which receives include/ and
# include/slipway/ (headers that wrap musl's).
set -euo pipefail

shim=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$OUT/include/bits" "$OUT/include/slipway"

install_headers() {
  cp -rL "$MUSL/include/." "$OUT/include/"
  chmod -R u+w "$OUT/include"
  rm -f "$OUT/include/alltypes.h.in"
  # Later ones win: generic, then Linux x86-64's layouts, then ours.
  local layer
  for layer in "$MUSL/arch/generic" "$MUSL/arch/x86_64" "$shim/arch/wasm64"; do
    cp -f "$layer"/bits/*.h "$OUT/include/bits/"
    chmod -R u+w "$OUT/include"
  done
  sed -f "$MUSL/tools/mkalltypes.sed" "$MUSL/arch/x86_64/bits/alltypes.h.in" \
    "$MUSL/include/alltypes.h.in" > "$OUT/include/bits/alltypes.h"
  cp "$MUSL/arch/x86_64/bits/syscall.h.in" "$OUT/include/bits/syscall.h"
  sed -n -e s/__NR_/SYS_/p "$MUSL/arch/x86_64/bits/syscall.h.in" \
    >> "$OUT/include/bits/syscall.h"
  # Lists of BSD, which musl leaves out; from libc6-dev.
  cp /usr/include/x86_64-linux-gnu/sys/queue.h "$OUT/include/sys/"
  cp -rL "$shim"/include/. "$OUT/include/slipway/"
}

# The kernel's own headers, of this machine's package: programs name futex
# operations, ioctls and limits by them. x86-64's, as all layouts are; the few
# that know it by macros or are assembler are ours (include/asm).
install_kernel_headers() {
  local from=/usr/include machine=x86_64-linux-gnu
  if [ ! -e "$from/linux/futex.h" ] || [ ! -e "$from/$machine/asm/unistd.h" ]; then
    echo "build_headers.sh: no kernel headers in $from (install linux-libc-dev)" >&2
    exit 1
  fi
  cp -r "$from/linux" "$from/asm-generic" "$from/mtd" "$OUT/include/"
  cp -r "$from/$machine/asm" "$OUT/include/"
  chmod -R u+w "$OUT/include"
}

install_headers
install_kernel_headers
