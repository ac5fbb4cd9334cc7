// fork() in a process with guest threads. The child continues with the calling
// thread alone; the other Threads of the store are forgotten (their memory is
// leaked: the native threads that own it do not exist in the child).
//
//   PrepareFork(store);
//   const pid_t pid = fork();
//   if (pid == 0) AfterForkInChild(store); else AfterForkInParent(store);
//
// Between Prepare and After the calling thread holds every engine lock, so
// nothing else of the engine may be called.

#ifndef SLIPWAY_RUNTIME_ENGINE_FORK_H_
#define SLIPWAY_RUNTIME_ENGINE_FORK_H_

#include "runtime/engine/store.h"

namespace slipway::engine {

void PrepareFork(Store& store);
void AfterForkInParent(Store& store);
// Precondition: the calling thread is attached.
void AfterForkInChild(Store& store);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_FORK_H_
