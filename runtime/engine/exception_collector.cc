#include "runtime/engine/exception_collector.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/container/flat_hash_set.h"
#include "runtime/engine/exception_object.h"
#include "runtime/engine/instance.h"
#include "runtime/engine/store.h"
#include "runtime/engine/table.h"

namespace slipway::engine {

using object::Exception;

// One collection. Precondition: the store's lock is held.
class ExceptionCollector {
 public:
  explicit ExceptionCollector(Thread& thread)
      : thread_(thread),
        store_(thread.store()),
        alone_(store_.threads_.size() == 1) {}

  void Run() {
    ForEachArena([this](ExceptionArena& arena) { AddCandidates(arena); });
    MarkStack();
    MarkWords(thread_.state().overflow, sizeof(thread_.state().overflow));
    MarkGlobals();
    if (alone_) MarkTables();
    while (!gray_.empty()) {
      const Exception* exception = gray_.back();
      gray_.pop_back();
      VisitPayload(*exception, [this](Exception* inner) { MarkWord(inner); });
    }
    ForEachArena([this](ExceptionArena& arena) { Sweep(arena); });
    std::erase_if(store_.retired_exceptions_,
                  [](const auto& arena) { return arena->empty(); });
    thread_.exceptions().ScheduleCollection(scanned_);
  }

 private:
  template <typename Visit>
  void ForEachArena(Visit visit) {
    visit(thread_.exceptions());
    if (!alone_) return;
    for (const auto& arena : store_.retired_exceptions_) visit(*arena);
  }

  bool IsRoot(const Exception* exception) const {
    return exception->holders > 0 || (exception->shared && !alone_);
  }

  void AddCandidates(const ExceptionArena& arena) {
    arena.ForEach([this](Exception* exception) {
      exception->marked = false;
      candidates_.insert(exception);
      if (IsRoot(exception)) Mark(exception);
    });
  }

  void Mark(Exception* exception) {
    if (exception->marked) return;
    exception->marked = true;
    gray_.push_back(exception);
  }

  // What may be a reference to one of the candidates.
  void MarkWord(void* word) {
    if (const auto at = candidates_.find(word); at != candidates_.end()) {
      Mark(static_cast<Exception*>(*at));
    }
  }

  // Reads frames of others, which sanitizers have opinions about.
  ABSL_ATTRIBUTE_NO_SANITIZE_ADDRESS
  void MarkWords(const void* begin, size_t bytes) {
    auto* words = static_cast<void* const*>(begin);
    for (size_t i = 0; i < bytes / sizeof(void*); ++i) MarkWord(words[i]);
    scanned_ += bytes;
  }

  // From here to the end of the stack that guest code runs on, host frames in
  // between included. The caller's frame has the callee-saved registers.
  ABSL_ATTRIBUTE_NOINLINE void MarkStack() {
    void* const here = __builtin_frame_address(0);
    MarkWords(here, thread_.stack_end() - reinterpret_cast<uintptr_t>(here));
  }

  void MarkGlobals() {
    for (const auto& instance : store_.instances_) {
      instance->VisitExceptionGlobals(
          thread_, [this](void* reference) { MarkWord(reference); });
    }
  }

  void MarkTables() {
    VisitExceptionTables([this](const Table& table) {
      const uint64_t size = table.size();
      for (uint64_t i = 0; i < size; ++i) MarkWord(table.Get(i));
      scanned_ += size * sizeof(void*);
    });
  }

  void Sweep(ExceptionArena& arena) {
    arena.FreeIf([](const Exception* exception) { return !exception->marked; });
  }

  Thread& thread_;
  Store& store_;
  const bool alone_;  // no other thread can have a reference
  absl::flat_hash_set<void*> candidates_;
  std::vector<const Exception*> gray_;  // marked, payload not looked at yet
  size_t scanned_ = 0;                  // bytes
};

ABSL_ATTRIBUTE_NOINLINE void CollectExceptions(Thread& thread) {
  if (!thread.OnGuestStack()) return;
  __builtin_unwind_init();  // registers that callers may keep references in
  std::lock_guard lock(thread.store().mutex_);
  ExceptionCollector(thread).Run();
}

}  // namespace slipway::engine
