// Calls through a table by another type than the function has, as C programs
// make them (a handler without parameters, a thread function that returns
// nothing, `(void (*)(void *))pthread_mutex_unlock`). On x86-64 the caller
// fills registers and the callee reads the ones it wants; here the k-th integer
// parameter is the caller's k-th integer argument, zero-extended or cut as
// registers are, and floating point and vectors likewise. What the caller does
// not pass, or the callee does not return, is 0.
//
// Thread safety: pure functions.

#ifndef SLIPWAY_RUNTIME_ENGINE_ADAPTED_CALL_H_
#define SLIPWAY_RUNTIME_ENGINE_ADAPTED_CALL_H_

#include <span>
#include <vector>

#include "runtime/object/object_format.h"
#include "runtime/wasm/types.h"

namespace slipway::engine {

// More parameters are not adapted: the values live on the stack.
inline constexpr size_t kMaxAdapted = 32;

// Whether a function of type `callee` can be called as a `caller`: neither has
// references, more than one result, or more than kMaxAdapted parameters.
bool CanAdapt(const wasm::FuncType& caller, const wasm::FuncType& callee);

// The callee's parameters, given the caller's. Preconditions: CanAdapt, and one
// value for each parameter.
void AdaptParameters(const wasm::FuncType& caller,
                     std::span<const object::Value> arguments,
                     const wasm::FuncType& callee,
                     std::span<object::Value> parameters);

// The caller's result, given the callee's: all zeros when it expects one of
// another class, or has none to expect. Precondition: CanAdapt.
object::Value AdaptResult(const wasm::FuncType& caller,
                          const wasm::FuncType& callee,
                          const object::Value& result);

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_ADAPTED_CALL_H_
