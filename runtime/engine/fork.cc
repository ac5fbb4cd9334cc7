#include "runtime/engine/fork.h"

#include <algorithm>

#include "runtime/engine/memory.h"
#include "runtime/engine/table.h"
#include "runtime/engine/thread.h"
#include "runtime/engine/type_registry.h"
#include "runtime/engine/wait.h"

namespace slipway::engine {
namespace {

void UnlockLeaves(bool in_child) {
  UnlockWaitersAfterFork(in_child);
  UnlockTypesAfterFork();
  UnlockTablesAfterFork();
  UnlockMemoriesAfterFork();
}

}  // namespace

// In the lock order of store.h.
void PrepareFork(Store& store) {
  store.mutex_.lock();
  LockMemoriesForFork();
  LockTablesForFork();
  LockTypesForFork();
  LockWaitersForFork();
}

void AfterForkInParent(Store& store) {
  UnlockLeaves(/*in_child=*/false);
  store.mutex_.unlock();
}

void AfterForkInChild(Store& store) {
  std::erase_if(store.threads_, [](const Thread* thread) {
    return thread != Thread::Current();
  });
  UnlockLeaves(/*in_child=*/true);
  store.mutex_.unlock();
}

}  // namespace slipway::engine
