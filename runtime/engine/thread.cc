#include "runtime/engine/thread.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "runtime/engine/exception.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/reservation.h"

namespace slipway::engine {
namespace {

using object::HostFunction;
using object::ThreadState;
using object::Value;

// What a block has in it from the thread that had it before.
struct Filled {
  uint64_t store;    // its serial; 0 for a new block
  size_t functions;  // host functions: the first of the store
  uint32_t ids;      // how many of the arrays' elements may not be zero
  size_t globals;
};

// A Thread's block: the head and the arrays one after the other, all but the
// first pages of each never touched.
struct BlockHead {
  ThreadState state;
  Filled filled;
};
constexpr uint64_t kStateSize = (sizeof(BlockHead) + 4095) & ~4095ul;
constexpr uint64_t kContextsSize = Store::kMaxIds * sizeof(void*);
constexpr uint64_t kHostFunctionsSize = Store::kMaxIds * sizeof(HostFunction);
constexpr uint64_t kHostGlobalsSize = Store::kMaxHostGlobals * sizeof(Value);
constexpr uint64_t kBlockSize =
    kStateSize + kContextsSize + kHostFunctionsSize + kHostGlobalsSize;

// Large, because the host layer runs the guest's signal handlers on it.
constexpr uint64_t kSignalStackSize = 1 << 20;
constexpr uint64_t kPage = 4096;
// What is mapped at once: the signal stack above its guard, and the block.
constexpr uint64_t kBlockOffset = kPage + kSignalStackSize;
constexpr uint64_t kMappingSize = kBlockOffset + kBlockSize;
// Wide enough that no frame of ordinary size steps over it.
constexpr uint64_t kStackGuardSize = 1 << 20;

// Mappings of threads that have ended, for those to come: mapping, touching and
// unmapping them is a large part of what a thread costs. Without a lock, so
// that fork need not care.
class MappingPool {
 public:
  // Null when there is none.
  uint8_t* Take() {
    for (std::atomic<uint8_t*>& slot : slots_) {
      uint8_t* const mapping = slot.exchange(nullptr);
      if (mapping != nullptr) return mapping;
    }
    return nullptr;
  }
  // False when there are enough.
  bool Put(uint8_t* mapping) {
    for (std::atomic<uint8_t*>& slot : slots_) {
      uint8_t* none = nullptr;
      if (slot.compare_exchange_strong(none, mapping)) return true;
    }
    return false;
  }

