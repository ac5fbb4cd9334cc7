# How all of the sysroot is compiled, as programs are by
# toolchain/driver/clang_arguments.cc. Sourced by the scripts beside it, which
# set `passes` (what clang loads, see passes/) and `work` (their own directory).
shim=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$shim")
clang=clang-22

target_flags=(
  --target=wasm64-unknown-unknown -D__linux__=1 -D__slipway__=1
  -matomics -mbulk-memory -mbulk-memory-opt -msimd128 -mnontrapping-fptoint
  -msign-ext -mextended-const -mexception-handling -mmutable-globals
  -mllvm -wasm-enable-sjlj -mllvm -wasm-use-legacy-eh=false
  # volatile accesses as atomic ones; see toolchain/driver/clang_arguments.cc.
  -fms-volatile
  # See passes/.
  -fpass-plugin="$passes" -imacros "$shim/include/variadic.h"
  -fPIE -fvisibility=default -O2 -g0
  -ffile-prefix-map="$work/=" -ffile-prefix-map="$root=."
)

# The names in archives that other modules may ask for, as arguments with which
# the driver links a program that offers them.
list_exports() {  # ARCHIVE…
  llvm-nm-22 --quiet --extern-only --defined-only --format=just-symbols "$@" |
    LC_ALL=C sort -u |
    sed -n -e '/^__\(posix1_\|main_argc_argv\|libc__\?mi_\|libc__Z\)/d' \
      -e '/^__slipway_\(load_libraries\|outermost\|unwind_thread\)$/d' \
      -e '/^\(_Unwind_CallPersonality\|\(__slipway_tls_\)\?__wasm_lpad_context\)$/d' \
      -e 's/^[A-Za-z_][A-Za-z0-9_]*$/-Xlinker --export=&/p'
}
