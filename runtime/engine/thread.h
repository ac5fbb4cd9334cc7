// One native thread that runs guest code: the state generated code reaches
// (object::ThreadState), a context for every instance of the store, the stack
// bounds and the signal stack.
//
//   Store store;
//   auto thread = Thread::Create(store);           // any thread may do this
//   (*thread)->Attach();                           // on the thread itself
//   Outcome outcome = Invoke(**thread, function, values);
//
// The creator makes the Thread before the native thread exists, so that a
// failure can be reported to the guest; the new native thread attaches.

#ifndef SLIPWAY_RUNTIME_ENGINE_THREAD_H_
#define SLIPWAY_RUNTIME_ENGINE_THREAD_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/engine/extern.h"
#include "runtime/engine/store.h"
#include "runtime/engine/trap.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

class Instance;
class ExceptionArena;
struct InvokeRecord;

class Thread {
 public:
  struct Options {
    // When not 0, guest code runs on a native stack of this size (with a guard
    // below it) that the Thread allocates, instead of on the native thread's
    // own. For the main thread, whose stack limit is not ours to set.
    size_t stack_size = 0;
  };

  // Makes contexts for all instances of the store and joins it.
  // kResourceExhausted when memory is short.
  static absl::StatusOr<std::unique_ptr<Thread>> Create(Store& store,
                                                        Options options);
  static absl::StatusOr<std::unique_ptr<Thread>> Create(Store& store) {
    return Create(store, Options());
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  // On the native thread itself, or when that has ended. Leaves the store.
  ~Thread();

  // Makes this the calling native thread's Thread: sets Current(), the signal
  // stack and the stack bounds.
  void Attach();

  // The calling native thread's Thread, or null. Async-signal-safe.
  static Thread* Current() { return current_; }

  Store& store() const { return store_; }
  object::ThreadState& state() { return *state_; }

  // True while a host function runs on behalf of the guest. A fault on guest
  // memory is the guest's own only when it is false (or a fix-up covers it).
  // Set by the dispatcher; Invoke clears it for the duration of a nested call
  // and restores it.
  bool in_host() const { return in_host_; }
  void set_in_host(bool value) { in_host_ = value; }

  // The embedder's own per-thread object.
  void* host_data() const { return host_data_; }
  void set_host_data(void* data) { host_data_ = data; }

  // This thread's value of a per-thread global of the host (Store::
  // AddThreadGlobal), of a shared one, or of an instance's.
  object::Value& Global(const GlobalExtern& global) const;

  // Traps with kStackExhausted unless there is room for host code below the
  // current frame. Call it before a host function takes locks or allocates: a
  // stack overflow inside host code cannot be recovered from.
  void CheckHostStack() const {
    if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) <
        host_stack_limit_) [[unlikely]] {
      if (OnGuestStack()) RaiseTrap(object::TrapCode::kStackExhausted);
    }
  }
  static constexpr size_t kHostStackReserve = 128 << 10;  // bytes

  // Whether `address` lies in the guard below the stack guest code runs on.
  // Async-signal-safe.
  bool InStackGuard(uintptr_t address) const {
    return address >= guard_begin_ && address < guard_end_;
  }
  // Whether the current frame is on that stack (not on the signal stack).
  bool OnGuestStack() const {
    const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    return here >= guard_end_ && here < stack_end_;
  }

  // Engine internals.
  InvokeRecord* top_invoke() const { return top_invoke_; }
  void set_top_invoke(InvokeRecord* record) { top_invoke_ = record; }
  // Initial stack pointer for the outermost Invoke, or 0 for the native one.
  uintptr_t own_stack_top() const {
    return stack_block_ != nullptr ? stack_end_ : 0;
  }
  // The stack that guest code runs on, without its guard.
  uintptr_t stack_begin() const { return guard_end_; }
  uintptr_t stack_end() const { return stack_end_; }
  Trap& trap() { return trap_; }
  ExceptionArena& exceptions() { return *exceptions_; }

 private:
  friend class Instance;
  friend class Instantiation;
  friend class Store;
  friend void AfterForkInChild(Store&);

  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  explicit Thread(Store& store);
  bool Allocate(const Options& options);
  bool AllocateStack(size_t size);
  void FindNativeStack();
  void Detach();
  // These are called with the store's lock held, maybe by another thread.
  void AddHostFunctions();
  void NoteFilled();
  void ForgetInstances();
  void AddHostFunction(const HostFunctionDefinition& function);
  void SetHostGlobal(uint32_t index, object::Value value);
  void SetContext(uint32_t id, void* context);
  // Uninitialised; freed with the thread. Null when memory is short.
  object::InstanceContext* NewContext(uint64_t size);

  static thread_local constinit Thread* current_;

  Store& store_;
  object::ThreadState* state_ = nullptr;
  uint8_t* block_ = nullptr;  // contexts, host functions, host globals
  object::HostFunction* host_functions_ = nullptr;
  object::Value* host_globals_ = nullptr;
  void* host_data_ = nullptr;
  volatile bool in_host_ = false;
  InvokeRecord* top_invoke_ = nullptr;
  uint8_t* stack_block_ = nullptr;
  size_t stack_block_size_ = 0;
  uintptr_t guard_begin_ = 0;
  uintptr_t guard_end_ = 0;
  uintptr_t stack_end_ = 0;
  uintptr_t host_stack_limit_ = 0;
  uint8_t* signal_stack_ = nullptr;
  Trap trap_;
  std::unique_ptr<ExceptionArena> exceptions_;
  std::vector<std::unique_ptr<void, Free>> contexts_;  // of instances
};

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_THREAD_H_
