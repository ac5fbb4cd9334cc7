// Exceptions across functions, instances and the host.

#include "runtime/engine/exception.h"

#include <pthread.h>
#include <signal.h>

#include "gtest/gtest.h"
#include "runtime/engine/fault_handler.h"
#include "runtime/engine/testing/world.h"
#include "runtime/engine/value.h"

namespace slipway::engine {
namespace {

using wasm::CatchClause;
using wasm::Code;
using wasm::ExternKind;
using wasm::HeapType;
using wasm::ModuleBuilder;
using wasm::Opcode;
using wasm::ValueType;

// Exports the tag and "throw": (i64) -> i64, which throws its argument.
ModuleBuilder Thrower() {
  ModuleBuilder builder;
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  const uint32_t payload = builder.Type({ValueType::kI64}, {});
  const uint32_t tag = builder.Tag(payload);
  builder.Export("tag", ExternKind::kTag, tag);
  builder.Export(
      "throw", ExternKind::kFunction,
      builder.Function(unary, Code().LocalGet(0).Op(Opcode::kThrow, tag)));
  return builder;
}

// Calls host.throw in a try_table with one clause, and adds 1 to what a clause
// with a tag catches; 1000 for catch_all.
ModuleBuilder Catcher() {
  ModuleBuilder builder;
  const uint32_t unary = builder.Type({ValueType::kI64}, {ValueType::kI64});
  const uint32_t payload = builder.Type({ValueType::kI64}, {});
  const uint32_t with_ref =
      builder.Type({}, {ValueType::kI64, ValueType::ExnRef()});
  const uint32_t thrower = builder.ImportFunction("lib", "throw", unary);
  const uint32_t tag = builder.ImportTag("lib", "tag", payload);
  const uint32_t other_tag = builder.Tag(payload);
  auto call = [&](Code& code, CatchClause clause) -> Code& {
    return code.TryTable({clause})
        .LocalGet(0)
        .Op(Opcode::kCall, thrower)
        .Op(Opcode::kReturn)
        .End()
        .Op(Opcode::kUnreachable)
        .End();
  };
  auto catch_tag = [&](uint32_t which) {
    Code code;
    code.Block(Opcode::kBlock, ValueType::kI64);
    call(code, {.kind = CatchClause::Kind::kCatch, .tag = which});
    return code.I64(1).Op(Opcode::kI64Add);
  };
  const uint32_t caught = builder.Function(unary, catch_tag(tag));
  const uint32_t missed = builder.Function(unary, catch_tag(other_tag));
  Code all;
  all.Block(Opcode::kBlock);
  call(all, {.kind = CatchClause::Kind::kCatchAll}).I64(1000);
  // Keeps the reference and throws it again.
  Code again;
  again.BlockOfType(Opcode::kBlock, with_ref);
  call(again, {.kind = CatchClause::Kind::kCatchRef, .tag = tag})
      .Op(Opcode::kThrowRef);
  builder.Export("catch", ExternKind::kFunction, caught);
  builder.Export("miss", ExternKind::kFunction, missed);
  builder.Export("catch_all", ExternKind::kFunction,
                 builder.Function(unary, all));
  builder.Export("rethrow", ExternKind::kFunction,
                 builder.Function(unary, again));
  return builder;
}

class ExceptionTest : public testing::Test {
 protected:
  ExceptionTest() : thrower_(world_.Instantiate(Thrower())) {
    world_.linker.DefineInstance("lib", thrower_);
  }

