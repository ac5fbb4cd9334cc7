// C++ across libraries that the program is linked to.
#include <memory>
#include <string>
#include <thread>
#include <typeinfo>

#include "tests/cxx/libraries/shapes.h"
#include "tests/posix/check.h"

namespace {

struct Local {
  int value;
};

std::string Catch(void (*throws)(int), int what) {
  try {
    throws(what);
  } catch (const ShapeError& error) {
    return std::string("error ") + error.what();
  } catch (const Square& square) {
    return square.Name();
  } catch (const Box<long>& box) {
    return "box " + std::to_string(box.value);
  } catch (const Local&) {
    return "not mine";
  } catch (int value) {
    return "int " + std::to_string(value);
  } catch (const std::string& text) {
    return text;
  } catch (...) {
    return "anything";
  }
  return "nothing";
}

void the_program_catches_what_a_library_throws() {
  CHECK(Catch(shapes_throw, 0) == "error from shapes");
  CHECK(Catch(shapes_throw, 1) == "int 42");
  CHECK(Catch(shapes_throw, 2) == "box 9");
  CHECK(Catch(shapes_throw, 3) == "square");
  CHECK(Catch(shapes_throw, 4) == "text");
}

void types_that_are_local_to_a_file_differ() {
  CHECK(Catch(shapes_throw, 5) == "anything");
  CHECK(shapes_local_type([] { shapes_throw(5); }) == "mine");
  CHECK(shapes_local_type([] { throw Local{1}; }) == "another's");
}

void a_library_catches_what_the_program_throws() {
  CHECK(shapes_catch([] { throw ShapeError("from main"); }) == "from main");
  CHECK(shapes_catch([] { throw Box<long>(3); }) == "box 3");
  CHECK(shapes_catch([] { throw Circle(); }) == "circle");
  CHECK(shapes_catch([] { throw 1; }) == "anything");
}

void a_library_catches_what_another_throws() {
  CHECK(users_catch(0) == "error from shapes");
  CHECK(users_catch(1) == "int 42");
  CHECK(users_catch(2) == std::string("shape ") + typeid(long).name());
  CHECK(users_catch(3) == "square");
  CHECK(users_catch(4) == "anything");
}

void exceptions_pass_through_libraries() {
  const int before = users_destroyed();
  bool caught = false;
  try {
    users_throw_through([] { users_throw_through([] { shapes_throw(0); }); });
  } catch (const ShapeError&) {
    caught = true;
  }
  CHECK(caught && users_destroyed() == before + 2);
}

void casts_know_types_of_other_modules() {
  const std::unique_ptr<Shape> circle(shapes_new_circle());
  CHECK(dynamic_cast<Circle*>(circle.get()) != nullptr);
  CHECK(dynamic_cast<Round*>(circle.get())->Radius() == 1);
  const Shape& made = *circle;
  CHECK(typeid(made) == typeid(Circle) && users_is_circle(circle.get()));
  Circle own;
  CHECK(users_is_circle(&own));
  Square square;
  Shape& shape = square;
  CHECK(!users_is_circle(&square) && dynamic_cast<Square*>(&shape) == &square);
  const std::unique_ptr<Shape> box(shapes_new_box());
  CHECK(dynamic_cast<Box<long>*>(box.get())->value == 7);
  CHECK(*shapes_box_type() == typeid(Box<long>));
  CHECK(shapes_box_type()->hash_code() == typeid(Box<long>).hash_code());
}

void inline_variables_are_one() {
  SharedCounter() = 17;
  CHECK(shapes_counter() == &SharedCounter());
  CHECK(users_counter() == &SharedCounter() && *users_counter() == 17);
  CHECK(shapes_value() == &shared_value<int>);
}

void thread_local_variables_are_shared_by_modules() {
  t_shapes = 10;
  CHECK(shapes_thread_local(1) == 11 && t_shapes == 11);
  std::thread([] {
    CHECK(t_shapes == 3);
    CHECK(shapes_thread_local(2) == 5 && t_shapes == 5);
  }).join();
  CHECK(t_shapes == 11);
}

}  // namespace

int main() {
  CASE(the_program_catches_what_a_library_throws);
  CASE(types_that_are_local_to_a_file_differ);
  CASE(a_library_catches_what_the_program_throws);
  CASE(a_library_catches_what_another_throws);
  CASE(exceptions_pass_through_libraries);
  CASE(casts_know_types_of_other_modules);
  CASE(inline_variables_are_one);
  CASE(thread_local_variables_are_shared_by_modules);
}
