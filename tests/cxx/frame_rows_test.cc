// The rows by which the engine unwinds generated code, against libgcc, at all
// addresses of a C++ program: each is made the return address of a frame on
// a stack of which every word is different, and both unwinders go to its
// caller.

#include "runtime/engine/frame_rows.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unwind.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/engine/code_object.h"

extern char** environ;

// Of libgcc (unwind-dw2-fde.h).
struct dwarf_eh_bases {
  void* tbase;
  void* dbase;
  void* func;
};
extern "C" const void* _Unwind_Find_FDE(void* pc, dwarf_eh_bases* bases);

using slipway::engine::FrameRegisters;

extern "C" {
uintptr_t real_stack_pointer;
FrameRegisters* unwound;  // libgcc's answer

// Calls probe, which does not return, as if the caller were at
// `program_counter` with these registers.
void CallProbeFrom(uintptr_t program_counter, uintptr_t stack_pointer,
                   uintptr_t rbp);
[[noreturn]] void LeaveProbe();
[[noreturn]] void Probe();
}

asm(R"(
    .text
    .type CallProbeFrom, @function
CallProbeFrom:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, real_stack_pointer(%rip)
    movq %rdi, -8(%rsi)
    leaq -8(%rsi), %rsp
    movq %rdx, %rbp
    movl $0x101, %ebx
    movl $0x102, %r12d
    movl $0x103, %r13d
    movl $0x104, %r14d
    movl $0x105, %r15d
    jmp Probe
    .size CallProbeFrom, . - CallProbeFrom

    .type LeaveProbe, @function
LeaveProbe:
    movq real_stack_pointer(%rip), %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    retq
    .size LeaveProbe, . - LeaveProbe
)");

namespace slipway::engine {
namespace {

// Values of the registers in the frame that is unwound, but for RBP.
constexpr uintptr_t kRegisters[] = {0x101, 0, 0x102, 0x103, 0x104, 0x105};

// The third frame that libgcc shows is the caller of the one in question.
_Unwind_Reason_Code Visit(_Unwind_Context* context, void* argument) {
  if (++*static_cast<int*>(argument) < 3) return _URC_NO_REASON;
  constexpr int kDwarfRegisters[] = {3, 6, 12, 13, 14, 15};
  for (size_t i = 0; i < kSavedRegisters; ++i) {
    unwound->saved[i] = _Unwind_GetGR(context, kDwarfRegisters[i]);
  }
  unwound->stack_pointer = _Unwind_GetCFA(context);
  unwound->program_counter = _Unwind_GetIP(context);
  return _URC_END_OF_STACK;
}

// Words that are their own addresses, and room below them to run libgcc on.
class Stack {
 public:
  static constexpr size_t kWords = 1 << 18;

  Stack() : words_(kWords) {
    for (uintptr_t& word : words_) word = reinterpret_cast<uintptr_t>(&word);
  }
  uintptr_t At(size_t quarter) const {
    return reinterpret_cast<uintptr_t>(&words_[kWords / 4 * quarter]);
  }
  // What a frame saves around `cfa` can be read.
  bool Has(uintptr_t cfa) const { return cfa >= At(1) && cfa < At(4) - 1024; }

 private:
  std::vector<uintptr_t> words_;
};

FrameRegisters ByLibgcc(const FrameRegisters& frame) {
  FrameRegisters caller = {};
  unwound = &caller;
  CallProbeFrom(frame.program_counter, frame.stack_pointer, frame.saved[kRbp]);
  return caller;
}

// Behind the end of a function, where nothing is called, slots may be named
// that are given up already. libgcc runs there.
bool SavesBelowTheStack(const FrameRow& row, const FrameRegisters& frame) {
  const int8_t lowest = *std::min_element(row.slots.begin(), row.slots.end());
  return row.Cfa(frame) + lowest * int64_t{sizeof(uintptr_t)} <
         frame.stack_pointer;
}

const CodeObject& Program() {
  static const CodeObject* const object = [] {
    const std::string out = std::string(std::getenv("TEST_TMPDIR")) + "/out.so";
    std::string arguments[] = {std::getenv("COMPILER"), std::getenv("PROGRAM"),
                               "-o", out};
    char* argv[] = {arguments[0].data(), arguments[1].data(),
                    arguments[2].data(), arguments[3].data(), nullptr};
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, argv[0], nullptr, nullptr, argv, environ), 0);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    const auto loaded = CodeObject::Load(out);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return *loaded;
  }();
  return *object;
}

uintptr_t TextBegin() {
  return reinterpret_cast<uintptr_t>(&Program().header()) +
         static_cast<uintptr_t>(int64_t{Program().header().text_begin});
}
uintptr_t TextEnd() {
  return reinterpret_cast<uintptr_t>(&Program().header()) +
         static_cast<uintptr_t>(int64_t{Program().header().text_end});
}

bool LibgccKnows(uintptr_t program_counter) {
  dwarf_eh_bases bases;
  return _Unwind_Find_FDE(reinterpret_cast<void*>(program_counter - 1),
                          &bases) != nullptr;
}

TEST(FrameRowsTest, AgreeWithLibgcc) {
  const Stack stack;
  size_t rows = 0, landings = 0;
  // A step with which all positions in instructions are met.
  for (uintptr_t at = TextBegin() + 1; at < TextEnd(); at += 3) {
    const auto row = ReadFrameRow(at);
    ASSERT_EQ(row.has_value(), LibgccKnows(at)) << at - TextBegin();
    if (!row) continue;  // between functions
    FrameRegisters frame = {.stack_pointer = stack.At(2),
                            .program_counter = at};
    for (size_t i = 0; i < kSavedRegisters; ++i) frame.saved[i] = kRegisters[i];
    frame.saved[kRbp] = stack.At(3);
    if (!stack.Has(row->Cfa(frame)) || SavesBelowTheStack(*row, frame))
      continue;
    const FrameRegisters expected = ByLibgcc(frame);
    row->Pop(frame);
    ASSERT_EQ(frame.saved, expected.saved) << at - TextBegin();
    ASSERT_EQ(frame.stack_pointer, expected.stack_pointer) << at - TextBegin();
    ASSERT_EQ(frame.program_counter, expected.program_counter);
    ++rows;
    landings += row->landing != 0;
  }
  // So many that the loop has met all kinds.
  EXPECT_GT(rows, 100'000u);
  EXPECT_GT(landings, 1'000u);
}

TEST(FrameRowsTest, LandingPadsAreInTheirFunction) {
  const CodeObject& program = Program();
  for (uintptr_t at = TextBegin() + 1; at < TextEnd(); at += 7) {
    const auto row = ReadFrameRow(at);
    if (!row || row->landing == 0) continue;
    EXPECT_EQ(program.FunctionAt(row->LandingPad()),
              program.FunctionAt(at - 1));
  }
}

TEST(FrameRowsTest, ThereAreNoneOutsideCode) {
  const uintptr_t data = 0;
  EXPECT_FALSE(ReadFrameRow(reinterpret_cast<uintptr_t>(&data)).has_value());
  EXPECT_FALSE(ReadFrameRow(1).has_value());
}

}  // namespace
}  // namespace slipway::engine

extern "C" void Probe() {
  int frames = 0;
  _Unwind_Backtrace(slipway::engine::Visit, &frames);
  LeaveProbe();
}
