#include "tests/cxx/libraries/shapes.h"

thread_local int t_shapes = 3;

namespace {
// The program has a type of the same name.
struct Local {
  int value;
};
}  // namespace

Square::Square() = default;
Square::~Square() = default;
std::string Square::Name() const { return "square"; }

Shape* shapes_new_circle() { return new Circle; }
Shape* shapes_new_box() { return new Box<long>(7); }

void shapes_throw(int what) {
  switch (what) {
    case 0:
      throw ShapeError("from shapes");
    case 1:
      throw 42;
    case 2:
      throw Box<long>(9);
    case 3:
      throw Square();
    case 4:
      throw std::string("text");
    case 5:
      throw Local{5};
    default:
      break;
  }
}

std::string shapes_catch(void (*function)()) {
  try {
    function();
  } catch (const ShapeError& error) {
    return error.what();
  } catch (const Box<long>& box) {
    return "box " + std::to_string(box.value);
  } catch (const Shape& shape) {
    return shape.Name();
  } catch (...) {
    return "anything";
  }
  return "nothing";
}

std::string shapes_local_type(void (*function)()) {
  try {
    function();
  } catch (const Local&) {
    return "mine";
  } catch (...) {
    return "another's";
  }
  return "nothing";
}

int* shapes_counter() { return &SharedCounter(); }
int* shapes_value() { return &shared_value<int>; }
const std::type_info* shapes_box_type() { return &typeid(Box<long>); }

int shapes_thread_local(int add) { return t_shapes += add; }
