// The state of generating one function, and the operations that the opcode
// emitters (emit_*.cc) are made of: an operand stack, local variables, blocks,
// traps, calls and access to the context.
//
// The operand stack holds LLVM values and is in step with the FunctionReader's
// while code is reachable. In unreachable code nothing is emitted: there is no
// insertion point, and emitters are not called.

#ifndef SLIPWAY_RUNTIME_COMPILER_FUNCTION_EMITTER_H_
#define SLIPWAY_RUNTIME_COMPILER_FUNCTION_EMITTER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/ValueHandle.h"
#include "runtime/compiler/unit.h"
#include "runtime/object/object_format.h"
#include "runtime/wasm/instruction.h"
#include "runtime/wasm/module.h"

namespace slipway::compiler {

// A block that branches may end: its target, and the values they carry.
struct BranchTarget {
  llvm::BasicBlock* block = nullptr;
  std::vector<llvm::PHINode*> phis;
};

// What the clauses of a legacy try share: the exception that is handled.
struct Caught {
  llvm::Value* unwind_exception = nullptr;  // as the landing pad received it
  llvm::Value* exception = nullptr;
  llvm::Value* tag = nullptr;
  // Where the next clause is tried. Null when nothing can reach it: nothing
  // throws in the try, or it had its catch_all.
  llvm::BasicBlock* next = nullptr;
};

// An open block, loop, if, try, try_table or the function body.
struct Frame {
  wasm::Opcode op = wasm::Opcode::kBlock;  // kReturn for the body
  bool dead = false;  // entered unreachably: nothing in it is emitted
  size_t height = 0;  // of the operand stack below the block's parameters
  BranchTarget end;   // what follows the block
  BranchTarget loop;  // kLoop: its beginning
  llvm::BasicBlock* else_block = nullptr;  // kIf, until `else`
  std::vector<llvm::Value*> else_params;
  std::vector<wasm::CatchClause> catches;  // kTryTable
  std::optional<Caught> caught;            // kTry, from the first clause on

  BranchTarget& label() { return op == wasm::Opcode::kLoop ? loop : end; }
};

// Where exceptions thrown in an open try_table or try go.
struct Handler {
  size_t frame = 0;                         // its index in frames()
  llvm::BasicBlock* landing_pad = nullptr;  // created by the first invoke
  // Receives the unwinder's object, from the landing pad and from inner
  // handlers that did not match.
  llvm::BasicBlock* dispatch = nullptr;
  llvm::PHINode* unwind_exception = nullptr;
};

class FunctionEmitter {
 public:
  FunctionEmitter(Unit& unit, uint32_t function,
                  std::span<const wasm::ValueType> locals);

  Unit& unit() { return unit_; }
  const wasm::Module& wasm() const { return unit_.wasm(); }
  llvm::IRBuilder<>& builder() { return unit_.builder(); }
  llvm::Value* instance() { return instance_; }  // the InstanceContext*
  const LoweredSignature& signature() const { return signature_; }
  llvm::Function* function() { return function_; }

  // --- Operands. Pop returns the newest; PopMany in pushing order.
  void Push(llvm::Value* value) { stack_.push_back(value); }
  void PushAll(llvm::ArrayRef<llvm::Value*> values);
  llvm::Value* Pop();
  std::vector<llvm::Value*> PopMany(size_t count);
  llvm::Value* Peek() { return stack_.back(); }
  size_t height() const { return stack_.size(); }
  void Truncate(size_t height) { stack_.resize(height); }
  // Pops a v128 as a vector of another shape; pushes one back.
  llvm::Value* PopAs(llvm::Type* vector);
  void PushVector(llvm::Value* vector);

  // --- Conditions. An i1 to wasm's i32 and back, without a detour.
  void PushBool(llvm::Value* condition);
  llvm::Value* PopBool();

  // --- Locals.
  llvm::Value* GetLocal(uint32_t index);
  void SetLocal(uint32_t index, llvm::Value* value);

