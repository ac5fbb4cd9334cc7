#include "runtime/engine/exception_arena.h"

#include <algorithm>
#include <cstdlib>

#include "runtime/engine/exception_object.h"

namespace slipway::engine {

using object::Exception;

ExceptionArena::~ExceptionArena() {
  FreeIf([](Exception*) { return true; });
}

void ExceptionArena::Add(Exception* exception) {
  exception->arena = this;
  exception->previous = nullptr;
  exception->next = first_;
  if (first_ != nullptr) first_->previous = exception;
  first_ = exception;
  bytes_ += SizeOf(*exception);
}

void ExceptionArena::Unlink(Exception* exception) {
  Exception* next = exception->next;
  if (next != nullptr) next->previous = exception->previous;
  (exception->previous != nullptr ? exception->previous->next : first_) = next;
  bytes_ -= SizeOf(*exception);
}

void ExceptionArena::Free(Exception* exception) {
  Unlink(exception);
  std::free(exception);
}

void ExceptionArena::FreeIf(absl::FunctionRef<bool(Exception*)> dead) {
  for (Exception* exception = first_; exception != nullptr;) {
    Exception* next = exception->next;
    if (dead(exception)) Free(exception);
    exception = next;
  }
}

void ExceptionArena::ForEach(absl::FunctionRef<void(Exception*)> visit) const {
  for (Exception* exception = first_; exception != nullptr;
       exception = exception->next) {
    visit(exception);
  }
}

void ExceptionArena::FreeUnshared() {
  FreeIf([](const Exception* exception) {
    return !exception->shared && exception->holders == 0;
  });
}

void ExceptionArena::ScheduleCollection(size_t scanned) {
  collect_at_ = bytes_ + std::max({kMinimumBatch, bytes_, scanned});
}

}  // namespace slipway::engine
