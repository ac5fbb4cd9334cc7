// Frees exceptions that were caught by reference and that nothing refers to any
// more: marks from the roots, then sweeps the thread's arena.
//
// The roots of a thread are what its guest code can reach alone: its stack and
// registers, the overflow array, its globals. Generated code does not say where
// in a frame references are, so the stack is scanned conservatively: a word
// that equals an exception's address keeps it alive. Nothing that other threads
// may refer to is freed; but when the store has no other thread, that is
// collected as well, with the tables for further roots, and so is what ended
// threads left behind.

#ifndef SLIPWAY_RUNTIME_ENGINE_EXCEPTION_COLLECTOR_H_
#define SLIPWAY_RUNTIME_ENGINE_EXCEPTION_COLLECTOR_H_

#include "runtime/engine/thread.h"

namespace slipway::engine {

// For the calling thread, whose thread it is. Does nothing on the signal stack:
// how far the interrupted stack reaches is not known there, and the next throw
// outside the handler makes up for it. Takes the store's lock.
void CollectExceptions(Thread& thread);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_EXCEPTION_COLLECTOR_H_
