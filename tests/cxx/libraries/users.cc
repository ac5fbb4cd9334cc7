#include "tests/cxx/libraries/shapes.h"

namespace {
int g_destroyed;
struct Counts {
  ~Counts() { ++g_destroyed; }
};
}  // namespace

std::string users_catch(int what) {
  try {
    const Counts counts;
    shapes_throw(what);
  } catch (const ShapeError& error) {
    return std::string("error ") + error.what();
  } catch (const Square& square) {
    return square.Name();
  } catch (int value) {
    return "int " + std::to_string(value);
  } catch (const Shape& shape) {
    return "shape " + shape.Name();
  } catch (...) {
    return "anything";
  }
  return "nothing";
}

void users_throw_through(void (*function)()) {
  const Counts counts;
  function();
}

bool users_is_circle(Shape* shape) {
  return dynamic_cast<Circle*>(shape) != nullptr &&
         dynamic_cast<Round*>(shape) != nullptr &&
         typeid(*shape) == typeid(Circle);
}

int* users_counter() { return &SharedCounter(); }
int users_destroyed() { return g_destroyed; }
