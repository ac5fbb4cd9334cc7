#!/bin/bash
# Builds libc: upstream musl, unmodified, over our arch layer.
#
# Environment: MUSL and MIMALLOC, upstream's trees; HEADERS, what
# build_headers.sh made; PASSES, what clang loads; OUT, which receives lib/ and
# libexec/ (PASSES).
#
# A file posix-shim/src/D/x.c stands in for musl's src/D/x.c (the ones that are
# assembly elsewhere, or that read ELF headers), which it can include as
# "musl/D/x.c", and posix-shim/src/malloc for all of musl's allocator; every other
# C file of musl is compiled as it is.
set -euo pipefail

musl=$(realpath "$MUSL")
mimalloc=$(realpath "$MIMALLOC")
headers=$(realpath "$HEADERS")/include
passes=$(realpath "$PASSES")
out=$(realpath -m "$OUT")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$(dirname "$0")/guest_flags.sh"
# What sources of ours include of upstream's.
ln -s "$musl" "$work/musl"
ln -s "$mimalloc" "$work/mimalloc"
mkdir -p "$work/obj" "$out/lib" "$out/libexec"
printf '#define VERSION "%s"\n' "$(cat "$musl/VERSION")" > "$work/version.h"

musl_flags=(
  -ffile-prefix-map="$musl=musl"
  -std=c99 -ffreestanding -fno-builtin -nostdinc -fno-strict-aliasing
  -ffp-contract=off -frounding-math
  -D_XOPEN_SOURCE=700
  -I"$root" -I"$shim/arch/wasm64" -I"$shim/src/internal" -I"$work"
  -I"$musl/src/include" -I"$musl/src/internal"
  -I"$headers" -I"$musl/arch/x86_64" -I"$musl/arch/generic" -w
)

# The C files of libc, ours in place of musl's.
list_sources() {
  (cd "$musl" && ls src/*/*.c) | while read -r file; do
    case $file in
    src/malloc/reallocarray.c) ;;
    src/malloc/*) continue ;;
    esac
    if [ -e "$shim/$file" ]; then continue; fi
    echo "$musl/$file"
  done
  ls "$shim"/src/*/*.c "$shim"/crt/main_argc_argv.c
}

compile() {  # FILE: makes an object named after its path below its tree
  local object
  object=${1#"$musl"/}
  object=$work/obj/$(echo "${object#"$root"/}" | tr / _).o
  case $1 in
  */src/malloc/malloc.c) compile_allocator "$1" "$object" ;;
  *) "$clang" "${target_flags[@]}" "${musl_flags[@]}" -c "$1" -o "$object" ;;
  esac
}

# Twice, the second time with all of mimalloc's symbols renamed: a program may
# have a mimalloc of its own.
compile_allocator() {  # FILE OBJECT
  local flags=(
    "${target_flags[@]}" "${musl_flags[@]}" -std=gnu11 -DNDEBUG
    -I"$mimalloc/include" -idirafter "$("$clang" -print-resource-dir)/include"
  )
  "$clang" "${flags[@]}" -c "$1" -o "$work/allocator.o"
  llvm-nm-22 --extern-only --defined-only --format=just-symbols "$work/allocator.o" |
    sed -n 's/^\(_\?mi_\|_Z\).*/#define & __libc_&/p' > "$work/allocator.h"
  "$clang" "${flags[@]}" -imacros "$work/allocator.h" -c "$1" -o "$2"
}

build_libc() {
  {
    echo "work='$work' clang='$clang' root='$root' musl='$musl' mimalloc='$mimalloc'"
    declare -p target_flags musl_flags
    declare -f compile compile_allocator
  } > "$work/env.sh"
  list_sources | xargs -P "$(nproc)" -n 16 bash -c '
    set -e
    . "$0"
    for file; do compile "$file"; done' "$work/env.sh"
  (cd "$work/obj" && find . -name '*.o' | LC_ALL=C sort |
    xargs llvm-ar-22 rcsD "$out/lib/libc.a")
}

build_start_files() {
  local name
  for name in crt1 crtS libraries main_envp; do
    "$clang" "${target_flags[@]}" "${musl_flags[@]}" -c "$shim/crt/$name.c" \
      -o "$out/lib/$name.o"
  done
  # Everything is in libc; makefiles still name these.
  for name in m rt pthread crypt util xnet resolv dl atomic gcc gcc_s; do
    llvm-ar-22 rcD "$out/lib/lib$name.a"
  done
}

# The compiler's own support library, from its Debian package, with what we do
# better (builtins/) in the place of the members of the same names.
install_builtins() {
  local archive=$out/lib/libclang_rt.builtins.a file name
  llvm-objcopy-22 --strip-debug \
    "$("$clang" -print-resource-dir)/lib/wasi/libclang_rt.builtins-wasm64.a" \
    "$archive"
  for file in "$shim"/builtins/*.c; do
    name=$(basename "$file").obj
    "$clang" "${target_flags[@]}" "${musl_flags[@]}" -c "$file" -o "$work/$name"
    llvm-ar-22 rsD "$archive" "$work/$name"
  done
}

cp "$passes" "$out/libexec/guest_passes.so"
build_libc
list_exports "$out/lib/libc.a" > "$out/lib/libc.exports"
build_start_files
install_builtins
