// Large valid modules to decode.

#ifndef SLIPWAY_TESTS_BENCH_DECODE_WORKLOAD_H_
#define SLIPWAY_TESTS_BENCH_DECODE_WORKLOAD_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/wasm/module.h"

namespace slipway::bench {

// A module of at least `size` bytes whose functions look like compiled C: a mix
// of locals, constants, arithmetic, memory accesses, calls and nested control.
// The same at every call.
std::string GenerateModule(size_t size);

// The module with its functions repeated until it has at least `size` bytes,
// and without custom sections: real code, however small the program. An error
// when the module does not decode.
absl::StatusOr<std::string> RepeatFunctions(wasm::Bytes module, size_t size);

}  // namespace slipway::bench

#endif  // SLIPWAY_TESTS_BENCH_DECODE_WORKLOAD_H_
