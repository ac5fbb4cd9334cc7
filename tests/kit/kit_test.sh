#!/bin/bash
# Projects with each build system build by an installation, outside Bazel, and
# their tests run in the guest.
# usage: kit_test.sh PROJECTS autotools|bazel|cmake|meson INSTALL SDK.tar SLIPWAY COMPILER
set -euo pipefail

projects=$PWD/$1 system=$2
shift 2
unset SLIPWAY_SYSROOT SLIPWAY_COMPILER
export XDG_CACHE_HOME=$TEST_TMPDIR/cache
# Every program is started once: what counts is how long it compiles.
export SLIPWAY_EXEC_OPTIONS="-O 0"
# In a place with blanks nothing would build anywhere; one with other names does.
"$@" "$TEST_TMPDIR/first" > /dev/null
mv "$TEST_TMPDIR/first" "$TEST_TMPDIR/moved+sdk"
PATH=$TEST_TMPDIR/moved+sdk/bin:$PATH
cp -rL "$projects/$system" "$TEST_TMPDIR/project"
chmod -R u+w "$TEST_TMPDIR/project"
cd "$TEST_TMPDIR/project"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# A library that has been installed for the guest, to be found by pkg-config.
export SLIPWAY_PREFIX_PATH=$TEST_TMPDIR/given
mkdir -p "$SLIPWAY_PREFIX_PATH/lib/pkgconfig"
printf 'Name: given\nDescription: for the guest\nVersion: 7.0\n' \
  > "$SLIPWAY_PREFIX_PATH/lib/pkgconfig/given.pc"

# Whether this kernel lets the test register a format for itself. If not, the
# message says what it takes, and configure scripts do without.
programs=true
slipway-env --programs true 2> refusal.txt || {
  [ $? = 69 ] || fail "slipway-env: $(cat refusal.txt)"
  grep -q -- '--register' refusal.txt || fail "$(cat refusal.txt)"
  programs=false
}
echo "modules are executable here: $programs"

is_module() { [ "$(od -An -tx1 -N4 "$1" | tr -d ' ')" = 0061736d ]; }

test_autotools() {
  cp /usr/share/misc/config.{guess,sub} .
  autoconf
  autoheader
  # As where programs cannot be run: by config.site.
  mkdir guessed
  (
    cd guessed
    export CONFIG_SITE
    CONFIG_SITE=$(slipway-config --config-site)
    slipway-env --no-programs ../configure --host="$(slipway-config --triple)" \
      --build=x86_64-linux-gnu > log 2>&1 || fail "$(cat log)"
  )
  slipway-configure > log 2>&1 || fail "$(cat log)"
  grep -q 'HAVE_EPOLL_CREATE1 1' config.h || fail "no epoll"
  if grep -q 'HAVE_KQUEUE 1' config.h; then fail "kqueue"; fi
  # What config.site says is what the guest answers.
  diff -u config.h guessed/config.h || fail "config.site is wrong"
  make CC="$(slipway-config --cc)" > log 2>&1 || fail "$(cat log)"
  is_module main || fail "main is no module"
  make check LAUNCHER="$(slipway-config --launcher)"
  ! $programs || slipway-env make check

  # A config.sub that does not know the target.
  printf 'echo unknown >&2; exit 1\n' > config.sub
  if slipway-configure 2> log; then fail "an old config.sub is accepted"; fi
  grep -q 'put a newer one' log || fail "$(cat log)"
}

# What Bazel would download: Debian's rules, and the native ones of C++.
bazel_rules() {
  mkdir -p rules/cc coverage
  touch rules/WORKSPACE rules/cc/BUILD coverage/WORKSPACE
  for rule in cc_binary cc_import cc_library cc_test cc_toolchain cc_toolchain_suite; do
    echo "$rule = native.$rule"
  done > rules/cc/defs.bzl
  echo 'filegroup(name = "coverage_report_generator", visibility = ["//visibility:public"])' \
    > coverage/BUILD
  cat <<TEXT
local_repository(name = "rules_cc", path = "rules")
local_repository(name = "remote_coverage_tools", path = "coverage")
local_repository(name = "rules_java", path = "/usr/share/bazel/rules/java")
local_repository(name = "rules_proto", path = "/usr/share/bazel/rules/proto")
TEXT
}

test_bazel() {
  local share
  share=$(slipway-config --prefix)/share/slipway/bazel
  {
    echo "local_repository(name = \"slipway\", path = \"$share\")"
    bazel_rules
  } > WORKSPACE
  mv project.BUILD BUILD
  echo "import $share/slipway.bazelrc" > .bazelrc
  HOME=$TEST_TMPDIR bazel --batch --output_user_root="$TEST_TMPDIR/bazel" \
    test --config=slipway --spawn_strategy=local --jobs=2 //... > log 2>&1 ||
    fail "$(cat log bazel-testlogs/greeting_test/test.log)"
  is_module bazel-bin/program || fail "program is no module"
  slipway run bazel-bin/program | grep -qx 'a C program' || fail "program"
}

test_cmake() {
  slipway-cmake -S . -B build -G Ninja > log 2>&1 || fail "$(cat log)"
  cmake --build build > log 2>&1 || fail "$(cat log)"
  is_module build/with_shared || fail "with_shared is no module"
  (cd build && ctest --output-on-failure)
  # The guest's libraries may have the names of those that the runtime needs.
  mkdir clash
  cp build/libshared.so clash/libstdc++.so.6
  LD_LIBRARY_PATH=$PWD/clash slipway-exec build/made || fail "a clash of libraries"
}

test_meson() {
  slipway-config --meson > slipway.ini
  meson setup --cross-file slipway.ini build > log 2>&1 || fail "$(cat log)"
  # On a busy machine compiling takes longer than Meson waits for a test.
  meson test --timeout-multiplier 0 -C build > log 2>&1 || fail "$(cat log build/meson-logs/*)"
  is_module build/with_archive || fail "with_archive is no module"
}

"test_$system"
