#!/bin/bash
# slipway-cc as makefiles use it: compile, archive, link, and the refusals.
set -euo pipefail

driver=$PWD/$1
export SLIPWAY_SYSROOT=$PWD/posix-shim/sysroot
source=$PWD/tests/guest/hello.c
bin=$TEST_TMPDIR/bin
mkdir -p "$bin"
for tool in cc c++ ar ranlib nm ld; do ln -s "$driver" "$bin/slipway-$tool"; done
PATH=$bin:$PATH
cd "$TEST_TMPDIR"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

magic() { od -An -tx1 -N4 "$1" | tr -d ' \n'; }

# The memory import, "memory": shared memory64 (07), some minimum, and
# 16777216 pages as the maximum, 80 80 80 08 in LEB128.
has_terabyte() {
  od -An -v -tx1 "$1" | tr -d ' \n' | grep -q '6d656d6f72790207..*80808008'
}

slipway-cc -O2 -pthread -o hello.wasm "$source" -Wl,--as-needed -lm -ldl -rdynamic
[ "$(magic hello.wasm)" = 0061736d ] || fail "no module"
[ -x hello.wasm ] || fail "the module is not executable"
has_terabyte hello.wasm || fail "the memory maximum is not 1 TiB"

# Exceptions pass C, and are not for it to clean up after.
printf 'void g(void); void c(int *); int f(void) { int x __attribute__((cleanup(c))); g(); return x; }\n' > cleanup.c
slipway-cc -fexceptions -c cleanup.c || fail "C with -fexceptions"

# C++, by the name of the driver or of the source; its runtime by name, too.
cat > throws.cc <<'END'
#include <cstdio>
#include <stdexcept>
#include <string>
int main() {
  try { throw std::runtime_error(std::string("x")); }
  catch (const std::exception& error) { std::puts(error.what()); }
}
END
slipway-c++ -std=c++20 throws.cc -o throws.wasm || fail "no C++"
slipway-cc throws.cc -lstdc++ -o named.wasm || fail "no C++ by -lstdc++"
slipway-cc --driver-mode=g++ throws.cc -o mode.wasm || fail "no C++ by mode"
if slipway-cc throws.cc -o without.wasm 2> /dev/null; then fail "C++ is linked unasked"; fi
[ "$(slipway-c++ -dumpversion)" = "$(clang-22 -dumpversion)" ] || fail dumpversion
[ -e "$(slipway-c++ -print-file-name=libc++.a)" ] || fail "no libc++.a"
[ -e "$(slipway-cc -print-file-name=crt1.o)" ] || fail "no crt1.o"

slipway-cc -O3 -flto=auto -march=native -c "$source" -o hello.o
[ "$(magic hello.o)" = 0061736d ] || fail "no object"
printf 'int answer(void) { return 42; }\n' > answer.c
slipway-cc -c answer.c
slipway-ar rcs libanswer.a answer.o
slipway-ranlib libanswer.a
slipway-nm libanswer.a | grep -q ' T answer' || fail "nm does not see the symbol"

printf 'int answer(void); int main(void) { return answer() - 42; }\n' > main.c
slipway-cc main.c -L. -lanswer
[ "$(magic a.out)" = 0061736d ] || fail "no a.out"

# main may have no parameters, two (above) or three.
printf 'int main(int n, char **v, char **e) { return !e; }\n' > three.c
slipway-cc three.c -o three.wasm
[ "$(magic three.wasm)" = 0061736d ] || fail "no module for a main with environment"

# A function called with another type than it has: configure scripts look for
# functions that way. The warning says which.
printf 'char socket(void); int main(void) { return socket(); }\n' > probe.c
slipway-cc -s probe.c -o probe.wasm 2> probe.txt || fail "$(cat probe.txt)"
grep -q 'signature mismatch: socket' probe.txt || fail "$(cat probe.txt)"
if grep -aq signature_mismatch probe.wasm; then fail "-s leaves names"; fi
printf 'char sokket(void); int main(void) { return sokket(); }\n' > probe.c
if slipway-cc probe.c -o probe.wasm 2> /dev/null; then fail "sokket is found"; fi

# Linking to nowhere.
slipway-cc main.c -L. -lanswer -o /dev/null || fail "cannot link to /dev/null"

printf 'int main(void) { return missing(); }\n' > missing.c
if slipway-cc -w -std=gnu89 missing.c 2> missing.txt; then fail "missing links"; fi
grep -q 'undefined symbol: missing' missing.txt || fail "$(cat missing.txt)"

# What programs see of the target.
slipway-cc -E -dM -x c /dev/null > macros.txt
for macro in __linux__ __linux __unix__ __wasm64__ __slipway__ linux; do
  grep -q "define $macro 1" macros.txt || fail "$macro is not defined"
done
for macro in __GLIBC__ __x86_64__; do
  if grep -q "define $macro " macros.txt; then fail "$macro is defined"; fi
done
[ "$(slipway-cc -dumpmachine)" = wasm64-unknown-linux-musl ] || fail dumpmachine

# Common symbols are definitions.
printf 'int common __attribute__((common)); int main(void) { return common; }\n' > common.c
slipway-cc common.c -o common.wasm || fail "a common symbol is undefined"

