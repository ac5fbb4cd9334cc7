#include <stdexcept>
#include <thread>

extern "C" int answer(void);

int main() {
  int result = 0;
  std::thread([&] {
    try {
      throw std::runtime_error("caught");
    } catch (const std::exception&) {
      result = answer();
    }
  }).join();
  return result != 42;
}
