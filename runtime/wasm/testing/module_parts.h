// Takes a module apart at its size fields and puts it together again with the
// sizes right, so that a test can change the inside of a section or body and
// still be read as far as there. What is inside is not looked at.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_MODULE_PARTS_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_MODULE_PARTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::wasm {

struct SectionParts {
  static constexpr uint8_t kCustom = 0;
  static constexpr uint8_t kCode = 10;

  uint8_t id = kCustom;
  std::string contents;
};

// Nothing when the header or a size is wrong.
std::optional<std::vector<SectionParts>> SplitModule(std::string_view module);
std::string JoinModule(const std::vector<SectionParts>& sections);

// The code section's contents to function bodies and back.
std::optional<std::vector<std::string>> SplitBodies(std::string_view contents);
std::string JoinBodies(const std::vector<std::string>& bodies);

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_MODULE_PARTS_H_
