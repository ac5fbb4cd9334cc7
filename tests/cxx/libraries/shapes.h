// What the program and its libraries share: types that each of them has code
// for, and what each library offers.

#ifndef SLIPWAY_TESTS_CXX_LIBRARIES_SHAPES_H_
#define SLIPWAY_TESTS_CXX_LIBRARIES_SHAPES_H_

#include <memory>
#include <stdexcept>
#include <string>
#include <typeinfo>

// All inline: every module has its own type_info and virtual functions.
struct ShapeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Shape {
  virtual ~Shape() = default;
  virtual std::string Name() const { return "shape"; }
};

struct Round {
  virtual ~Round() = default;
  virtual double Radius() const { return 1; }
};

struct Circle final : Shape, Round {
  std::string Name() const override { return "circle"; }
};

template <typename T>
struct Box : Shape {
  explicit Box(T value) : value(value) {}
  std::string Name() const override { return typeid(T).name(); }
  T value;
};

inline int& SharedCounter() {
  static int counter = 0;
  return counter;
}

template <typename T>
inline T shared_value = T(5);

// Of libshapes.
struct Square : Shape {
  Square();
  ~Square() override;
  std::string Name() const override;  // the key function is in libshapes
};

extern "C" {
Shape* shapes_new_circle();
Shape* shapes_new_box();
void shapes_throw(int what);
std::string shapes_catch(void (*function)());
int* shapes_counter();
int* shapes_value();
const std::type_info* shapes_box_type();
int shapes_thread_local(int add);
std::string shapes_local_type(void (*function)());

// Of libusers, which is linked to libshapes.
std::string users_catch(int what);
void users_throw_through(void (*function)());
bool users_is_circle(Shape* shape);
int* users_counter();
int users_destroyed();
}

extern thread_local int t_shapes;

#endif  // SLIPWAY_TESTS_CXX_LIBRARIES_SHAPES_H_
