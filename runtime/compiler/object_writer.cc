#include "runtime/compiler/object_writer.h"

#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/Support/SHA256.h"
#include "runtime/compiler/thunks.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/decoder.h"

namespace slipway::compiler {
namespace {

using object::HeaderOffset;
using object::ObjectHeader;

// Builds slipway_object: the header, and behind it all arrays it points to, in
// one constant. Offsets of the arrays are thereby known here, and offsets of
// functions are differences that the linker computes.
class ObjectConstant {
 public:
  explicit ObjectConstant(Unit& unit)
      : unit_(unit),
        placeholder_(new llvm::GlobalVariable(
            unit.module(), unit.builder().getInt8Ty(), /*isConstant=*/true,
            llvm::GlobalValue::ExternalLinkage, nullptr, "object")) {
    placeholder_->setDSOLocal(true);
  }

  void Emit();

 private:
  llvm::Constant* Int32(uint64_t value) {
    return unit_.builder().getInt32(static_cast<uint32_t>(value));
  }
  // target - slipway_object, or 0 for null.
  llvm::Constant* OffsetOf(llvm::Constant* target);
  llvm::Constant* OffsetOfBoundary(const std::string& symbol);
  // Appends an array behind the header; returns its offset.
  uint64_t Append(const std::vector<llvm::Constant*>& offsets);
  uint64_t Append(llvm::ArrayRef<uint8_t> bytes);

  std::vector<llvm::Constant*> Functions();
  std::vector<llvm::Constant*> EntryThunks();
  std::vector<llvm::Constant*> HostThunks();

  Unit& unit_;
  llvm::GlobalVariable* const placeholder_;
  std::vector<llvm::Constant*> arrays_;
  uint64_t size_ = sizeof(ObjectHeader);
};

llvm::Constant* ObjectConstant::OffsetOf(llvm::Constant* target) {
  if (target == nullptr) return Int32(0);
  llvm::Type* const i64 = unit_.builder().getInt64Ty();
  return llvm::ConstantExpr::getTrunc(
      llvm::ConstantExpr::getSub(
          llvm::ConstantExpr::getPtrToInt(target, i64),
          llvm::ConstantExpr::getPtrToInt(placeholder_, i64)),
      unit_.builder().getInt32Ty());
}

llvm::Constant* ObjectConstant::OffsetOfBoundary(const std::string& symbol) {
  auto* const boundary = new llvm::GlobalVariable(
      unit_.module(), unit_.builder().getInt8Ty(), /*isConstant=*/true,
      llvm::GlobalValue::ExternalLinkage, nullptr, symbol);
  boundary->setVisibility(llvm::GlobalValue::HiddenVisibility);
  boundary->setDSOLocal(true);
  return OffsetOf(boundary);
}

uint64_t ObjectConstant::Append(const std::vector<llvm::Constant*>& offsets) {
  const uint64_t start = size_;
  arrays_.push_back(llvm::ConstantArray::get(
      llvm::ArrayType::get(unit_.builder().getInt32Ty(), offsets.size()),
      offsets));
  size_ += offsets.size() * sizeof(HeaderOffset);
  return start;
}

uint64_t ObjectConstant::Append(llvm::ArrayRef<uint8_t> bytes) {
  const uint64_t start = size_;
  arrays_.push_back(llvm::ConstantDataArray::get(unit_.context(), bytes));
  size_ += bytes.size();
  return start;
}

std::vector<llvm::Constant*> ObjectConstant::Functions() {
  std::vector<llvm::Constant*> offsets;
  const wasm::Module& module = unit_.wasm();
  for (uint32_t i = module.imported_functions; i < module.functions.size();
       ++i) {
    offsets.push_back(OffsetOf(unit_.GetFunction(i)));
  }
  return offsets;
}

std::vector<llvm::Constant*> ObjectConstant::EntryThunks() {
  std::vector<llvm::Constant*> offsets;
  for (uint32_t i = 0; i < unit_.wasm().types.size(); ++i) {
    offsets.push_back(OffsetOf(EmitEntryThunk(unit_, i)));
  }
  return offsets;
}

std::vector<llvm::Constant*> ObjectConstant::HostThunks() {
  const wasm::Module& module = unit_.wasm();
  std::vector<llvm::Constant*> thunks(module.types.size());
  for (uint32_t i = 0; i < module.imported_functions; ++i) {
    const uint32_t type = module.functions[i];
    if (thunks[type] != nullptr || module.types[type].results.size() > 1) {
      continue;
    }
    thunks[type] = EmitHostThunk(unit_, type);
  }
  for (llvm::Constant*& thunk : thunks) thunk = OffsetOf(thunk);
  return thunks;
}

void ObjectConstant::Emit() {
  const wasm::Module& module = unit_.wasm();
  const uint64_t functions = Append(Functions());
  const uint64_t entry_thunks = Append(EntryThunks());
  const uint64_t host_thunks = Append(HostThunks());
  const std::string stripped = wasm::StripCode(module.bytes);
  const uint64_t module_bytes = Append(llvm::ArrayRef<uint8_t>(
      reinterpret_cast<const uint8_t*>(stripped.data()), stripped.size()));
  const std::array<uint8_t, 32> digest = llvm::SHA256::hash(
      llvm::ArrayRef<uint8_t>(module.bytes.data(), module.bytes.size()));

  // The fields of ObjectHeader, in order.
  std::vector<llvm::Constant*> fields = {
      Int32(object::kObjectMagic),
      Int32(object::kObjectVersion),
      Int32(module_bytes),
      Int32(0),
      unit_.builder().getInt64(stripped.size()),
      Int32(functions),
      Int32(module.functions.size() - module.imported_functions),
      Int32(entry_thunks),
      Int32(host_thunks),
      Int32(module.types.size()),
      Int32(0),
      OffsetOfBoundary(std::string("__start_") + kTextSection),
      OffsetOfBoundary(std::string("__stop_") + kTextSection),
      llvm::ConstantDataArray::get(unit_.context(),
                                   llvm::ArrayRef<uint8_t>(digest)),
  };
  static_assert(offsetof(ObjectHeader, module_sha256) == 56 &&
                sizeof(ObjectHeader) == 88);
  fields.insert(fields.end(), arrays_.begin(), arrays_.end());
  llvm::Constant* const contents =
      llvm::ConstantStruct::getAnon(unit_.context(), fields, /*Packed=*/true);
  auto* const object = new llvm::GlobalVariable(
      unit_.module(), contents->getType(), /*isConstant=*/true,
      llvm::GlobalValue::ExternalLinkage, contents, kObjectSymbol);
  object->setVisibility(llvm::GlobalValue::ProtectedVisibility);
  object->setDSOLocal(true);
  object->setAlignment(llvm::Align(16));
  placeholder_->replaceAllUsesWith(object);
  placeholder_->eraseFromParent();
}

}  // namespace

void EmitObject(Unit& unit) {
  EmitPersonality(unit);
  unit.GetRuntimeVariable()->setInitializer(
      llvm::ConstantPointerNull::get(unit.builder().getPtrTy()));
  ObjectConstant(unit).Emit();
}

}  // namespace slipway::compiler
