// LLVM's debug information for one partition: gives instructions the places in
// the source that the SourceMap knows, so that the object gets a line table
// and gdb and perf show functions, inlined calls included, by file and line.
// It does not change the code that is generated.
//
//   SourceLocations sources(map, module, llvm_module);
//   sources.StartFunction(index, *function);
//   builder.SetCurrentDebugLocation(sources.At(instruction.offset));
//   …
//   sources.Finish();
//
// Belongs to one thread, as the LLVMContext does.

#ifndef SLIPWAY_RUNTIME_COMPILER_SOURCE_LOCATIONS_H_
#define SLIPWAY_RUNTIME_COMPILER_SOURCE_LOCATIONS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DebugLoc.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Module.h"
#include "runtime/compiler/source_map.h"
#include "runtime/wasm/module.h"

namespace slipway::compiler {

class SourceLocations {
 public:
  SourceLocations(const SourceMap& map, const wasm::Module& wasm,
                  llvm::Module& module);

  // The function whose code follows. Where its source is not known, its
  // instructions have no locations.
  void StartFunction(uint32_t index, llvm::Function& function);

  // Of the instruction at `offset` in the module's file.
  llvm::DebugLoc At(size_t offset);
  // Of code that serves several instructions.
  llvm::DebugLoc OfNoLine();

  // Before the module is verified; no function may be started afterwards.
  void Finish();

 private:
  // What a DILocation needs besides line and column.
  struct Place {
    llvm::DISubprogram* function = nullptr;
    llvm::DILocation* call = nullptr;  // when inlined
  };

  // A compile unit of the source, and the files that its functions are in.
  struct CompileUnit {
    std::unique_ptr<llvm::DIBuilder> builder;
    llvm::DIFile* file = nullptr;
  };

  CompileUnit& UnitOf(uint32_t unit);
  llvm::DIFile* FileOf(uint32_t file, uint32_t unit);
  // The function as it is seen from another file, which #include brought.
  llvm::DIScope* In(llvm::DISubprogram* function, uint32_t file);
  llvm::DISubprogram* NewFunction(const SourceMap::Function& function);
  llvm::DISubprogram* InlinedFunction(uint32_t function);
  // Of a scope that is the current function's.
  Place PlaceOf(uint32_t scope);
  uint32_t RootOf(uint32_t scope) const;

  const SourceMap& map_;
  const wasm::Module& wasm_;
  llvm::Module& module_;
  std::map<uint32_t, CompileUnit> units_;
  std::map<uint32_t, llvm::DIFile*> files_;
  std::map<uint32_t, llvm::DISubprogram*> inlined_functions_;

  // Of the current function.
  llvm::DISubprogram* function_ = nullptr;
  uint32_t root_ = SourceMap::kNone;  // its scope
  std::map<uint32_t, Place> places_;  // by scope
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_SOURCE_LOCATIONS_H_
