// Run-time types: typeid, dynamic_cast, virtual functions and bases.
#include <cxxabi.h>

#include <cstdlib>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <unordered_map>

#include "tests/posix/check.h"

namespace {

struct Animal {
  virtual ~Animal() = default;
  virtual std::string Name() const { return "animal"; }
};
struct Swims {
  virtual ~Swims() = default;
  virtual int Depth() const = 0;
};
struct Fish : Animal, Swims {
  std::string Name() const override { return "fish"; }
  int Depth() const override { return 10; }
};
struct Whale final : Animal, Swims {
  std::string Name() const override { return "whale"; }
  int Depth() const override { return 1000; }
};
struct Stone {
  virtual ~Stone() = default;
};

struct Top {
  explicit Top(int value) : value(value) {}
  virtual ~Top() = default;
  virtual int Sum() const { return value; }
  int value;
};
struct Left : virtual Top {
  Left() : Top(1) {}
  int left = 10;
  int Sum() const override { return value + left; }
};
struct Right : virtual Top {
  Right() : Top(2) {}
  int right = 100;
};
struct Bottom : Left, Right {
  Bottom() : Top(3) {}
  int Sum() const override { return Left::Sum() + right; }
};

template <typename T>
struct Holder {
  virtual ~Holder() = default;
  T value;
};

void typeid_names_the_object() {
  const Fish fish;
  const Animal& animal = fish;
  CHECK(typeid(animal) == typeid(Fish));
  CHECK(typeid(animal) != typeid(Animal));
  CHECK(typeid(int) == typeid(const int&));
  CHECK(typeid(int) != typeid(long));
  CHECK(typeid(fish).hash_code() == typeid(Fish).hash_code());
  CHECK(typeid(Fish).name() == std::string("N12_GLOBAL__N_14FishE"));
}

void typeid_of_nothing_throws() {
  const Animal* nothing = nullptr;
  bool thrown = false;
  try {
    CHECK(typeid(*nothing) != typeid(Fish));
  } catch (const std::bad_typeid&) {
    thrown = true;
  }
  CHECK(thrown);
}

void casts_go_down_and_across() {
  Fish fish;
  Whale whale;
  Animal* animal = &fish;
  CHECK(dynamic_cast<Fish*>(animal) == &fish);
  CHECK(dynamic_cast<Swims*>(animal) == static_cast<Swims*>(&fish));
  CHECK(dynamic_cast<Whale*>(animal) == nullptr);
  animal = &whale;
  CHECK(dynamic_cast<Whale*>(animal) == &whale);
  CHECK(dynamic_cast<Swims&>(*animal).Depth() == 1000);
  CHECK(dynamic_cast<void*>(static_cast<Swims*>(&whale)) == &whale);
  Stone stone;
  CHECK(dynamic_cast<Animal*>(&stone) == nullptr);
}

void a_cast_of_a_reference_throws() {
  Fish fish;
  Animal& animal = fish;
  bool thrown = false;
  try {
    CHECK(dynamic_cast<Whale&>(animal).Depth() == 0);
  } catch (const std::bad_cast&) {
    thrown = true;
  }
  CHECK(thrown);
}

void virtual_bases_are_shared() {
  Bottom bottom;
  CHECK(bottom.Sum() == 113);
  Top* top = &bottom;
  CHECK(dynamic_cast<Left*>(top)->left == 10);
  CHECK(dynamic_cast<Right*>(top)->right == 100);
  CHECK(static_cast<Top*>(dynamic_cast<Right*>(top)) == top);
  Right* right = &bottom;
  CHECK(dynamic_cast<Left*>(right) == static_cast<Left*>(&bottom));
  CHECK(right->Sum() == 113);
}

void pointers_to_members_are_virtual() {
  int (Top::*sum)() const = &Top::Sum;
  const Bottom bottom;
  const Top top(5);
  CHECK((bottom.*sum)() == 113 && (top.*sum)() == 5);
  int Bottom::* field = &Bottom::right;
  CHECK(bottom.*field == 100);
}

struct Observed {
  explicit Observed(std::string* seen) { *seen += Kind(); }
  virtual ~Observed() = default;
  virtual std::string Kind() const { return "base "; }
};
struct Observing : Observed {
  explicit Observing(std::string* seen) : Observed(seen) { *seen += Kind(); }
  std::string Kind() const override { return "derived"; }
};

void objects_change_type_while_they_are_built() {
  std::string seen;
  const Observing object(&seen);
  CHECK(seen == "base derived");
}

void types_are_keys() {
  std::unordered_map<std::type_index, int> numbers;
  numbers[typeid(Fish)] = 1;
  numbers[typeid(Whale)] = 2;
  numbers[typeid(Holder<std::string>)] = 3;
  const Holder<std::string> holder;
  CHECK(numbers.at(typeid(holder)) == 3 && numbers.at(typeid(Whale)) == 2);
}

void names_are_demangled() {
  int status = -1;
  char* name =
      abi::__cxa_demangle("_ZNSt3mapIiSsEixERKi", nullptr, nullptr, &status);
  CHECK(status == 0);
  CHECK(name == std::string("std::map<int, std::string>::operator[](int "
                            "const&)"));
  free(name);
}

}  // namespace

int main() {
  CASE(typeid_names_the_object);
  CASE(typeid_of_nothing_throws);
  CASE(casts_go_down_and_across);
  CASE(a_cast_of_a_reference_throws);
  CASE(virtual_bases_are_shared);
  CASE(pointers_to_members_are_virtual);
  CASE(objects_change_type_while_they_are_built);
  CASE(types_are_keys);
  CASE(names_are_demangled);
}