# A library, and a program that opens one: it has all of libc to offer.
slipway-cc -fPIC -shared answer.c -o libanswer.so -Wl,-soname,libanswer.so.1 -lc
slipway-cc -fPIC -shared main.c -L. -lanswer -Wl,-rpath,'$ORIGIN' -o libmain.so
grep -aq 'libanswer.so' libmain.so || fail "the library does not say what it needs"
grep -aq '$ORIGIN' libmain.so || fail "the library has no run-time path"
grep -aq 'libanswer.so.1' libmain.so || fail "what it needs is not named by its soname"

# A program that is linked to the library; -static takes the archive.
slipway-cc main.c -L. -lanswer -Wl,-rpath,. -o dynamic.wasm
grep -aq 'libanswer.so.1' dynamic.wasm || fail "the program does not say what it needs"
grep -aq strverscmp dynamic.wasm || fail "not all of libc is in the program"
slipway-cc main.c ./libanswer.so -o path.wasm
slipway-cc main.c -L. -Wl,-Bstatic -lanswer -Wl,-Bdynamic -o bstatic.wasm
slipway-cc -static main.c -L. -lanswer -o static.wasm
for module in bstatic static; do
  if grep -aq 'libanswer.so' $module.wasm; then fail "$module.wasm needs a library"; fi
done

# What a version script makes local is not offered.
cat > versions.c <<'END'
int shown(void) { return 1; }
int concealed(void) { return shown(); }
END
printf 'V1 { global: shown; local: *; };\n' > versions.map
slipway-cc -s -fPIC -shared versions.c -Wl,--version-script=versions.map -o libversions.so
grep -aq shown libversions.so || fail "a global symbol is not exported"
if grep -aq concealed libversions.so; then fail "a local symbol is exported"; fi
printf 'V1 { shown\n' > versions.map
if slipway-cc -fPIC -shared versions.c -Wl,--version-script,versions.map -o x.so 2> versions.txt
then fail "a bad version script is accepted"; fi
grep -q 'versions.map: line' versions.txt || fail "$(cat versions.txt)"

printf '#include <dlfcn.h>\nint main(void) { return !dlopen("x", RTLD_NOW); }\n' > opens.c
slipway-cc opens.c -o opens.wasm
grep -aq strverscmp opens.wasm || fail "not all of libc is in the program"
if grep -aq strverscmp hello.wasm; then fail "all of libc is in every program"; fi

# A comparison of 32 lanes as bits takes no lane by itself.
cat > mask.c <<'END'
typedef char lanes __attribute__((vector_size(32)));
typedef _Bool mask __attribute__((ext_vector_type(32)));
unsigned equal(const lanes* vector, char value) {
  return __builtin_bit_cast(unsigned, __builtin_convertvector(*vector == value, mask));
}
END
slipway-cc -std=c23 -O2 -S mask.c -o mask.s
[ "$(grep -c i8x16.bitmask mask.s)" = 2 ] || fail "$(cat mask.s)"

# A language is for the user's files only, which may come from standard input.
echo 'int main(void) { return 0; }' | slipway-cc -Werror -x c - -o stdin.wasm ||
  fail "a program from standard input"
echo 'int answer(void) { return 42; }' |
  slipway-cc -Werror -fPIC -shared -x c - -o libstdin.so ||
  fail "a library from standard input"

# Reading variable arguments warns of nothing, in any language.
cat > list.c <<'END'
#include <stdarg.h>
int first(int n, ...) { va_list l; int r; va_start(l, n); r = va_arg(l, int); va_end(l); return r; }
END
cat > list.cc <<'END'
#include <stdarg.h>
template <class A, class B> struct Two { A a; B b; };
template <class T> T first(int n, ...) {
  va_list l;
  va_start(l, n);
  T r = __builtin_va_arg(l, Two<T, long>).a;
  va_end(l);
  return r;
}
int main() { return first<int>(1, Two<int, long>{1, 2}); }
END
for std in c89 c99 c11 c23; do
  slipway-cc -std=$std -O2 -Wall -Wextra -Wshadow -pedantic -Werror -c list.c || fail "va_arg in $std"
done
slipway-cc -std=c++20 -Wall -Wextra -Wshadow -pedantic -Werror -c list.cc || fail "va_arg in C++"

if slipway-cc -mavx2 main.c 2> avx.txt; then fail "-mavx2 is accepted"; fi
grep -q "slipway-cc: '-mavx2' is not available: .*leave the flag out" avx.txt ||
  fail "$(cat avx.txt)"

# Response files, with what they link and what they refuse.
printf -- '-o "re sponse.wasm" main.c -L. -lanswer\n' > arguments.rsp
slipway-cc @arguments.rsp || fail "no response file is read"
[ "$(magic 're sponse.wasm')" = 0061736d ] || fail "not what the response file says"
printf -- '-c -mavx2 main.c\n' > arguments.rsp
if slipway-cc @arguments.rsp 2> avx.txt; then fail "a response file hides -mavx2"; fi

# The linker by its own name: libraries, and libtool's questions.
slipway-cc -fPIC -c answer.c -o answer.lo
slipway-ld -shared -soname libld.so.1 -o libld.so answer.lo
[ "$(magic libld.so)" = 0061736d ] || fail "slipway-ld makes no library"
slipway-ld -r -o both.o answer.o hello.o
[ "$(magic both.o)" = 0061736d ] || fail "slipway-ld -r makes no object"
slipway-ld -v | grep -q GNU || fail "libtool would not know the linker"

# What it tells clang is what clang needs.
clang-22 $(slipway-cc --slipway-cflags) -c answer.c -o plain.o
cmp plain.o answer.o || fail "--slipway-cflags are not the driver's"
