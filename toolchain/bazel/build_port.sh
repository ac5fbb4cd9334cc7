#!/bin/bash
# Builds an upstream tree the way a user would, with an installation of the kit.
# Nothing is patched. port.bzl writes the command line:
#
#   build_port.sh OUT.tar FILE SYSTEM SDK.tar|- NEEDED.tar:… ARGUMENT… -- TARGET… \
#     [-- INSTALLED.tar TARGET…]
#
# FILE is one in the root of the tree. SYSTEM is make (ARGUMENTs are its own),
# autotools (of FILE, which is the configure script) or cmake (of cmake, which
# builds in tree/build). What other ports have installed, NEEDED.tar, is found as
# libraries are that a user has installed.
# With `-` the build is for this machine, to compare with. OUT.tar holds the tree as
# built, below tree/; makefiles and the like name it @PORT@, as it moves
# (move_port.sh). INSTALLED.tar holds what the last targets install.
set -euo pipefail

scripts=$(cd "${0%/*}" && pwd)
out=$PWD/$1 file=$2 system=$3 sdk=$4 needs=$5
shift 5
arguments=()
while [ "$1" != -- ]; do
  arguments+=("$1")
  shift
done
shift
targets=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  targets+=("$1")
  shift
done
installed=${2:+$PWD/$2}
install_targets=("${@:3}")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -rL "${file%/*}" "$work/tree"
chmod -R u+w "$work/tree"
export SOURCE_DATE_EPOCH=1
# Nothing of this machine or this moment in what is built.
export CFLAGS="-ffile-prefix-map=$work/tree=."
# With CMake a port says CMAKE_BUILD_TYPE, or takes upstream's default.
[ "$system" = cmake ] || CFLAGS="-O2 $CFLAGS"
export CXXFLAGS=$CFLAGS
mkdir "$work/needs"
IFS=: read -ra needed <<< "$needs"
for archive in "${needed[@]}"; do
  tar -xf "$archive" -C "$work/needs"
done
if [ "$sdk" = - ]; then
  export CMAKE_PREFIX_PATH=$work/needs/usr/local
  run=(env CC=clang-22 CXX=clang++-22 AR=llvm-ar-22 RANLIB=llvm-ranlib-22)
  configure=("${run[@]}")
  cmake=("${run[@]}" cmake)
else
  export SLIPWAY_PREFIX_PATH=$work/needs/usr/local
  mkdir "$work/slipway"
  tar -xf "$sdk" -C "$work/slipway"
  PATH=$work/slipway/bin:$PATH
  unset SLIPWAY_SYSROOT
  # The runtime is not here: what is built is not run.
  run=(slipway-env --no-programs)
  configure=(slipway-configure)
  cmake=(slipway-cmake)
fi

build() {
  cd "$work/tree"
  case $system in
  make) "${run[@]}" make -j"$(nproc)" "${arguments[@]}" "${targets[@]}" ;;
  autotools)
    "${configure[@]}" "./${file##*/}" "${arguments[@]}" &&
      "${run[@]}" make -j"$(nproc)" "${targets[@]}"
    ;;
  cmake)
    "${cmake[@]}" -S . -B build -G Ninja "${arguments[@]}" &&
      ninja -C build -j"$(nproc)" "${targets[@]}"
    ;;
  esac || return
  [ -n "$installed" ] || return 0
  export DESTDIR=$work/installed
  case $system in
  cmake) ninja -C build "${install_targets[@]}" ;;
  *) "${run[@]}" make DESTDIR="$DESTDIR" "${install_targets[@]}" ;;
  esac
}

if ! (build) > "$work/log" 2>&1; then
  cat "$work/log" >&2
  exit 1
fi
"$scripts/move_port.sh" "$work/tree" "$work" @PORT@
archive=(tar c --sort=name --owner=0 --group=0 --numeric-owner)
"${archive[@]}" -f "$out" -C "$work" tree
if [ -n "$installed" ]; then
  "${archive[@]}" -f "$installed" -C "$work/installed" .
fi
