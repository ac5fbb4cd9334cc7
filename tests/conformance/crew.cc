#include "tests/conformance/crew.h"

#include <barrier>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace slipway::conformance {

void RunTogether(engine::World& world, int count,
                 const std::function<void(engine::Thread&, int)>& body) {
  std::barrier start(count);
  std::vector<std::thread> crew;
  for (int number = 0; number < count; ++number) {
    auto created = engine::Thread::Create(world.store);
    ASSERT_TRUE(created.ok()) << created.status();
    crew.emplace_back([&, number, thread = *std::move(created)]() mutable {
      thread->Attach();
      start.arrive_and_wait();
      body(*thread, number);
      thread.reset();
    });
  }
  for (std::thread& member : crew) member.join();
}

}  // namespace slipway::conformance
