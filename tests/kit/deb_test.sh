#!/bin/bash
# The package holds an installation that works, and says what it needs.
# usage: deb_test.sh SLIPWAY.deb
set -euo pipefail

deb=$PWD/$1
cd "$TEST_TMPDIR"
unset SLIPWAY_SYSROOT SLIPWAY_COMPILER
export XDG_CACHE_HOME=$TEST_TMPDIR/cache
dpkg-deb -f "$deb" Depends | tee depends
for package in clang-22 lld-22 llvm-22 libllvm22 libc6; do
  grep -q "$package" depends
done
[ "$(dpkg-deb -f "$deb" Package)" = slipway ]
dpkg-deb -x "$deb" root
for file in bin/slipway-configure share/slipway/cmake/slipway.cmake \
  share/man/man1/slipway-run.1.gz share/doc/slipway/licences/boringssl \
  share/bash-completion/completions/slipway; do
  [ -s "root/usr/$file" ] || { echo "no $file" >&2; exit 1; }
done
printf '#include <stdio.h>\nint main(void) { return puts("packed") < 0; }\n' > a.c
root/usr/bin/slipway-cc a.c -o a.wasm
[ "$(root/usr/bin/slipway run a.wasm)" = packed ]

PATH=$PWD/root/usr/bin:$PATH
# shellcheck source=/dev/null
. root/usr/share/bash-completion/completions/slipway
COMP_WORDS=(slipway ru) COMP_CWORD=1
_slipway
[ "${COMPREPLY[*]}" = run ]
COMP_WORDS=(slipway run --al) COMP_CWORD=2
_slipway
[ "${COMPREPLY[*]}" = --allow ]
