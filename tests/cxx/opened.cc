// C++ across libraries that the program opens. It offers them nothing itself.
#include <dlfcn.h>

#include <memory>
#include <string>
#include <thread>
#include <typeinfo>

#include "tests/cxx/libraries/shapes.h"
#include "tests/posix/check.h"

namespace {

void* g_shapes;
void* g_users;

template <typename Function>
Function* Find(void* library, const char* name) {
  void* found = dlsym(library, name);
  CHECK(found != nullptr);
  return reinterpret_cast<Function*>(found);
}

void libraries_in_cxx_are_opened() {
  g_users = dlopen("./libusers.so", RTLD_NOW | RTLD_LOCAL);
  if (g_users == nullptr) fprintf(stderr, "%s\n", dlerror());
  CHECK(g_users != nullptr);
  g_shapes = dlopen("./libshapes.so", RTLD_NOW | RTLD_LOCAL);
  CHECK(g_shapes != nullptr);
}

void standard_exceptions_are_caught() {
  auto* const throws = Find<void(int)>(g_shapes, "shapes_throw");
  int caught = 0;
  try {
    throws(0);
  } catch (const std::runtime_error& error) {
    caught += error.what() == std::string("from shapes");
  }
  try {
    throws(1);
  } catch (int value) {
    caught += value == 42;
  }
  try {
    throws(4);
  } catch (const std::string& text) {
    caught += text == "text";
  }
  CHECK(caught == 3);
}

void libraries_catch_each_others() {
  auto* const catches = Find<std::string(int)>(g_users, "users_catch");
  CHECK(catches(0) == "error from shapes");
  CHECK(catches(3) == "square");
}

void exceptions_pass_through_libraries() {
  auto* const through = Find<void(void (*)())>(g_users, "users_throw_through");
  auto* const destroyed = Find<int()>(g_users, "users_destroyed");
  const int before = destroyed();
  bool caught = false;
  try {
    through([] { throw std::logic_error("passing"); });
  } catch (const std::logic_error&) {
    caught = true;
  }
  CHECK(caught && destroyed() == before + 1);
}

void objects_of_libraries_are_used() {
  auto* const make = Find<Shape*()>(g_shapes, "shapes_new_circle");
  const std::unique_ptr<Shape> circle(make());
  CHECK(circle->Name() == "circle");
  auto* const is_circle = Find<bool(Shape*)>(g_users, "users_is_circle");
  CHECK(is_circle(circle.get()));
}

void inline_variables_of_libraries_are_one() {
  auto* const one = Find<int*()>(g_shapes, "shapes_counter");
  auto* const two = Find<int*()>(g_users, "users_counter");
  CHECK(one() == two());
}

void each_thread_has_the_librarys_variables() {
  auto* const add = Find<int(int)>(g_shapes, "shapes_thread_local");
  CHECK(add(1) == 4);
  std::thread([add] { CHECK(add(2) == 5); }).join();
  CHECK(add(0) == 4);
}

void libraries_are_closed() {
  CHECK(dlclose(g_users) == 0 && dlclose(g_shapes) == 0);
}

}  // namespace

int main() {
  CASE(libraries_in_cxx_are_opened);
  CASE(standard_exceptions_are_caught);
  CASE(libraries_catch_each_others);
  CASE(exceptions_pass_through_libraries);
  CASE(objects_of_libraries_are_used);
  CASE(inline_variables_of_libraries_are_one);
  CASE(each_thread_has_the_librarys_variables);
  CASE(libraries_are_closed);
}
