// Wasm exceptions with the tables of the native unwinder (Itanium C++ ABI,
// "Exception Handling"). Generated code throws through RuntimeTable, and goes
// straight to the frame that handles it (unwinder.h). What the host throws is
// unwound by libgcc, which finds landing pads by the personality routine here.
// slipway_enter_guest catches whatever gets that far, so no exception crosses a
// host frame.
//
// LIFETIME. An exception caught by a clause that does not keep the reference is
// freed at once, unless an earlier clause kept it. A kept one (catch_ref,
// catch_all_ref, and the clauses of the legacy encoding, which may rethrow) may
// sit in locals, globals, payloads and tables: it is freed by the collector
// (exception_collector.h) once nothing refers to it, which runs when a thread
// has made so many that it is worth while.
//
// THREADS. References pass between threads through tables alone, so an
// exception belongs to the thread that made it until its reference is put into
// a table. From then on it is shared, and so is what its payload refers to:
// shared ones are freed when the store has one thread left. Throwing one throws
// a copy.
//
// EMBEDDERS. The exception of an Outcome is the embedder's until it passes it
// to ReleaseException or ForwardException. Any other reference that it gets
// hold of (a result, a parameter of a host function, what it reads from a
// global) may be gone as soon as guest code runs again, unless it is pinned; so
// must be one that it hands to another thread or stores in a global for all
// threads.

#ifndef SLIPWAY_RUNTIME_ENGINE_EXCEPTION_H_
#define SLIPWAY_RUNTIME_ENGINE_EXCEPTION_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/engine/exception_arena.h"
#include "runtime/engine/thread.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

// `tag` is a Tag with `count` parameters, or null. May collect. Never null: the
// process ends when memory is exhausted.
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
// Null when the object is not a wasm exception.
object::Exception* ExceptionFromUnwind(void* unwind_exception);
// A catch clause that does not keep the reference is done with the exception:
// frees it unless another reference may be left.
void DropCaught(object::Exception* exception);

// An Outcome is about to carry it.
void HoldForEmbedder(object::Exception* exception);
// The embedder is done with an Outcome's exception. On the thread that it came
// from, or when that has ended.
void ReleaseException(object::Exception* exception);
// Keeps it until the store ends, for any thread. Null is ignored.
void PinException(object::Exception* exception);

// Called before a reference goes where other threads can find it. Null is
// ignored.
void ShareException(object::Exception* exception);

// The personality routine of generated code: stops at every landing pad.
int GuestPersonality(int version, int actions, uint64_t exception_class,
                     void* unwind_exception, void* unwind_context);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_EXCEPTION_H_
