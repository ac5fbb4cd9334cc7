#!/bin/bash
# Builds an upstream tree the way a user would, with an installation of the kit.
# Nothing is patched. port.bzl writes the command line:
#
#   build_port.sh OUT.tar ROOT SYSTEM SDK.tar|- ARGUMENT… -- TARGET…
#
# SYSTEM is make (ARGUMENTs are its own) or autotools (of the configure script).
# With `-` the build is for this machine, to compare with. OUT.tar holds the tree as
# built, below tree/; makefiles and the like name it @PORT@, as it moves
# (move_port.sh).
set -euo pipefail

scripts=$(cd "${0%/*}" && pwd)
out=$PWD/$1 root=$2 system=$3 sdk=$4
shift 4
arguments=()
while [ "$1" != -- ]; do
  arguments+=("$1")
  shift
done
shift

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -rL "$root" "$work/tree"
chmod -R u+w "$work/tree"
export SOURCE_DATE_EPOCH=1
# Nothing of this machine or this moment in what is built.
export CFLAGS="-O2 -ffile-prefix-map=$work/tree=."
export CXXFLAGS=$CFLAGS
if [ "$sdk" = - ]; then
  run=(env CC=clang-22 CXX=clang++-22 AR=llvm-ar-22 RANLIB=llvm-ranlib-22)
  configure=("${run[@]}")
else
  mkdir "$work/slipway"
  tar -xf "$sdk" -C "$work/slipway"
  PATH=$work/slipway/bin:$PATH
  unset SLIPWAY_SYSROOT
  # The runtime is not here: what is built is not run.
  run=(slipway-env --no-programs)
  configure=(slipway-configure)
fi

build() {
  cd "$work/tree"
  case $system in
  make) "${run[@]}" make -j"$(nproc)" "${arguments[@]}" "$@" ;;
  autotools)
    "${configure[@]}" ./configure "${arguments[@]}" &&
      "${run[@]}" make -j"$(nproc)" "$@"
    ;;
  esac
}

if ! (build "$@") > "$work/log" 2>&1; then
  cat "$work/log" >&2
  exit 1
fi
"$scripts/move_port.sh" "$work/tree" "$work" @PORT@
tar cf "$out" --sort=name --owner=0 --group=0 --numeric-owner -C "$work" tree
