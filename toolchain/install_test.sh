#!/bin/bash
# An installation works after it has been moved, without Bazel.
# usage: install_test.sh INSTALL SDK.tar SLIPWAY SLIPWAY_COMPILER
set -euo pipefail

unset SLIPWAY_SYSROOT SLIPWAY_COMPILER
export XDG_CACHE_HOME=$TEST_TMPDIR/cache
if "$@" 2> "$TEST_TMPDIR/usage.txt"; then exit 1; fi
grep -q 'usage: bazel run //:install -- PREFIX' "$TEST_TMPDIR/usage.txt"
"$@" "$TEST_TMPDIR/first"
mv "$TEST_TMPDIR/first" "$TEST_TMPDIR/second"
bin=$TEST_TMPDIR/second/bin
cd "$TEST_TMPDIR"

cat > hello.c <<'END'
#include <stdio.h>
int main(void) { return puts("hello from C") < 0; }
END
cat > hello.cc <<'END'
#include <cstdio>
#include <stdexcept>
int main() {
  try {
    throw std::runtime_error("hello from C++");
  } catch (const std::exception& error) {
    std::puts(error.what());
  }
}
END
"$bin/slipway-cc" hello.c -o c.wasm
"$bin/slipway-c++" hello.cc -o cc.wasm
[ "$("$bin/slipway" run c.wasm)" = "hello from C" ]
[ "$("$bin/slipway" run cc.wasm)" = "hello from C++" ]
