// Native threads that run the guest at the same time.
//
//   RunTogether(world, 4, [&](Thread& thread, int number) {
//     CallOn(thread, instance, "work", {I64(number)});
//   });

#ifndef SLIPWAY_TESTS_CONFORMANCE_CREW_H_
#define SLIPWAY_TESTS_CONFORMANCE_CREW_H_

#include <functional>

#include "runtime/engine/testing/world.h"
#include "runtime/engine/thread.h"

namespace slipway::conformance {

// Threads of a test, unless it says otherwise: more than the machine is likely
// to have processors for, so that they are also interrupted.
inline constexpr int kThreads = 4;

// Calls body(thread, 0 … count - 1), each on a native thread of its own, once
// all of them have started. Returns when all have ended.
void RunTogether(engine::World& world, int count,
                 const std::function<void(engine::Thread&, int)>& body);

}  // namespace slipway::conformance

#endif  // SLIPWAY_TESTS_CONFORMANCE_CREW_H_
