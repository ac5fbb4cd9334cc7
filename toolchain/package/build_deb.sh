#!/bin/bash
# Makes the Debian package of an installation in /usr.
# usage: build_deb.sh OUT.deb INSTALL SDK.tar DOCUMENTS.tar SLIPWAY COMPILER
set -euo pipefail

out=$PWD/$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
"$@" "$tree/usr" > /dev/null
bin=$tree/usr/bin

# The driver calls clang and LLVM's tools of the version that it is made for.
tools="clang-22, lld-22, llvm-22"
mkdir -p "$tree/DEBIAN" "$work/debian"
: > "$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O "$bin/slipway" "$bin/slipway-cc" \
  "$bin/slipway-compiler" 2> /dev/null | sed -n 's/^shlibs:Depends=//p')
version=$("$bin/slipway" version | cut -d ' ' -f 2)
cat > "$tree/DEBIAN/control" <<TEXT
Package: slipway
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: Slipway
Section: devel
Priority: optional
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f 1)
Depends: bash, util-linux, $tools, $libraries
Recommends: pkg-config
Suggests: cmake, meson, make
Description: build and run Unix programs as memory64 WebAssembly
 Compilers for C and C++ with a sysroot, files for Autoconf, CMake, Meson and
 pkg-config, and the runtime: programs run at native speed in a sandbox that
 grants nothing by itself.
TEXT
# The same bytes from the same tree.
export SOURCE_DATE_EPOCH=1
find "$tree" -exec touch -h -d @1 {} +
chmod -R u+w,go-w,a+rX "$tree"
dpkg-deb --root-owner-group -Zxz -z3 --build "$tree" "$out" > /dev/null
