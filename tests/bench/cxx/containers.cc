// Containers and algorithms: an operation is one element.

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/bench/cxx/rows.h"

namespace {

constexpr long kElements = 1 << 12;

uint64_t Next(uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

void RunVector(long n) {
  while (n > 0) {
    std::vector<long> vector;
    const long count = std::min(n, kElements);
    for (long i = 0; i < count; ++i) vector.push_back(i);
    Use(vector);
    n -= count;
  }
}

void RunSort(long n) {
  uint64_t state = 88172645463325252;
  while (n > 0) {
    std::vector<uint64_t> vector(std::min(n, kElements));
    for (uint64_t& element : vector) element = Next(state);
    std::sort(vector.begin(), vector.end());
    Use(vector);
    n -= static_cast<long>(vector.size());
  }
}

// Looks for keys, and makes those that are not there: about as many of each.
template <typename Map>
void RunMap(long n) {
  uint64_t state = 88172645463325252;
  uint64_t sum = 0;
  while (n > 0) {
    Map map;
    const long count = std::min(n, kElements);
    for (long i = 0; i < count; ++i) {
      sum += ++map[Next(state) % (kElements / 2)];
    }
    n -= count;
  }
  Use(sum);
}

void RunString(long n) {
  std::string text;
  while (n-- > 0) {
    text += static_cast<char>('a' + n % 26);
    if (text.size() == 100) {
      Use(text);
      text = std::string();
    }
  }
  Use(text);
}

void RunStringMap(long n) {
  std::unordered_map<std::string, long> map;
  std::string key = "a key too long for a short string: ....";
  uint64_t state = 88172645463325252;
  while (n-- > 0) {
    const uint64_t number = Next(state);
    for (int i = 0; i < 3; ++i) {
      key[key.size() - 1 - i] = static_cast<char>('a' + (number >> 5 * i) % 16);
    }
    ++map[key];
  }
  Use(map);
}

}  // namespace

const struct row container_rows[] = {
    {"vector-push-back", nullptr, RunVector, nullptr},
    {"sort", nullptr, RunSort, nullptr},
    {"map", nullptr, RunMap<std::map<uint64_t, long>>, nullptr},
    {"unordered-map", nullptr, RunMap<std::unordered_map<uint64_t, long>>,
     nullptr},
    {"string-append", nullptr, RunString, nullptr},
    {"unordered-map-of-strings", nullptr, RunStringMap, nullptr},
    {nullptr, nullptr, nullptr, nullptr},
};
