// Exceptions: thrown and caught in one function and through ten with objects to
// destroy, and a try block in which nothing is thrown.

#include <stdexcept>
#include <string>

#include "tests/bench/cxx/rows.h"

namespace {

struct Error {
  long value;
};

[[gnu::noinline]] void Throw(long value) { throw Error{value}; }

[[gnu::noinline]] long ThrowAndCatch(long value) {
  try {
    Throw(value);
  } catch (const Error& error) {
    return error.value;
  }
  return 0;
}

void RunCatch(long n) {
  long sum = 0;
  while (n-- > 0) sum += ThrowAndCatch(n);
  Use(sum);
}

[[gnu::noinline]] long MayThrow(long value) {
  if (value < 0) Throw(value);
  return value * 3;
}

struct Guard {
  explicit Guard(long& count) : count(count) { ++count; }
  ~Guard() { --count; }
  long& count;
};

[[gnu::noinline]] long Descend(long depth, long& guards) {
  const Guard guard(guards);
  if (depth == 0) return MayThrow(-guards);
  return Descend(depth - 1, guards) + 1;
}

void RunUnwind(long n) {
  long guards = 0, sum = 0;
  while (n-- > 0) {
    try {
      Descend(10, guards);
    } catch (const Error& error) {
      sum -= error.value;
    }
  }
  Use(sum);
}

[[gnu::noinline]] void ThrowStandard(long value) {
  throw std::runtime_error(value > 0 ? "a message too long for a short string"
                                     : "another message of the same kind");
}

void RunStandard(long n) {
  long sum = 0;
  while (n-- > 0) {
    try {
      ThrowStandard(n);
    } catch (const std::exception& error) {
      sum += error.what()[0];
    }
  }
  Use(sum);
}

void RunNotThrown(long n) {
  long sum = 0;
  while (n-- > 0) {
    try {
      sum += MayThrow(n);
    } catch (const Error& error) {
      sum -= error.value;
    }
  }
  Use(sum);
}

}  // namespace

const struct row exception_rows[] = {
    {"throw-catch", nullptr, RunCatch, nullptr},
    {"throw-through-ten", nullptr, RunUnwind, nullptr},
    {"throw-runtime-error", nullptr, RunStandard, nullptr},
    {"try-without-throw", nullptr, RunNotThrown, nullptr},
    {nullptr, nullptr, nullptr, nullptr},
};
