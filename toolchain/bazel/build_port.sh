#!/bin/bash
# Builds an upstream tree the way a user would, with an installation of the kit.
# Nothing is patched. port.bzl writes the command line:
#
#   build_port.sh OUT.tar FILE SYSTEM SDK.tar|- CACHE|- NEEDED.tar:… ARGUMENT… \
#     -- TARGET… [-- INSTALLED.tar TARGET…]
#
# FILE is one in the root of the tree. SYSTEM is make (ARGUMENTs are its own),
# autotools (of FILE, which is the configure script) or cmake (of cmake, which
# builds in tree/build). What other ports have installed, NEEDED.tar, is found as
# libraries are that a user has installed.
# With `-` the build is for this machine, to compare with. CACHE is a directory of
# ccache, where a build that was interrupted finds what it had compiled; `-` is none.
# OUT.tar holds the tree as built, compressed, below tree/; makefiles and the like name
# it @PORT@, as it moves (move_port.sh). INSTALLED.tar holds what the last targets
# install.
set -euo pipefail

scripts=$(cd "${0%/*}" && pwd)
out=$PWD/$1 file=$2 system=$3 sdk=$4 cache=$5 needs=$6
shift 6
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

# use_cache BIN COMPILERS NAME…: puts programs in BIN that ask the cache before they
# call the compiler of their name in COMPILERS. Paths do not matter to it, as they do
# not in what is built.
use_cache() {
  local bin=$1 compilers=$2 name
  shift 2
  command -v ccache > /dev/null || {
    echo "port_ccache wants the program ccache (Debian's package of that name)" >&2
    return 1
  }
  for name; do
    rm -f "$bin/$name"
    printf '#!/bin/sh\nexec ccache %s/%s "$@"\n' "$compilers" "$name" > "$bin/$name"
    chmod +x "$bin/$name"
  done
  export CCACHE_DIR=$cache CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
  export CCACHE_SLOPPINESS=include_file_ctime,include_file_mtime
}

mkdir "$work/needs"
IFS=: read -ra needed <<< "$needs"
for archive in "${needed[@]}"; do
  tar -xf "$archive" -C "$work/needs"
done
if [ "$sdk" = - ]; then
  if [ "$cache" != - ]; then
    mkdir "$work/cached"
    use_cache "$work/cached" /usr/bin clang-22 clang++-22
    PATH=$work/cached:$PATH
  fi
  export CMAKE_PREFIX_PATH=$work/needs/usr/local
  run=(env CC=clang-22 CXX=clang++-22 AR=llvm-ar-22 RANLIB=llvm-ranlib-22)
  configure=("${run[@]}")
  cmake=("${run[@]}" cmake)
else
  unset SLIPWAY_PREFIX_PATH SLIPWAY_SYSROOT
  [ -z "$needs" ] || export SLIPWAY_PREFIX_PATH=$work/needs/usr/local
  mkdir "$work/slipway"
  tar -xf "$sdk" -C "$work/slipway"
  if [ "$cache" != - ]; then
    cp -a "$work/slipway/bin" "$work/slipway/compilers"
    # The other tools are links to slipway-cc.
    find "$work/slipway/bin" -lname slipway-cc -execdir ln -sf ../compilers/{} {} ';'
    use_cache "$work/slipway/bin" "$work/slipway/compilers" slipway-cc slipway-c++
    export CCACHE_COMPILERTYPE=clang
    CCACHE_COMPILERCHECK=string:$(sha256sum < "$sdk")$(clang-22 --version)
    export CCACHE_COMPILERCHECK
  fi
  PATH=$work/slipway/bin:$PATH
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
# Trees can hold a library once in each of a hundred programs.
"${archive[@]}" -C "$work" tree | gzip -1n > "$out"
if [ -n "$installed" ]; then
  "${archive[@]}" -f "$installed" -C "$work/installed" .
fi
