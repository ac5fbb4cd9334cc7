#include "greeting.h"

#include <cstdlib>
#include <stdexcept>

#ifndef __wasm64__
#error compiled for this machine
#endif

int main() {
  try {
    Greeting("");
    return 1;
  } catch (const std::invalid_argument&) {
  }
  // Where a test of Bazel finds its files.
  if (std::getenv("TEST_SRCDIR") == nullptr) return 1;
  return Greeting("bazel") == "hello bazel" ? 0 : 1;
}