  // --- Blocks. Code goes to the current block; when it is terminated, code is
  // unreachable until the next Enter.
  bool reachable() const { return reachable_; }
  void SetUnreachable() { reachable_ = false; }
  llvm::BasicBlock* NewBlock(const char* name);  // not yet in the function
  // Continues in a block that only the current one jumps to.
  void Continue(llvm::BasicBlock* block);
  // Continues in a block with any predecessors.
  void Enter(llvm::BasicBlock* block);
  BranchTarget NewTarget(const char* name,
                         std::span<const wasm::ValueType> types);
  // Jumps, or adds the current block to the target's predecessors.
  void Jump(BranchTarget& target, llvm::ArrayRef<llvm::Value*> values);
  void AddIncoming(BranchTarget& target, llvm::ArrayRef<llvm::Value*> values);

  std::vector<Frame>& frames() { return frames_; }
  Frame& frame(uint32_t label) { return frames_[frames_.size() - 1 - label]; }
  std::vector<Handler>& handlers() { return handlers_; }

  // --- Traps.
  void Trap(object::TrapCode code);  // leaves code unreachable
  void TrapIf(llvm::Value* condition, object::TrapCode code);
  // For FunctionEmitter's bounds checks: the addresses known to be below the
  // reservation in this block.
  bool IsChecked(llvm::Value* address) { return checked_.contains(address); }
  void SetChecked(llvm::Value* address) { checked_.insert(address); }

  // --- The context: its fields by byte offset. They never change, but LLVM is
  // not told: it would keep them in registers across calls, for which it
  // spills others, where loading them again is as cheap as a spill's reload
  // (6% of the run time of a Lua benchmark). In loops without calls the alias
  // information suffices to hoist the loads.
  llvm::Value* LoadContext(llvm::Type* type, uint64_t offset);

  // --- Calls. `slot`: offsetof(RuntimeTable, …). The argument list follows
  // the function's declaration; results are `result`, or void. kToCaller:
  // whatever is thrown passes the handlers of this function by.
  enum class Unwind { kNever, kMay, kToCaller };
  llvm::Value* CallRuntime(uint64_t slot, llvm::Type* result,
                           llvm::ArrayRef<llvm::Value*> arguments,
                           Unwind unwind = Unwind::kNever);
  // Calls code of the wasm convention and returns all results.
  std::vector<llvm::Value*> CallWasm(const LoweredSignature& signature,
                                     llvm::Value* code, llvm::Value* context,
                                     llvm::ArrayRef<llvm::Value*> arguments);
  // The same as a jump; leaves code unreachable.
  void TailCallWasm(const LoweredSignature& signature, llvm::Value* code,
                    llvm::Value* context,
                    llvm::ArrayRef<llvm::Value*> arguments);
  // Returns with these results.
  void Return(llvm::ArrayRef<llvm::Value*> results);

  // For a body that turned out to be invalid: gives the function all blocks
  // that were made for code to come, so that they go when it goes.
  void Abandon();

 private:
  std::vector<llvm::Value*> LowerArguments(
      const LoweredSignature& signature, llvm::Value* context,
      llvm::ArrayRef<llvm::Value*> arguments);
  // A call, or an invoke inside a try_table when it may unwind.
  llvm::CallBase* EmitCall(llvm::FunctionType* type, llvm::Value* code,
                           llvm::ArrayRef<llvm::Value*> arguments,
                           Unwind unwind);
  llvm::BasicBlock* LandingPad();
  void CreateLocals(std::span<const wasm::ValueType> locals);

  Unit& unit_;
  const LoweredSignature& signature_;
  llvm::Function* const function_;
  llvm::Value* const instance_;
  bool reachable_ = true;

  std::vector<llvm::Value*> stack_;
  std::vector<llvm::AllocaInst*> locals_;
  // What a local is known to hold in the current block.
  std::map<uint32_t, llvm::Value*> known_locals_;
  std::set<llvm::Value*> checked_;
  std::vector<Frame> frames_;
  std::vector<Handler> handlers_;
  std::map<object::TrapCode, llvm::BasicBlock*> traps_;
  std::vector<llvm::WeakVH> new_blocks_;  // those of NewBlock
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_FUNCTION_EMITTER_H_
