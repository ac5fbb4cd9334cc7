// A loaded object file (runtime/object/object_format.h): generated code, and
// the module it was generated from without its code section. Loading checks
// what can be checked cheaply; the file itself must come from a trusted
// compiler (the cache verifies its digest).
//
// Immutable after Load; thread-safe. Never unloaded: FuncRefs, thunks and
// unwind tables may be referenced to the end of the process.

#ifndef SLIPWAY_RUNTIME_ENGINE_CODE_OBJECT_H_
#define SLIPWAY_RUNTIME_ENGINE_CODE_OBJECT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/module.h"

namespace slipway::engine {

class CodeObject {
 public:
  // dlopens `path`. Errors carry the path and what is wrong with the file:
  // kInvalidArgument (not an object of this version, offsets outside the
  // mapping, undecodable module), kFailedPrecondition (type hash collision).
  static absl::StatusOr<const CodeObject*> Load(const std::string& path);

  const wasm::Module& module() const { return *module_; }
  const object::ObjectHeader& header() const { return *header_; }

  // Code of a defined function. Precondition: index < header().function_count.
  const void* function(uint32_t defined_index) const;
  // Type hash by type index.
  uint32_t type_hash(uint32_t type_index) const { return hashes_[type_index]; }

  // The function (in the module's index space) whose code contains `pc`.
  std::optional<uint32_t> FunctionAt(uintptr_t pc) const;
  // Where its code begins. Precondition: FunctionAt returned it.
  uintptr_t FunctionBegin(uint32_t function_index) const {
    return reinterpret_cast<uintptr_t>(
        function(function_index - module_->imported_functions));
  }

 private:
  CodeObject() = default;
  absl::Status CheckHeader(const std::string& path) const;
  absl::Status Init(const std::string& path, void* handle);
  absl::Status RegisterTypes();
  const void* At(object::HeaderOffset offset) const;

  const object::ObjectHeader* header_ = nullptr;
  std::unique_ptr<const wasm::Module> module_;
  std::vector<uint32_t> hashes_;
};

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_CODE_OBJECT_H_
