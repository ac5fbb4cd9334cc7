// Small valid modules that between them use every section and every family of
// operators: what the robustness tests mutilate, and the fuzzer's seeds.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_SAMPLE_MODULES_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_SAMPLE_MODULES_H_

#include <string>
#include <vector>

namespace slipway::wasm {

struct SampleModule {
  std::string name;
  std::string bytes;
};

std::vector<SampleModule> SampleModules();

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_SAMPLE_MODULES_H_
