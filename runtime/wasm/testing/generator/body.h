// One random function body. Statements leave nothing on the stack, expressions
// one value of a type; both nest. See generator.h for what is promised.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_BODY_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_BODY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/wasm/opcode.h"
#include "runtime/wasm/testing/code.h"
#include "runtime/wasm/testing/generator/choices.h"
#include "runtime/wasm/testing/generator/generator.h"
#include "runtime/wasm/testing/generator/plan.h"
#include "runtime/wasm/types.h"

namespace slipway::wasm {

struct Body {
  std::vector<ValueType> locals;  // without parameters
  Code code;
};

// The canonical NaN instead of the NaN on the stack (instead of every lane
// that is one, for the lanes of `kind` of a vector). `scratch` is a local of
// the value's type.
void AppendCanonicalise(ValueType::Kind kind, bool vector, uint32_t scratch,
                        Code& code);

class BodyGenerator {
 public:
  // `next_mark` numbers marks over all bodies. Bodies may add types to the
  // plan.
  BodyGenerator(Plan& plan, const GeneratorOptions& options, uint32_t function,
                Choices& choices, uint32_t& next_mark);

  Body Generate();

 private:
  using Types = std::vector<ValueType>;
  using enum Opcode;

  // The immediates of an operator from the table.
  struct Immediates {
    uint32_t index = 0;
    uint32_t index2 = 0;
    uint64_t offset = 0;
    uint32_t alignment = 0;
    uint8_t lane = 0;
  };
  // How a call finds its callee.
  struct Callee {
    uint32_t function = 0;
    uint32_t type = 0;
    std::optional<uint32_t> table = std::nullopt;  // call_indirect
    uint32_t element = 0;
    bool reference = false;  // call_ref
  };

  // body.cc: what everything else is made of.
  void AddLocals();
  void SpendFuel(int32_t amount);
  void Mark();
  void EnterBlock(Opcode op, const Types& params, const Types& results);
  void LeaveBlock();
  uint32_t DepthOf(size_t label) const {
    return static_cast<uint32_t>(labels_.size() - 1 - label);
  }
  std::vector<uint32_t> LocalsOfType(ValueType type) const;
  Types NullableTypes() const;  // of which there are globals
  void Zero(ValueType type);
  void Zeros(const Types& types);
  // Pops values into locals, or drops them.
  void Consume(const Types& types);
  bool exhausted() const { return budget_ <= 0 || depth_ > kMaxDepth; }

  // expressions.cc. Returns whether the bits of a floating-point value are the
  // same on every engine.
  bool Expression(ValueType type);
  void Expressions(const Types& types);
  bool Local(ValueType type);
  bool Global(ValueType type);
  void Select(ValueType type);
  bool IsNull();
  void Nested(ValueType type);
  void Reference(ValueType type);
  uint32_t AnyFunction(HeapType heap);
  void ComplexReference(ValueType type);
  void CaughtException();
  bool Operator(ValueType type);

  // operators.cc: operators whose row says all.
  bool RowOperator(Opcode op, const Immediates& immediates);
  bool ChooseImmediates(Opcode op, std::optional<ValueType> wanted,
                        Immediates& immediates);
  bool ChooseTables(Opcode op, std::optional<ValueType> wanted,
                    Immediates& immediates);
  void ChooseAccess(Opcode op, Immediates& immediates);
  bool Operand(Opcode op, uint32_t position, const Immediates& immediates);
  bool NumberOperand(Opcode op, uint32_t position, ValueType type);
  void IndexOperand(Opcode op, uint32_t position, const Immediates& immediates);
  void AccessAddress(Opcode op, const Immediates& immediates);
  void Bounded(bool is64, uint64_t bound, uint64_t edge);
  void RelaxedOperand(Opcode op, uint32_t position);
  void Append(Opcode op, const Immediates& immediates);
  bool EffectOperator();

  // statements.cc. False: control does not get past it.
  bool Statement();
  bool Statements();
  void SetLocal();
  void SetGlobal();
  void If();
  void Block();
  void Loop();
  void BranchIf();
  void BranchOnNull();
  bool Jump();
  void TailCall();
  void BranchTable();

  // calls.cc.
  std::optional<Callee> ChooseCallee(const std::optional<Types>& results);
  void CallOperands(const Callee& callee);
  bool Call(const std::optional<Types>& results);

  // exceptions.cc.
  void Throw();
  void MaybeThrow();
  void Try();
  void TryWithResult(ValueType type);
  void LegacyTry();
  void CatchesOfLegacyTry();
  CatchClause ChooseClause();
  Types ClauseTypes(const CatchClause& clause) const;

  static constexpr int kMaxDepth = 7;

  class Nest {
   public:
    explicit Nest(int& depth) : depth_(depth) { ++depth_; }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;
    ~Nest() { --depth_; }

   private:
    int& depth_;
  };

  Plan& plan_;
  const GeneratorOptions& options_;
  const FuncType type_;
  Choices& choices_;
  uint32_t& next_mark_;
  Types locals_;  // parameters first
  // Branch operands of the function (first) and of every block entered.
  std::vector<Types> labels_;
  // Which labels are of the catches that this is in.
  std::vector<size_t> catches_;
  int budget_;
  int depth_ = 0;
  Code code_;
  uint32_t scratch_[5] = {};  // a local of each numeric kind, for one moment
};

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_BODY_H_
