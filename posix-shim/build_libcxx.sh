#!/bin/bash
# Builds C++'s runtime libraries, upstream's and unmodified: libc++, libc++abi
# and what of libunwind is for wasm, with our part (cxx/).
#
# Environment: LLVM, upstream's tree; HEADERS, what build_headers.sh made;
# PASSES, what clang loads; OUT, which receives include/c++/v1 and lib/.
set -euo pipefail

llvm=$(realpath "$LLVM")
headers=$(realpath "$HEADERS")/include
passes=$(realpath "$PASSES")
out=$(realpath -m "$OUT")
include=$out/include/c++/v1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$(dirname "$0")/guest_flags.sh"
mkdir -p "$include" "$out/lib" "$work/obj"

install_headers() {
  cp -rL "$llvm/libcxx/include/." "$llvm/libcxxabi/include/." "$include/"
  chmod -R u+w "$include"
  find "$include" \( -name '*.in' -o -name CMakeLists.txt \) -delete
  cp "$llvm/libcxx/vendor/llvm/default_assertion_handler.in" \
    "$include/__assertion_handler"
  cp -L "$shim/cxx/__config_site" "$include/"
}

common_flags=(
  -fwasm-exceptions -pthread -nostdlibinc -w -D_GNU_SOURCE -DNDEBUG
  -ffunction-sections -fdata-sections -ffile-prefix-map="$llvm=llvm"
  -I"$llvm/libunwind/include" -I"$llvm/libunwind/src"
  # See cxx/syscall.c.
  -Dsyscall=__slipway_cxx_syscall
  # That is: as -fvisibility says.
  -D_LIBUNWIND_HIDE_SYMBOLS
)
cxx_flags=(
  -std=c++26 -nostdinc++ -isystem "$include" -I"$llvm/libcxx/src" -I"$llvm/libc"
  -D_LIBCPP_BUILDING_LIBRARY -D_LIBCXXABI_BUILDING_LIBRARY
  -DLIBCXX_BUILDING_LIBCXXABI -D_LIBCPP_REMOVE_TRANSITIVE_INCLUDES
  -DLIBC_NAMESPACE=__llvm_libc_common_utils -DHAVE___CXA_THREAD_ATEXIT_IMPL
)
libc_flags=(-isystem "$headers/slipway" -isystem "$headers")

# Lines of the archive that a source goes into and the source. Not compiled: what
# is for C++ without exceptions, and what libc++abi has, too.
list_sources() {
  (
    cd "$llvm"
    ls libcxx/src/*.cpp libcxx/src/filesystem/*.cpp libcxx/src/ryu/*.cpp |
      grep -v -e /new.cpp -e /int128_builtins.cpp |
      sed "s,^,libc++ $llvm/,"
    ls libcxx/src/experimental/*.cpp | sed "s,^,libc++experimental $llvm/,"
    ls libcxxabi/src/*.cpp | grep -v /cxa_noexception.cpp |
      sed "s,^,libc++abi $llvm/,"
  )
  echo "libunwind $llvm/libunwind/src/Unwind-wasm.c"
  # A library has its own part of the unwinder: it works on a thread-local
  # variable that the compiler takes for one of the module's.
  echo "libunwind_side $llvm/libunwind/src/Unwind-wasm.c"
  ls "$shim"/cxx/*.c "$shim"/cxx/*.cc | sed "s,^,libunwind ,"
}

compile() {  # ARCHIVE SOURCE
  local flags=() object
  object=${2#"$llvm"/}
  object=$work/obj/$1/$(echo "${object#"$root"/}" | tr / _).o
  case $2 in
  *.c) flags=(-std=gnu23) ;;
  *) flags=("${cxx_flags[@]}") ;;
  esac
  case $1 in
  libc++experimental) flags+=(-D_LIBCPP_ENABLE_EXPERIMENTAL) ;;
  libunwind_side) flags+=(-fPIC -fvisibility=hidden) ;;
  esac
  mkdir -p "$work/obj/$1"
  "$clang" "${target_flags[@]}" "${common_flags[@]}" "${flags[@]}" \
    "${libc_flags[@]}" -c "$2" -o "$object"
}

build_archives() {
  {
    echo "work='$work' clang='$clang' llvm='$llvm' root='$root'"
    declare -p target_flags common_flags cxx_flags libc_flags
    declare -f compile
  } > "$work/env.sh"
  list_sources | xargs -P "$(nproc)" -n 2 bash -c '
    set -e
    . "$0"
    compile "$1" "$2"' "$work/env.sh"
  local archive
  for archive in "$work"/obj/*; do
    (cd "$archive" && find . -name '*.o' | LC_ALL=C sort |
      xargs llvm-ar-22 rcsD "$out/lib/$(basename "$archive").a")
  done
}

install_headers
build_archives
list_exports "$out"/lib/{libc++,libc++abi,libunwind}.a > "$out/lib/libc++.exports"
