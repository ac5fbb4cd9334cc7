#include "runtime/engine/code_object.h"

#include <dlfcn.h>

#include <map>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/engine/address_registry.h"
#include "runtime/engine/runtime_functions.h"
#include "runtime/engine/type_registry.h"
#include "runtime/object/type_hash.h"
#include "runtime/wasm/decoder.h"

namespace slipway::engine {
namespace {

using object::HeaderOffset;
using object::ObjectHeader;

absl::Status BadObject(const std::string& path, absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": not a usable object file: ", problem));
}

// The part of the address space that an object file is mapped to.
struct Mapping {
  uintptr_t begin = 0;
  uintptr_t end = 0;

  static Mapping Of(const void* address) {
    dl_find_object found;
    if (_dl_find_object(const_cast<void*>(address), &found) != 0) return {};
    return {reinterpret_cast<uintptr_t>(found.dlfo_map_start),
            reinterpret_cast<uintptr_t>(found.dlfo_map_end)};
  }
  bool Contains(const void* at, uint64_t size) const {
    const auto address = reinterpret_cast<uintptr_t>(at);
    return address >= begin && address <= end && size <= end - address;
  }
};

std::mutex load_mutex;  // guards the map in Load

}  // namespace

const void* CodeObject::At(HeaderOffset offset) const {
  return reinterpret_cast<const uint8_t*>(header_) + offset;
}

const void* CodeObject::function(uint32_t defined_index) const {
  return At(
      static_cast<const HeaderOffset*>(At(header_->functions))[defined_index]);
}

absl::StatusOr<const CodeObject*> CodeObject::Load(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return BadObject(path, dlerror());
  const void* header = dlsym(handle, "slipway_object");
  if (header == nullptr) return BadObject(path, "no slipway_object symbol");

  std::lock_guard lock(load_mutex);
  static auto& loaded = *new std::map<const void*, const CodeObject*>();
  if (const auto at = loaded.find(header); at != loaded.end()) {
    return at->second;
  }
  std::unique_ptr<CodeObject> object(new CodeObject);
  object->header_ = static_cast<const ObjectHeader*>(header);
  if (absl::Status status = object->Init(path, handle); !status.ok()) {
    return status;
  }
  const CodeObject* result = object.release();
  loaded.emplace(header, result);
  return result;
}

// Every array that the header mentions lies inside the file's mapping.
absl::Status CodeObject::CheckHeader(const std::string& path) const {
  const Mapping mapping = Mapping::Of(header_);
  if (!mapping.Contains(header_, sizeof(ObjectHeader))) {
    return BadObject(path, "its header is not mapped");
  }
  if (header_->magic != object::kObjectMagic) {
    return BadObject(path, "bad magic number");
  }
  if (header_->version != object::kObjectVersion) {
    return BadObject(path, absl::StrCat("version ", header_->version,
                                        ", expected ", object::kObjectVersion));
  }
  const uint64_t pointer = sizeof(HeaderOffset);
  if (!mapping.Contains(At(header_->module_bytes), header_->module_size) ||
      !mapping.Contains(At(header_->functions),
                        header_->function_count * pointer) ||
      !mapping.Contains(At(header_->entry_thunks),
                        header_->type_count * pointer) ||
      !mapping.Contains(At(header_->host_thunks),
                        header_->type_count * pointer) ||
      header_->text_begin > header_->text_end ||
      !mapping.Contains(At(header_->text_begin),
                        static_cast<uint64_t>(int64_t{header_->text_end} -
                                              header_->text_begin))) {
    return BadObject(path, "an offset in its header leaves the file");
  }
  for (uint32_t i = 0; i < header_->function_count; ++i) {
    if (!mapping.Contains(function(i), 1)) {
      return BadObject(path, "a function's offset leaves the file");
    }
  }
  return absl::OkStatus();
}

absl::Status CodeObject::Init(const std::string& path, void* handle) {
  if (absl::Status status = CheckHeader(path); !status.ok()) return status;
  auto* runtime = static_cast<const object::RuntimeTable**>(
      dlsym(handle, "slipway_runtime"));
  if (runtime == nullptr) return BadObject(path, "no slipway_runtime symbol");

  const wasm::Bytes bytes(
      static_cast<const uint8_t*>(At(header_->module_bytes)),
      header_->module_size);
  auto module = wasm::DecodeModule(bytes, {.code_omitted = true});
  if (!module.ok()) return BadObject(path, module.status().message());
  module_ = std::make_unique<const wasm::Module>(*std::move(module));
  if (module_->types.size() != header_->type_count ||
      module_->functions.size() - module_->imported_functions !=
          header_->function_count) {
    return BadObject(path, "its header disagrees with its module");
  }
  if (absl::Status status = RegisterTypes(); !status.ok()) return status;
  *runtime = &kRuntimeTable;
  if (!RegisterText(reinterpret_cast<uintptr_t>(At(header_->text_begin)),
                    reinterpret_cast<uintptr_t>(At(header_->text_end)), this)) {
    return absl::ResourceExhaustedError("too many object files are loaded");
  }
  return absl::OkStatus();
}

absl::Status CodeObject::RegisterTypes() {
  const auto* entry_thunks =
      static_cast<const HeaderOffset*>(At(header_->entry_thunks));
  const auto* host_thunks =
      static_cast<const HeaderOffset*>(At(header_->host_thunks));
  auto thunk = [this](HeaderOffset offset) -> const void* {
    return offset == 0 ? nullptr : At(offset);
  };
  for (uint32_t i = 0; i < header_->type_count; ++i) {
    const uint32_t hash = object::TypeHash(*module_, i);
    hashes_.push_back(hash);
    absl::Status status = RegisterType(
        hash, object::CanonicalType(*module_, i), module_->types[i],
        reinterpret_cast<object::EntryThunk>(
            const_cast<void*>(thunk(entry_thunks[i]))),
        thunk(host_thunks[i]));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Looks at all functions: that is rare, and an index of their addresses would
// have to be made at every start.
std::optional<uint32_t> CodeObject::FunctionAt(uintptr_t pc) const {
  std::optional<uint32_t> nearest;
  uintptr_t begin = 0;
  for (uint32_t i = 0; i < header_->function_count; ++i) {
    const auto at = reinterpret_cast<uintptr_t>(function(i));
    if (at > pc || (nearest && at < begin)) continue;
    nearest = module_->imported_functions + i;
    begin = at;
  }
  return nearest;
}

}  // namespace slipway::engine