  World world_;
  const Instance& thrower_;
};

TEST_F(ExceptionTest, IsCaughtByTagInAnotherInstance) {
  const Instance& catcher = world_.Instantiate(Catcher());
  for (int64_t i = 0; i < 100; ++i) {
    const CallResult result = world_.Call(catcher, "catch", {I64(i)});
    ASSERT_TRUE(result.returned());
    EXPECT_EQ(result.value.i64, i + 1);
  }
  EXPECT_TRUE(world_.thread->exceptions().empty());
}

TEST_F(ExceptionTest, CatchAllCatches) {
  const Instance& catcher = world_.Instantiate(Catcher());
  EXPECT_EQ(world_.Call(catcher, "catch_all", {I64(1)}).value.i64, 1000);
}

TEST_F(ExceptionTest, UncaughtOnesEndTheInvoke) {
  const Instance& catcher = world_.Instantiate(Catcher());
  for (const char* function : {"miss", "rethrow"}) {
    const CallResult result = world_.Call(catcher, function, {I64(77)});
    ASSERT_EQ(result.outcome.kind, Outcome::kException) << function;
    EXPECT_EQ(ExceptionValues(result.outcome.exception)[0].i64, 77);
    EXPECT_EQ(
        ExceptionTag(result.outcome.exception),
        std::get<std::shared_ptr<Tag>>(*thrower_.FindExport("tag")).get());
    ReleaseException(result.outcome.exception);
  }
}

// "lib.throw" is a host function now, which calls the guest and throws on what
// comes out of it.
struct Forwarder {
  Thread* thread;
  const Instance* thrower;
};

int64_t Forward(Forwarder* forwarder, int64_t value) {
  const CallResult result =
      CallOn(*forwarder->thread, *forwarder->thrower, "throw", {I64(value)});
  if (result.outcome.kind != Outcome::kException) return 0;
  ForwardException(result.outcome.exception);
}

TEST_F(ExceptionTest, CrossesHostFunctionsOnlyWhenTheyThrowItAgain) {
  Forwarder forwarder{world_.thread.get(), &thrower_};
  ASSERT_TRUE(
      world_.linker.DefineFunction("lib", "throw", &forwarder, &Forward).ok());
  const Instance& catcher = world_.Instantiate(Catcher());
  EXPECT_EQ(world_.Call(catcher, "catch", {I64(4)}).value.i64, 5);
  EXPECT_TRUE(world_.thread->exceptions().empty());
  EXPECT_EQ(world_.Call(catcher, "miss", {I64(4)}).outcome.kind,
            Outcome::kException);
}

// "fault" reads where nothing is mapped; "guarded" calls it in a try_table.
ModuleBuilder Faulting() {
  ModuleBuilder builder;
  const uint32_t nullary = builder.Type({}, {ValueType::kI64});
  builder.Memory({.min = 1, .is64 = true});
  const uint32_t fault =
      builder.Function(nullary, Code().I64(1 << 20).Op(Opcode::kI64Load));
  builder.Export("fault", ExternKind::kFunction, fault);
  builder.Export(
      "guarded", ExternKind::kFunction,
      builder.Function(nullary,
                       Code()
                           .Block(Opcode::kBlock)
                           .TryTable({{.kind = CatchClause::Kind::kCatchAll}})
                           .Op(Opcode::kCall, fault)
                           .Op(Opcode::kReturn)
                           .End()
                           .Op(Opcode::kUnreachable)
                           .End()
                           .I64(1000)));
  return builder;
}

// As a guest's SIGSEGV handler does that leaves by longjmp.
bool ThrowOnFault(const Fault& fault, ucontext_t* context) {
  pthread_sigmask(SIG_SETMASK, &context->uc_sigmask, nullptr);
  ThrowException(fault.thread, NewException(fault.thread, nullptr, 0));
}

TEST_F(ExceptionTest, MayBeThrownInASignalHandler) {
  const Instance& instance = world_.Instantiate(Faulting());
  SetFaultHook(&ThrowOnFault);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(world_.Call(instance, "guarded").value.i64, 1000);
  }
  const CallResult uncaught = world_.Call(instance, "fault");
  EXPECT_EQ(uncaught.outcome.kind, Outcome::kException);
  ReleaseException(uncaught.outcome.exception);
  SetFaultHook(nullptr);
  EXPECT_TRUE(world_.Call(instance, "fault").trapped());
  EXPECT_TRUE(world_.thread->exceptions().empty());
}

}  // namespace
}  // namespace slipway::engine
