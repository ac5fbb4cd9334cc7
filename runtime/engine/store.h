// Everything that instances and threads of one guest program share: the id
// space of instances and host functions, the list of instances, and the list
// of threads. Usually one per process.
//
// Lock order: Store::mutex, then the locks inside Memory, Table and the type
// registry (leaves). Guest code is never called with one of them held.

#ifndef SLIPWAY_RUNTIME_ENGINE_STORE_H_
#define SLIPWAY_RUNTIME_ENGINE_STORE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/engine/extern.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

class ExceptionArena;
class ExceptionCollector;
class Instance;
class Thread;

class Store {
 public:
  // Ids index ThreadState::contexts; 0 is never used.
  static constexpr uint32_t kMaxIds = 1 << 16;
  static constexpr uint32_t kMaxHostGlobals = 1 << 16;

  Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  // Precondition: no thread of the store is alive.
  ~Store();

  // A host function; lives as long as the store.
  absl::StatusOr<HostFunctionDefinition*> AddHostFunction(
      const wasm::FuncType& type, const void* handler, void* env);

  // A mutable or constant global of the host. Per thread: every thread starts
  // with `initial` and has its own (Thread::HostGlobal reads and writes it).
  absl::StatusOr<GlobalExtern> AddThreadGlobal(wasm::GlobalType type,
                                               object::Value initial);
  // One value for all threads (constants, GOT entries).
  GlobalExtern AddSharedGlobal(wasm::GlobalType type, object::Value initial);

 private:
  friend class ExceptionCollector;
  friend class Instance;
  friend class Instantiation;
  friend class Thread;
  friend void CollectExceptions(Thread&);
  friend void PrepareFork(Store&);
  friend void AfterForkInParent(Store&);
  friend void AfterForkInChild(Store&);

  // Precondition: mutex_ is held.
  absl::StatusOr<uint32_t> NextId();
  // For an id that no thread has a context of.
  void FreeId(uint32_t id) { free_ids_.push_back(id); }

  // Tells it from others, those that have ended included.
  const uint64_t serial_;
  // Guards everything below. A std::mutex: absl::Mutex does not survive fork.
  std::mutex mutex_;
  uint32_t next_id_ = 1;
  std::vector<uint32_t> free_ids_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<Thread*> threads_;
  std::vector<std::unique_ptr<HostFunctionDefinition>> host_functions_;
  std::vector<object::Value> thread_globals_;  // initial values
  std::vector<std::unique_ptr<object::Value>> shared_globals_;
  // Exceptions of threads that have ended, which others may refer to.
  std::vector<std::unique_ptr<ExceptionArena>> retired_exceptions_;
};

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_STORE_H_
