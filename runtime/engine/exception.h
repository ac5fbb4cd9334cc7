// Wasm exceptions on the native unwinder (Itanium C++ ABI, "Exception
// Handling"). Generated code throws through RuntimeTable; its landing pads are
// found by the personality routine here; slipway_enter_guest catches whatever
// gets that far, so no exception crosses a host frame.
//
// LIFETIME. An exception caught by a clause that does not keep the reference is
// freed at once, unless an earlier clause kept it. A kept one (catch_ref,
// catch_all_ref) may sit in locals, tables and globals for ever, so it is freed
// only with its store: a thread hands what is left in its arena to the store
// when it ends. The clauses of a legacy try hold theirs, which no reference can
// reach, until they throw it again or the holder's address is used again: when
// another exception reaches the try, or a try of a later function in its place.

#ifndef SLIPWAY_RUNTIME_ENGINE_EXCEPTION_H_
#define SLIPWAY_RUNTIME_ENGINE_EXCEPTION_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "runtime/engine/thread.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

// The live exceptions of one thread, as a list through the objects. Only its
// thread adds and removes.
class ExceptionArena {
 public:
  ExceptionArena() = default;
  ExceptionArena(const ExceptionArena&) = delete;
  ExceptionArena& operator=(const ExceptionArena&) = delete;
  ~ExceptionArena();

  void Add(object::Exception* exception);
  void Remove(object::Exception* exception);
  bool empty() const { return first_ == nullptr; }
  size_t size() const;

  // What `holder` holds; null at first.
  object::Exception*& held(const void* holder) { return held_[holder]; }
  void Forget(const void* holder) { held_.erase(holder); }

 private:
  object::Exception* first_ = nullptr;
  std::unordered_map<const void*, object::Exception*> held_;
};

// Never null: the process ends when memory is exhausted.
object::Exception* NewException(Thread& thread, const void* tag,
                                uint32_t count);
std::span<object::Value> ExceptionValues(object::Exception* exception);
const void* ExceptionTag(const object::Exception* exception);

// Throws or rethrows; traps with kUncaughtException when there is no frame to
// unwind to.
[[noreturn]] void ThrowException(Thread& thread, object::Exception* exception);
// Throws on what an Invoke of this thread handed out (Outcome::exception), from
// the calling frame outwards: a host function, or a signal handler that
// interrupted generated code (with the signal mask restored).
[[noreturn]] void ForwardException(object::Exception* exception);
// Goes on looking for a handler from the calling frame outwards.
[[noreturn]] void ResumeUnwind(void* unwind_exception);
// For the clause of a legacy try: keeps the exception for RethrowException, in
// place of what the same holder held before.
void HoldException(Thread& thread, object::Exception* exception,
                   const void* holder);
[[noreturn]] void RethrowException(Thread& thread, object::Exception* exception,
                                   const void* holder);
// Null when the object is not a wasm exception.
object::Exception* ExceptionFromUnwind(void* unwind_exception);
// A handler is done with the object (also for Outcome::exception): frees it
// unless a reference may be left.
void ReleaseException(object::Exception* exception);

// The personality routine of generated code: stops at every landing pad.
int GuestPersonality(int version, int actions, uint64_t exception_class,
                     void* unwind_exception, void* unwind_context);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_EXCEPTION_H_
