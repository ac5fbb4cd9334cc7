// Changes modules at random for fuzzing, in ways that get past the decoder:
// sizes stay right, so that what is wrong is inside a section, a body or an
// instruction; and half the changes keep a valid module valid.
//
//   ModuleMutator mutator(seed, [](std::string& bytes) { … });
//   std::string other = mutator.Mutate(module);
//
// The same seed makes the same change.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_MODULE_MUTATOR_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_MODULE_MUTATOR_H_

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/wasm/module.h"
#include "runtime/wasm/testing/module_parts.h"

namespace slipway::wasm {

class ModuleMutator {
 public:
  // Changes bytes without knowing what they are.
  using ByteMutator = std::function<void(std::string& bytes)>;

  ModuleMutator(uint64_t seed, ByteMutator mutate_bytes)
      : random_(static_cast<std::minstd_rand::result_type>(seed)),
        mutate_bytes_(std::move(mutate_bytes)) {}

  // Any change. Bytes that are no module at all are changed as bytes.
  std::string Mutate(std::string_view module);

  // `module` with a section or body of `other` in the place of its own.
  std::string CrossOver(std::string_view module, std::string_view other);

  // Adds an operator with operands, perhaps in a block of its own, at a random
  // place of a random body. A valid module stays valid; the module is returned
  // as it is when there is no place.
  std::string InsertOperator(std::string_view module);

 private:
  uint32_t Below(uint32_t bound) { return random_() % bound; }
  bool OneIn(uint32_t n) { return Below(n) == 0; }

  std::string MutateSection(std::vector<SectionParts> sections);
  std::string MutateBody(std::vector<SectionParts> sections);
  std::string MoveSection(std::vector<SectionParts> sections);
  std::string AddCustomSection(std::vector<SectionParts> sections);
  std::string EditInstructions(std::string_view module);
  void EditBody(std::string& body, const std::vector<size_t>& boundaries);
  // The index of a random body, with `sections` taken apart; or false.
  bool PickBody(const std::vector<SectionParts>& sections, size_t& section,
                std::vector<std::string>& bodies, size_t& body);

  std::minstd_rand random_;
  ByteMutator mutate_bytes_;
};

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_MODULE_MUTATOR_H_
