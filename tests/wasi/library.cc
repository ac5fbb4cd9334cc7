// The C++ library on WASI: containers, algorithms, streams, memory.

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

struct Shape {
  virtual ~Shape() = default;
  virtual double Area() const = 0;
};
struct Square : Shape {
  explicit Square(double side) : side(side) {}
  double Area() const override { return side * side; }
  double side;
};
struct Circle : Shape {
  explicit Circle(double radius) : radius(radius) {}
  double Area() const override { return 3.25 * radius * radius; }
  double radius;
};

void Containers() {
  std::vector<int> numbers(100000);
  std::iota(numbers.begin(), numbers.end(), 1);
  // std::shuffle may choose differently from library to library.
  std::mt19937_64 random(42);
  for (size_t i = numbers.size() - 1; i > 0; --i) {
    std::swap(numbers[i], numbers[random() % (i + 1)]);
  }
  std::cout << numbers[0] << " " << numbers[99999] << "\n";
  std::sort(numbers.begin(), numbers.end(), std::greater<>());
  std::cout << numbers[0] << " "
            << std::accumulate(numbers.begin(), numbers.end(), 0LL) << "\n";
  std::map<std::string, std::deque<int>> lists;
  for (int i = 0; i < 20; ++i)
    lists["list " + std::to_string(i % 3)].push_front(i);
  for (const auto& [name, list] : lists) {
    std::cout << name << ":";
    for (int number : list) std::cout << " " << number;
    std::cout << "\n";
  }
  std::unordered_map<std::string, int> counts;
  std::istringstream words("the cat and the dog and the bird");
  for (std::string word; words >> word;) ++counts[word];
  std::cout << counts["the"] << counts["and"] << counts["bird"] << "\n";
}

void Formats() {
  std::cout << std::setprecision(17) << 0.1 << " " << std::hexfloat << 1.5
            << std::defaultfloat << " " << std::hex << std::showbase << 48879
            << std::dec << " " << std::boolalpha << true << "\n";
  std::cout << std::setw(8) << std::setfill('*') << 42 << std::left
            << std::setw(6) << "ab" << "|\n";
  std::array<char, 32> text{};
  std::to_chars(text.data(), text.data() + text.size(), 3.14159);
  std::cout << text.data() << " " << std::numeric_limits<double>::max() << "\n";
}

void Objects() {
  std::vector<std::unique_ptr<Shape>> shapes;
  shapes.push_back(std::make_unique<Square>(2));
  shapes.push_back(std::make_unique<Circle>(2));
  for (const auto& shape : shapes) std::cout << shape->Area() << " ";
  std::variant<int, std::string> value = "text";
  std::optional<int> none;
  std::cout << std::get<std::string>(value) << " " << none.value_or(7) << "\n";
  const std::function<int(int)> factorial = [&](int n) {
    return n < 2 ? 1 : n * factorial(n - 1);
  };
  std::cout << factorial(10) << "\n";
}

void GrowingMemory() {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (int i = 0; i < 64; ++i) {
    blocks.push_back(std::make_unique<char[]>(1 << 20));
    blocks.back()[i] = 'x';
  }
  std::cout << "64 MiB: "
            << std::count_if(
                   blocks.begin(), blocks.end(),
                   [](auto& block) { return block[0] == 0 || block[0] == 'x'; })
            << "\n";
}

}  // namespace

int main() {
  Containers();
  Formats();
  Objects();
  GrowingMemory();
  std::string line;
  int lines = 0;
  while (std::getline(std::cin, line)) ++lines;
  std::cout << "lines of input: " << lines << std::endl;
  return 0;
}
