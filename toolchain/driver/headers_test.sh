#!/bin/bash
# Every header of the sysroot compiles alone, and all of libc's in one program.
set -euo pipefail

driver=$PWD/$1
export SLIPWAY_SYSROOT=$PWD/posix-shim/sysroot
include=$SLIPWAY_SYSROOT/include
cd "$TEST_TMPDIR"
ln -s "$driver" slipway-cc

# FILE… : compiles each with a line that includes it.
check_alone() {
  local header failed=0
  for header; do
    printf '#include <%s>\n' "$header" > "alone.$$.c"
    if ! ./slipway-cc -D_GNU_SOURCE -Wall -Werror -Wno-#warnings -fsyntax-only \
        "alone.$$.c" > "alone.$$.txt" 2>&1; then
      echo "FAILED: $header"
      head -4 "alone.$$.txt"
      failed=1
    fi
  done
  return $failed
}

list() { (cd "$include" && find "$@" -name '*.h' | sed 's,^\./,,' | LC_ALL=C sort); }

# bits/ is not for programs, c++/ not for C; asm-generic/, linux/ and mtd/ are
# Linux's own: those named here are what servers include.
libc=$(list . | grep -v -E '^(bits|asm|asm-generic|c\+\+|linux|mtd|slipway)/')
linux="asm/byteorder.h asm/ioctls.h asm/types.h asm/unistd.h asm/swab.h
  asm/siginfo.h linux/aio_abi.h linux/capability.h
  linux/falloc.h linux/filter.h linux/fs.h linux/futex.h linux/if_link.h
  linux/if_packet.h linux/magic.h linux/netlink.h linux/random.h
  linux/rtnetlink.h linux/sockios.h linux/tcp.h linux/types.h linux/version.h"
# shellcheck disable=SC2086  # Names of headers have no spaces.
check_alone $libc $linux sys/cdefs.h

# tgmath.h goes last, it redefines what math.h and complex.h declare.
printf '#include <%s>\n' $(echo "$libc" | grep -v '^tgmath.h$') tgmath.h > all.c
cat >> all.c << 'END'
_Static_assert(__BITS_PER_LONG == 64, "Linux's headers know the size of long");
int main(void) { return 0; }
END
sed -i '1i #include <asm/bitsperlong.h>' all.c
./slipway-cc -D_GNU_SOURCE -Wall -Werror -Wno-#warnings all.c -o all.wasm
echo "$(echo "$libc" | wc -l) headers of libc"
