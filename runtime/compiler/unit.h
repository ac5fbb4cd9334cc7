// One partition of a module under compilation: its LLVM module, and what all
// emitters share (types, declarations, alias metadata, access to the context
// and the runtime). Belongs to one thread, as its LLVMContext does.

#ifndef SLIPWAY_RUNTIME_COMPILER_UNIT_H_
#define SLIPWAY_RUNTIME_COMPILER_UNIT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include "runtime/compiler/calling_convention.h"
#include "runtime/compiler/module_info.h"
#include "runtime/compiler/source_locations.h"

namespace slipway::compiler {

// What a load or store touches. Different kinds never overlap, and LLVM is
// told so (TBAA): a guest store cannot change the context, a global or a
// table.
enum class MemoryKind { kGuest, kContext, kGlobal, kOverflow, kTable, kCount };

class Unit {
 public:
  Unit(const ModuleInfo& info, const llvm::TargetMachine& machine,
       const std::string& name);

  const ModuleInfo& info() const { return info_; }
  const wasm::Module& wasm() const { return info_.module; }
  llvm::LLVMContext& context() { return context_; }
  llvm::Module& module() { return module_; }
  llvm::IRBuilder<>& builder() { return builder_; }

  // --- Where the code that follows comes from in the source, if that is known:
  // the function with this index, its instruction at this offset in the file,
  // or several of its instructions.
  void StartSources(uint32_t function);
  void SetSourceOf(size_t offset);
  void SetSharedSource();
  // After the last function.
  void FinishSources();

  // Lowered once per type.
  const LoweredSignature& signature(uint32_t type_index);
  // A defined function of the module, declared on first use.
  llvm::Function* GetFunction(uint32_t function);
  llvm::Function* GetPersonality();
  // A hidden function of the object with the attributes all code has.
  llvm::Function* CreateFunction(llvm::FunctionType* type,
                                 const std::string& symbol);
  // Where the engine puts its RuntimeTable*.
  llvm::GlobalVariable* GetRuntimeVariable();

  // Marks an access; returns it.
  template <typename Instruction>
  Instruction* Tag(Instruction* access, MemoryKind kind) {
    access->setMetadata(llvm::LLVMContext::MD_tbaa,
                        alias_tags_[static_cast<size_t>(kind)]);
    return access;
  }

  // Loads at the builder's position. `pointer` + `offset` bytes.
  llvm::Value* Offset(llvm::Value* pointer, uint64_t offset);
  llvm::LoadInst* Load(llvm::Type* type, llvm::Value* pointer, uint64_t offset,
                       MemoryKind kind);
  // The same, of memory that never changes while the function may run.
  llvm::LoadInst* LoadInvariant(llvm::Type* type, llvm::Value* pointer,
                                uint64_t offset, MemoryKind kind);
  llvm::StoreInst* Store(llvm::Value* value, llvm::Value* pointer,
                         uint64_t offset, MemoryKind kind);
  // A pointer to element `index` of the thread's overflow area, given the
  // InstanceContext (or HostFunction) of the function.
  llvm::Value* OverflowSlot(llvm::Value* instance_context, uint32_t index);

  // Whether the CPU multiplies and adds in one step.
  bool has_fma() const { return has_fma_; }
  llvm::MDNode* unlikely() { return unlikely_; }
  llvm::Type* ptr() { return builder_.getPtrTy(); }

 private:
  void CreateAliasTags();

  const ModuleInfo& info_;
  llvm::LLVMContext context_;
  llvm::Module module_;
  llvm::IRBuilder<> builder_;
  std::string cpu_, features_;
  const bool has_fma_;
  llvm::MDNode* unlikely_;
  llvm::MDNode* alias_tags_[static_cast<size_t>(MemoryKind::kCount)];
  std::vector<std::unique_ptr<LoweredSignature>> signatures_;
  std::map<uint32_t, llvm::Function*> functions_;
  std::unique_ptr<SourceLocations> sources_;
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_UNIT_H_
