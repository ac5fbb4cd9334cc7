// Throwing and catching, within a thread and across threads.
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <typeinfo>
#include <vector>

#include "tests/posix/check.h"

namespace {

std::string g_trace;

struct Tracer {
  explicit Tracer(const char* name) : name(name) {}
  ~Tracer() { g_trace += name; }
  const char* name;
};

struct Base {
  virtual ~Base() = default;
  virtual int Number() const { return 1; }
};
struct Derived : Base {
  int Number() const override { return 2; }
};
struct Other {
  int value = 0;
};
struct Both : Other, Derived {};

__attribute__((noinline)) void Throw(int what) {
  const Tracer tracer("T");
  switch (what) {
    case 0:
      throw 42;
    case 1:
      throw Derived();
    case 2:
      throw std::runtime_error("two");
    case 3:
      throw "three";
    case 4:
      throw 4.5;
    case 5:
      throw Both();
    case 6:
      throw new Derived();
    case 7:
      throw std::string(1000, 'x');
    default:
      break;
  }
}

std::string Catch(int what) {
  try {
    Throw(what);
  } catch (int value) {
    return "int " + std::to_string(value);
  } catch (const Other&) {
    return "Other";
  } catch (const Base& base) {
    return "Base " + std::to_string(base.Number());
  } catch (const std::exception& error) {
    return std::string("exception ") + error.what();
  } catch (const char* text) {
    return std::string("text ") + text;
  } catch (Base* base) {
    const std::unique_ptr<Base> owner(base);
    return "pointer " + std::to_string(base->Number());
  } catch (...) {
    return "anything";
  }
  return "nothing";
}

void handlers_are_chosen_by_type() {
  CHECK(Catch(0) == "int 42");
  CHECK(Catch(1) == "Base 2");
  CHECK(Catch(2) == "exception two");
  CHECK(Catch(3) == "text three");
  CHECK(Catch(4) == "anything");
  CHECK(Catch(5) == "Other");
  CHECK(Catch(6) == "pointer 2");
  CHECK(Catch(7) == "anything");
  CHECK(Catch(8) == "nothing");
}

void a_handler_by_value_copies() {
  try {
    try {
      throw Other{7};
    } catch (Other other) {
      other.value = 8;
      throw;
    }
  } catch (const Other& other) {
    CHECK(other.value == 7);
  }
}

void a_handler_by_reference_changes_what_is_rethrown() {
  try {
    try {
      throw Other{7};
    } catch (Other& other) {
      other.value = 8;
      throw;
    }
  } catch (const Other& other) {
    CHECK(other.value == 8);
  }
}

void Unwind(int depth) {
  const Tracer tracer(depth % 2 ? "a" : "b");
  if (depth == 0) throw 1;
  Unwind(depth - 1);
}

void destructors_run_from_the_inside_out() {
  g_trace.clear();
  try {
    const Tracer outer("o");
    Unwind(4);
  } catch (int) {
    g_trace += "!";
  }
  CHECK(g_trace == "bababo!");
}

void handlers_nest() {
  std::string trace;
  try {
    try {
      throw 1;
    } catch (int first) {
      trace += std::to_string(first);
      try {
        throw 2;
      } catch (int second) {
        trace += std::to_string(second);
      }
      throw;
    }
  } catch (int again) {
    trace += std::to_string(again);
  }
  CHECK(trace == "121");
}

struct FailsToBuild {
  explicit FailsToBuild(bool fails) : first("1"), second("2") {
    if (fails) throw std::logic_error("not built");
  }
  Tracer first, second;
};

void what_is_built_is_destroyed_when_a_constructor_throws() {
  g_trace.clear();
  try {
    const FailsToBuild whole(true);
    CHECK(false);
  } catch (const std::logic_error&) {
  }
  CHECK(g_trace == "21");
}

int g_built, g_destroyed;
struct Element {
  Element() {
    if (++g_built == 4) throw 4;
  }
  ~Element() { ++g_destroyed; }
};

void elements_of_an_array_are_destroyed() {
  try {
    const std::unique_ptr<Element[]> elements(new Element[6]);
    CHECK(false);
  } catch (int) {
  }
  CHECK(g_built == 4 && g_destroyed == 3);
}

struct FunctionTry : Base {
  FunctionTry() try : Base(), value(Fail()) {
  } catch (int) {
    throw std::runtime_error("translated");
  }
  static int Fail() { throw 3; }
  int value;
};

void function_try_blocks_translate() {
  try {
    const FunctionTry object;
    CHECK(false);
  } catch (const std::runtime_error& error) {
    CHECK(error.what() == std::string("translated"));
  }
}

void exception_pointers_keep_exceptions() {
  std::exception_ptr kept;
  try {
    throw std::out_of_range("kept");
  } catch (...) {
    kept = std::current_exception();
  }
  const std::exception_ptr copy = kept;
  CHECK(kept == copy && kept != nullptr);
  for (int i = 0; i < 3; ++i) {
    try {
      std::rethrow_exception(copy);
    } catch (const std::out_of_range& error) {
      CHECK(error.what() == std::string("kept"));
    }
  }
  CHECK(std::current_exception() == nullptr);
}

void exceptions_cross_threads_by_pointer() {
  std::exception_ptr passed;
  std::thread thread([&] {
    try {
      Throw(2);
    } catch (...) {
      passed = std::current_exception();
    }
  });
  thread.join();
  bool caught = false;
  try {
    std::rethrow_exception(passed);
  } catch (const std::runtime_error& error) {
    caught = error.what() == std::string("two");
  }
  CHECK(caught);
}

void nested_exceptions_are_found() {
  try {
    try {
      throw std::runtime_error("inner");
    } catch (...) {
      std::throw_with_nested(std::logic_error("outer"));
    }
  } catch (const std::exception& outer) {
    CHECK(outer.what() == std::string("outer"));
    try {
      std::rethrow_if_nested(outer);
      CHECK(false);
    } catch (const std::exception& inner) {
      CHECK(inner.what() == std::string("inner"));
    }
  }
}

struct Counts {
  ~Counts() { *in_flight = std::uncaught_exceptions(); }
  int* in_flight;
};

void uncaught_exceptions_are_counted() {
  int in_flight = -1;
  {
    const Counts counts{&in_flight};
  }
  CHECK(in_flight == 0);
  try {
    const Counts counts{&in_flight};
    throw 1;
  } catch (int) {
    CHECK(std::uncaught_exceptions() == 0);
  }
  CHECK(in_flight == 1);
}

struct ThrowsInside {
  ~ThrowsInside() {
    try {
      throw 5;
    } catch (int value) {
      g_trace += std::to_string(value);
    }
  }
};

void destructors_may_throw_and_catch_meanwhile() {
  g_trace.clear();
  try {
    const ThrowsInside object;
    throw std::string("other");
  } catch (const std::string& text) {
    g_trace += text;
  }
  CHECK(g_trace == "5other");
}

void functions_of_any_kind_pass_exceptions() {
  const std::function<void()> function = [] { Throw(0); };
  std::vector<int> numbers = {3, 1, 2};
  int caught = 0;
  try {
    function();
  } catch (int) {
    ++caught;
  }
  try {
    caught += numbers.at(3);
  } catch (const std::out_of_range&) {
    ++caught;
  }
  try {
    throw std::system_error(ENOENT, std::generic_category(), "file");
  } catch (const std::system_error& error) {
    caught += error.code() == std::errc::no_such_file_or_directory;
  }
  CHECK(caught == 3);
}

void each_thread_has_its_own() {
  std::vector<std::thread> threads;
  std::vector<int> caught(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&caught, i] {
      for (int k = 0; k < 1000; ++k) {
        try {
          try {
            throw i;
          } catch (int) {
            throw;
          }
        } catch (int value) {
          caught[i] += value == i;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int count : caught) CHECK(count == 1000);
}

void deep_stacks_unwind() {
  g_trace.clear();
  bool caught = false;
  try {
    Unwind(2000);
  } catch (int) {
    caught = true;
  }
  CHECK(caught && g_trace.size() == 2001);
}

}  // namespace

int main() {
  CASE(handlers_are_chosen_by_type);
  CASE(a_handler_by_value_copies);
  CASE(a_handler_by_reference_changes_what_is_rethrown);
  CASE(destructors_run_from_the_inside_out);
  CASE(handlers_nest);
  CASE(what_is_built_is_destroyed_when_a_constructor_throws);
  CASE(elements_of_an_array_are_destroyed);
  CASE(function_try_blocks_translate);
  CASE(exception_pointers_keep_exceptions);
  CASE(exceptions_cross_threads_by_pointer);
  CASE(nested_exceptions_are_found);
  CASE(uncaught_exceptions_are_counted);
  CASE(destructors_may_throw_and_catch_meanwhile);
  CASE(functions_of_any_kind_pass_exceptions);
  CASE(each_thread_has_its_own);
  CASE(deep_stacks_unwind);
}