 private:
  static constexpr size_t kSlots = 16;
  std::atomic<uint8_t*> slots_[kSlots] = {};
};

constinit MappingPool mapping_pool;

uint8_t* TakeMapping() {
  uint8_t* const pooled = mapping_pool.Take();
  if (pooled != nullptr) return pooled;
  uint8_t* const mapping = MapLazily(kMappingSize);
  if (mapping != nullptr) mprotect(mapping, kPage, PROT_NONE);
  return mapping;
}

void GiveBackMapping(uint8_t* mapping) {
  if (mapping_pool.Put(mapping)) return;
  ReleaseAddressSpace(mapping, kMappingSize);
}

// Makes the block what it is for the first thread of a store.
void Clear(BlockHead& block) {
  uint8_t* at = reinterpret_cast<uint8_t*>(&block) + kStateSize;
  std::memset(at, 0, block.filled.ids * sizeof(void*));
  at += kContextsSize;
  std::memset(at, 0, block.filled.ids * sizeof(HostFunction));
  at += kHostFunctionsSize;
  std::memset(at, 0, block.filled.globals * sizeof(Value));
  block.filled = {};
}

}  // namespace

constinit thread_local Thread* Thread::current_ = nullptr;

Thread::Thread(Store& store)
    : store_(store), exceptions_(std::make_unique<ExceptionArena>()) {}

absl::StatusOr<std::unique_ptr<Thread>> Thread::Create(Store& store,
                                                       Options options) {
  std::unique_ptr<Thread> thread(new Thread(store));
  if (!thread->Allocate(options)) {
    return absl::ResourceExhaustedError("no memory for a thread");
  }
  std::lock_guard lock(store.mutex_);
  for (uint32_t i = 0; i < store.thread_globals_.size(); ++i) {
    thread->SetHostGlobal(i, store.thread_globals_[i]);
  }
  thread->AddHostFunctions();
  for (const auto& instance : store.instances_) {
    if (!instance->MakeContext(*thread)) {
      return absl::ResourceExhaustedError("no memory for a thread's globals");
    }
  }
  for (const auto& instance : store.instances_) instance->FillContext(*thread);
  store.threads_.push_back(thread.get());
  return thread;
}

bool Thread::Allocate(const Options& options) {
  signal_stack_ = TakeMapping();
  if (signal_stack_ == nullptr) return false;
  block_ = signal_stack_ + kBlockOffset;
  state_ = reinterpret_cast<ThreadState*>(block_);
  uint8_t* at = block_ + kStateSize;
  state_->contexts = reinterpret_cast<void**>(at);
  at += kContextsSize;
  host_functions_ = reinterpret_cast<HostFunction*>(at);
  at += kHostFunctionsSize;
  host_globals_ = reinterpret_cast<Value*>(at);
  state_->engine_thread = this;
  return options.stack_size == 0 || AllocateStack(options.stack_size);
}

bool Thread::AllocateStack(size_t size) {
  stack_block_size_ = ((size + kPage - 1) & ~(kPage - 1)) + kStackGuardSize;
  stack_block_ = MapLazily(stack_block_size_);
  if (stack_block_ == nullptr) return false;
  mprotect(stack_block_, kStackGuardSize, PROT_NONE);
  guard_begin_ = reinterpret_cast<uintptr_t>(stack_block_);
  guard_end_ = guard_begin_ + kStackGuardSize;
  stack_end_ = guard_begin_ + stack_block_size_;
  return true;
}

Thread::~Thread() {
  {
    std::lock_guard lock(store_.mutex_);
    if (std::erase(store_.threads_, this) != 0) ForgetInstances();
    exceptions_->FreeUnshared();
    if (!exceptions_->empty()) {
      store_.retired_exceptions_.push_back(std::move(exceptions_));
    }
  }
  if (current_ == this) Detach();
  if (signal_stack_ != nullptr) GiveBackMapping(signal_stack_);
  if (stack_block_ != nullptr) {
    ReleaseAddressSpace(stack_block_, stack_block_size_);
  }
}

void Thread::Attach() {
  if (stack_block_ == nullptr) FindNativeStack();
  host_stack_limit_ = guard_end_ + kHostStackReserve;
  stack_t stack = {};
  stack.ss_sp = signal_stack_ + kPage;
  stack.ss_size = kSignalStackSize;
  sigaltstack(&stack, nullptr);
  current_ = this;
}

void Thread::Detach() {
  stack_t none = {};
  none.ss_flags = SS_DISABLE;
  sigaltstack(&none, nullptr);
  current_ = nullptr;
}

void Thread::FindNativeStack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* begin = nullptr;
  size_t size = 0;
  size_t guard = 0;
  pthread_attr_getstack(&attributes, &begin, &size);
  pthread_attr_getguardsize(&attributes, &guard);
  pthread_attr_destroy(&attributes);
  // The C library may count the guard as part of the stack or not: what faults
  // on either side of `begin` is the guard. The main thread has none of its
  // own; the kernel keeps a megabyte free below it.
  if (getpid() == gettid()) guard = kStackGuardSize;
  guard = std::max<size_t>(guard, kPage);
  const auto low = reinterpret_cast<uintptr_t>(begin);
  guard_begin_ = low - guard;
  guard_end_ = low + std::min<size_t>(guard, size / 4);
  stack_end_ = low + size;
}

object::Value& Thread::Global(const GlobalExtern& global) const {
  if (global.cell != nullptr) return *global.cell;
  if (global.instance == nullptr) return host_globals_[global.index];
  return global.instance->GlobalsOf(*this)[global.index];
}

// Those that the block does not have from the thread before: a table of all
// calls takes longer to fill than the rest of a thread.
void Thread::AddHostFunctions() {
  auto& head = *reinterpret_cast<BlockHead*>(block_);
  if (head.filled.store != store_.serial_) Clear(head);
  for (size_t i = head.filled.functions; i < store_.host_functions_.size();
       ++i) {
    AddHostFunction(*store_.host_functions_[i]);
  }
  NoteFilled();
}

void Thread::NoteFilled() {
  reinterpret_cast<BlockHead*>(block_)->filled = {
      .store = store_.serial_,
      .functions = store_.host_functions_.size(),
      .ids = store_.next_id_,
      .globals = store_.thread_globals_.size()};
}

// What the block keeps are host functions, with those that were added while the
// thread lived.
void Thread::ForgetInstances() {
  for (const auto& instance : store_.instances_) {
    SetContext(instance->id(), nullptr);
  }
  NoteFilled();
}

void Thread::AddHostFunction(const HostFunctionDefinition& function) {
  const uint32_t id = function.ref.instance;
  host_functions_[id] = {function.handler, state_, function.env};
  SetContext(id, &host_functions_[id]);
}

void Thread::SetHostGlobal(uint32_t index, object::Value value) {
  host_globals_[index] = value;
}

void Thread::SetContext(uint32_t id, void* context) {
  std::atomic_ref<void*>(state_->contexts[id])
      .store(context, std::memory_order_release);
}

object::InstanceContext* Thread::NewContext(uint64_t size) {
  void* memory = std::aligned_alloc(16, size);
  if (memory == nullptr) return nullptr;
  contexts_.emplace_back(memory);
  return static_cast<object::InstanceContext*>(memory);
}

}  // namespace slipway::engine
