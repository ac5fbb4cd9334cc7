#include "runtime/compiler/unit.h"

#include "llvm/IR/Attributes.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "runtime/object/object_format.h"

namespace slipway::compiler {

using object::InstanceContext;

Unit::Unit(const ModuleInfo& info, const llvm::TargetMachine& machine,
           const std::string& name)
    : info_(info),
      module_(name, context_),
      builder_(context_),
      cpu_(machine.getTargetCPU().str()),
      features_(machine.getTargetFeatureString().str()),
      has_fma_(machine.getMCSubtargetInfo()->checkFeatures("+fma")),
      signatures_(info.module.types.size()) {
  module_.setTargetTriple(machine.getTargetTriple());
  module_.setDataLayout(machine.createDataLayout());
  module_.setPICLevel(llvm::PICLevel::BigPIC);
  // Calls of memcpy and the like go through the GOT, without a PLT stub.
  module_.setRtLibUseGOT();
  unlikely_ = llvm::MDBuilder(context_).createUnlikelyBranchWeights();
  CreateAliasTags();
  if (info.sources != nullptr) {
    sources_ =
        std::make_unique<SourceLocations>(*info.sources, wasm(), module_);
  }
}

void Unit::StartSources(uint32_t function) {
  if (sources_ == nullptr) return;
  sources_->StartFunction(function, *GetFunction(function));
  SetSharedSource();
}

void Unit::SetSourceOf(size_t offset) {
  if (sources_ == nullptr) return;
  builder_.SetCurrentDebugLocation(sources_->At(offset));
}

void Unit::SetSharedSource() {
  if (sources_ == nullptr) return;
  builder_.SetCurrentDebugLocation(sources_->OfNoLine());
}

void Unit::FinishSources() {
  if (sources_ != nullptr) sources_->Finish();
}

void Unit::CreateAliasTags() {
  llvm::MDBuilder metadata(context_);
  llvm::MDNode* const root = metadata.createTBAARoot("slipway");
  static constexpr const char* kNames[] = {"guest", "context", "global",
                                           "overflow", "table"};
  for (size_t i = 0; i < static_cast<size_t>(MemoryKind::kCount); ++i) {
    llvm::MDNode* const type =
        metadata.createTBAAScalarTypeNode(kNames[i], root);
    alias_tags_[i] = metadata.createTBAAStructTagNode(type, type, 0);
  }
}

const LoweredSignature& Unit::signature(uint32_t type_index) {
  std::unique_ptr<LoweredSignature>& entry = signatures_[type_index];
  if (entry == nullptr) {
    entry =
        std::make_unique<LoweredSignature>(context_, wasm().types[type_index]);
  }
  return *entry;
}

llvm::Function* Unit::CreateFunction(llvm::FunctionType* type,
                                     const std::string& symbol) {
  llvm::Function* const function = llvm::Function::Create(
      type, llvm::GlobalValue::ExternalLinkage, symbol, module_);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  // Unwinding and profiling need to know the frame at every instruction.
  function->setUWTableKind(llvm::UWTableKind::Async);
  // A frame larger than the guard page must not jump over it.
  function->addFnAttr("probe-stack", "inline-asm");
  // Null references are found by the fault that using them is.
  function->addFnAttr(llvm::Attribute::NullPointerIsValid);
  function->addFnAttr("target-cpu", cpu_);
  if (!features_.empty()) function->addFnAttr("target-features", features_);
  return function;
}

llvm::Function* Unit::GetFunction(uint32_t function) {
  llvm::Function*& entry = functions_[function];
  if (entry == nullptr) {
    const uint32_t type_index = wasm().functions[function];
    entry = CreateFunction(signature(type_index).type, info_.Symbol(function));
    entry->addParamAttr(0, llvm::Attribute::NonNull);
    entry->addParamAttr(0, llvm::Attribute::NoUndef);
    entry->addParamAttr(
        0, llvm::Attribute::getWithAlignment(context_, llvm::Align(16)));
    // What is behind depends on the number of functions, which must not change
    // all code (unit_store.h).
    entry->addParamAttr(0, llvm::Attribute::getWithDereferenceableBytes(
                               context_, info_.layout.functions));
  }
  return entry;
}

llvm::Function* Unit::GetPersonality() {
  if (llvm::Function* const known = module_.getFunction(kPersonalitySymbol)) {
    return known;
  }
  llvm::Type* const i32 = builder_.getInt32Ty();
  return CreateFunction(
      llvm::FunctionType::get(
          i32, {i32, i32, builder_.getInt64Ty(), ptr(), ptr()}, false),
      kPersonalitySymbol);
}

llvm::GlobalVariable* Unit::GetRuntimeVariable() {
  if (llvm::GlobalVariable* const known =
          module_.getNamedGlobal(kRuntimeSymbol)) {
    return known;
  }
  auto* const variable = new llvm::GlobalVariable(
      module_, ptr(), /*isConstant=*/false, llvm::GlobalValue::ExternalLinkage,
      /*Initializer=*/nullptr, kRuntimeSymbol);
  // Exported, and yet known to be this object's own.
  variable->setVisibility(llvm::GlobalValue::ProtectedVisibility);
  variable->setDSOLocal(true);
  return variable;
}

llvm::Value* Unit::Offset(llvm::Value* pointer, uint64_t offset) {
  if (offset == 0) return pointer;
  return builder_.CreateConstInBoundsGEP1_64(builder_.getInt8Ty(), pointer,
                                             offset);
}

llvm::LoadInst* Unit::Load(llvm::Type* type, llvm::Value* pointer,
                           uint64_t offset, MemoryKind kind) {
  return Tag(builder_.CreateLoad(type, Offset(pointer, offset)), kind);
}

llvm::LoadInst* Unit::LoadInvariant(llvm::Type* type, llvm::Value* pointer,
                                    uint64_t offset, MemoryKind kind) {
  llvm::LoadInst* const load = Load(type, pointer, offset, kind);
  load->setMetadata(llvm::LLVMContext::MD_invariant_load,
                    llvm::MDNode::get(context_, {}));
  return load;
}

llvm::StoreInst* Unit::Store(llvm::Value* value, llvm::Value* pointer,
                             uint64_t offset, MemoryKind kind) {
  return Tag(builder_.CreateStore(value, Offset(pointer, offset)), kind);
}

llvm::Value* Unit::OverflowSlot(llvm::Value* instance_context, uint32_t index) {
  llvm::Value* const thread =
      Load(ptr(), instance_context, offsetof(InstanceContext, thread),
           MemoryKind::kContext);
  return Offset(thread, offsetof(object::ThreadState, overflow) +
                            uint64_t{index} * sizeof(object::Value));
}

}  // namespace slipway::compiler
