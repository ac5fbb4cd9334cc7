// Makes libFuzzer change inputs with ModuleMutator. Include it in the one
// source file of a fuzzer: it defines libFuzzer's hooks.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_LIBFUZZER_MUTATOR_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_LIBFUZZER_MUTATOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/wasm/testing/module_mutator.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace slipway::wasm {

inline void MutateWithLibFuzzer(std::string& bytes) {
  constexpr size_t kGrowth = 64;
  const size_t size = bytes.size();
  bytes.resize(size + kGrowth);
  auto* const data = reinterpret_cast<uint8_t*>(bytes.data());
  bytes.resize(LLVMFuzzerMutate(data, size, bytes.size()));
}

inline std::string_view AsText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// What does not fit is not taken: half a module is none.
inline size_t StoreModule(const std::string& module, uint8_t* data, size_t size,
                          size_t max_size) {
  if (module.size() > max_size) return size;
  std::copy(module.begin(), module.end(), data);
  return module.size();
}

}  // namespace slipway::wasm

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned seed) {
  using namespace slipway::wasm;
  ModuleMutator mutator(seed, MutateWithLibFuzzer);
  return StoreModule(mutator.Mutate(AsText(data, size)), data, size, max_size);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1,
                                            const uint8_t* data2, size_t size2,
                                            uint8_t* out, size_t max_out_size,
                                            unsigned seed) {
  using namespace slipway::wasm;
  ModuleMutator mutator(seed, MutateWithLibFuzzer);
  return StoreModule(
      mutator.CrossOver(AsText(data1, size1), AsText(data2, size2)), out, 0,
      max_out_size);
}

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_LIBFUZZER_MUTATOR_H_
