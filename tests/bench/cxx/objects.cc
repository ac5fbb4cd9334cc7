// Objects: virtual calls, casts at run time, functions as values, counted
// pointers.

#include <functional>
#include <memory>
#include <vector>

#include "tests/bench/cxx/rows.h"

namespace {

struct Shape {
  virtual ~Shape() = default;
  virtual long Area() const = 0;
};

struct Square : Shape {
  explicit Square(long side) : side(side) {}
  long Area() const override { return side * side; }
  long side;
};

struct Rectangle : Shape {
  explicit Rectangle(long side) : side(side) {}
  long Area() const override { return side * (side + 1); }
  long side;
};

struct Strip : Rectangle {
  using Rectangle::Rectangle;
  long Area() const override { return side; }
};

std::vector<std::unique_ptr<Shape>> shapes;

void MakeShapes() {
  unsigned state = 1;
  for (long i = 0; i < 1024; ++i) {
    state = state * 1664525 + 1013904223;
    switch (state >> 30) {
      case 0:
        shapes.push_back(std::make_unique<Square>(i));
        break;
      case 1:
        shapes.push_back(std::make_unique<Rectangle>(i));
        break;
      default:
        shapes.push_back(std::make_unique<Strip>(i));
    }
  }
}

void DropShapes() { shapes.clear(); }

void RunVirtual(long n) {
  long sum = 0;
  while (n-- > 0) sum += shapes[n & 1023]->Area();
  Use(sum);
}

void RunCast(long n) {
  long sum = 0;
  while (n-- > 0) {
    sum += dynamic_cast<const Rectangle*>(shapes[n & 1023].get()) != nullptr;
  }
  Use(sum);
}

void RunFunction(long n) {
  long sum = 0;
  std::function<long(long)> functions[] = {
      [&sum](long i) { return sum + i; },
      [&sum](long i) { return sum ^ i; },
  };
  Use(functions);
  while (n-- > 0) sum = functions[n & 1](n);
  Use(sum);
}

void RunShared(long n) {
  std::shared_ptr<long> first = std::make_shared<long>(1);
  Use(first);
  while (n-- > 0) {
    std::shared_ptr<long> second = first;
    Use(second);
  }
}

}  // namespace

const struct row object_rows[] = {
    {"virtual-call", MakeShapes, RunVirtual, DropShapes},
    {"dynamic-cast", MakeShapes, RunCast, DropShapes},
    {"std-function", nullptr, RunFunction, nullptr},
    {"shared-ptr-copy", nullptr, RunShared, nullptr},
    {nullptr, nullptr, nullptr, nullptr},
};
