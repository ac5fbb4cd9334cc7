#!/bin/bash
# Builds the sysroot: upstream musl, unmodified, over our arch layer.
#
#   build_sysroot.sh MUSL_DIR MIMALLOC_DIR SHIM_PARENT_DIR GUEST_PASSES OUT_DIR
#
# A file posix-shim/src/D/x.c stands in for musl's src/D/x.c (the ones that are
# assembly elsewhere, or that read ELF headers), which it can include as
# "musl/D/x.c", and posix-shim/src/malloc for all of musl's allocator; every other
# C file of musl is compiled as it is. OUT_DIR receives include/, include/slipway/
# (headers that wrap musl's), lib/, and libexec/ (what the compiler loads).
set -euo pipefail

musl=$(realpath "$1")
mimalloc=$(realpath "$2")
root=$(realpath "$3")
guest_passes=$(realpath "$4")
out=$(realpath -m "$5")
clang=clang-22
shim=$root/posix-shim

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What sources of ours include of upstream's.
ln -s "$musl" "$work/musl"
ln -s "$mimalloc" "$work/mimalloc"
mkdir -p "$work/obj"
mkdir -p "$out/include/bits" "$out/include/slipway" "$out/lib" "$out/libexec"

install_headers() {
  cp -rL "$musl/include/." "$out/include/"
  chmod -R u+w "$out/include"
  rm -f "$out/include/alltypes.h.in"
  # Later ones win: generic, then Linux x86-64's layouts, then ours.
  local layer
  for layer in "$musl/arch/generic" "$musl/arch/x86_64" "$shim/arch/wasm64"; do
    cp -f "$layer"/bits/*.h "$out/include/bits/"
    chmod -R u+w "$out/include"
  done
  sed -f "$musl/tools/mkalltypes.sed" "$musl/arch/x86_64/bits/alltypes.h.in" \
    "$musl/include/alltypes.h.in" > "$out/include/bits/alltypes.h"
  cp "$musl/arch/x86_64/bits/syscall.h.in" "$out/include/bits/syscall.h"
  sed -n -e s/__NR_/SYS_/p "$musl/arch/x86_64/bits/syscall.h.in" \
    >> "$out/include/bits/syscall.h"
  # Lists of BSD, which musl leaves out; from libc6-dev.
  cp /usr/include/x86_64-linux-gnu/sys/queue.h "$out/include/sys/"
  cp -r "$shim"/include/. "$out/include/slipway/"
  printf '#define VERSION "%s"\n' "$(cat "$musl/VERSION")" > "$work/version.h"
}

# The kernel's own headers, of this machine's package: programs name futex
# operations, ioctls and limits by them. x86-64's, as all layouts are; the few
# that know it by macros or are assembler are ours (include/asm).
install_kernel_headers() {
  local from=/usr/include machine=x86_64-linux-gnu
  if [ ! -e "$from/linux/futex.h" ] || [ ! -e "$from/$machine/asm/unistd.h" ]; then
    echo "build_sysroot.sh: no kernel headers in $from (install linux-libc-dev)" >&2
    exit 1
  fi
  cp -r "$from/linux" "$from/asm-generic" "$from/mtd" "$out/include/"
  cp -r "$from/$machine/asm" "$out/include/"
  chmod -R u+w "$out/include"
}

target_flags=(
  --target=wasm64-unknown-unknown -D__linux__=1 -D__slipway__=1
  -matomics -mbulk-memory -mbulk-memory-opt -msimd128 -mnontrapping-fptoint
  -msign-ext -mextended-const -mexception-handling -mmutable-globals
  -mllvm -wasm-enable-sjlj -mllvm -wasm-use-legacy-eh=false
  # volatile accesses as atomic ones; see toolchain/driver/clang_arguments.cc.
  -fms-volatile
  # See passes/.
  -fpass-plugin="$guest_passes" -imacros "$shim/include/variadic.h"
  -fPIE -fvisibility=default -O2 -g0 -ffile-prefix-map="$musl=musl"
  -ffile-prefix-map="$work/=" -ffile-prefix-map="$root=."
)
musl_flags=(
  -std=c99 -ffreestanding -fno-builtin -nostdinc -fno-strict-aliasing
  -ffp-contract=off -frounding-math
  -D_XOPEN_SOURCE=700
  -I"$root" -I"$shim/arch/wasm64" -I"$shim/src/internal" -I"$work"
  -I"$musl/src/include" -I"$musl/src/internal"
  -I"$out/include" -I"$musl/arch/x86_64" -I"$musl/arch/generic" -w
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

compile() {  # FILE: makes an object named after its path
  local object
  object=$work/obj/$(echo "${1#/}" | tr / _).o
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
    echo "work='$work' clang='$clang' mimalloc='$mimalloc'"
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

# The arguments with which a program that loads side modules offers them libc.
list_exports() {
  llvm-nm-22 --quiet --extern-only --defined-only --format=just-symbols "$out/lib/libc.a" |
    LC_ALL=C sort -u |
    sed -n -e '/^__\(posix1_\|main_argc_argv\|slipway_load_libraries\|libc__\?mi_\|libc__Z\)/d' \
      -e 's/^[A-Za-z_][A-Za-z0-9_]*$/-Xlinker --export=&/p' > "$out/lib/libc.exports"
}

build_start_files() {
  local name
  for name in crt1 crtS libraries main_envp; do
    "$clang" "${target_flags[@]}" "${musl_flags[@]}" -c "$shim/crt/$name.c" \
      -o "$out/lib/$name.o"
  done
  # Everything is in libc; makefiles still name these.
  for name in m rt pthread crypt util xnet resolv dl atomic; do
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

install_headers
install_kernel_headers
cp "$guest_passes" "$out/libexec/guest_passes.so"
build_libc
list_exports
build_start_files
install_builtins
