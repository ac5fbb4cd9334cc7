#include "runtime/cli/diagnosis.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace slipway::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Diagnosis Of(const std::string& text) {
  Diagnosis diagnosis;
  DiagnoseSource("a.c", text, diagnosis);
  return diagnosis;
}

std::set<std::string> NamesIn(const Diagnosis& diagnosis, Concern concern) {
  std::set<std::string> names;
  const auto found = diagnosis.findings.find(concern);
  if (found == diagnosis.findings.end()) return names;
  for (const auto& [name, finding] : found->second) names.insert(name);
  return names;
}

TEST(Diagnosis, FindsWhatIsMissing) {
  const Diagnosis diagnosis =
      Of("#include <stdio.h>\n# include <fts.h>\n#include \"fts.h\"\n"
         "void f(void) { makecontext(0); swapcontext (0, 0); }\n");
  EXPECT_THAT(NamesIn(diagnosis, Concern::kMissing),
              UnorderedElementsAre("<fts.h>", "makecontext", "swapcontext"));
  EXPECT_EQ(diagnosis.findings.at(Concern::kMissing).at("<fts.h>").where,
            "a.c:2");
  EXPECT_TRUE(diagnosis.HasTrouble());
}

TEST(Diagnosis, FindsCallsByNameAndNumber) {
  const Diagnosis diagnosis =
      Of("int a = syscall(SYS_io_uring_setup, 1, 0);\n"
         "int b = ptrace(0, 0); int c = ptrace(1, 0);\n"
         "int d = execve(\"/bin/sh\", v, e); int e = kill(1, 2);\n");
  EXPECT_THAT(NamesIn(diagnosis, Concern::kRefused),
              UnorderedElementsAre("io_uring_setup", "ptrace"));
  EXPECT_EQ(diagnosis.findings.at(Concern::kRefused).at("ptrace").uses, 2);
  EXPECT_THAT(NamesIn(diagnosis, Concern::kPartial),
              UnorderedElementsAre("execve", "kill"));
  EXPECT_THAT(NamesIn(Of("shmget(1, 2, 3);"), Concern::kWantsGrant),
              UnorderedElementsAre("shmget"));
}

TEST(Diagnosis, SkipsCommentsStringsAndMembers) {
  const Diagnosis diagnosis =
      Of("/* ptrace(0) */ // ptrace(0)\n"
         "char* s = \"ptrace(0) \\\" ptrace(0)\"; char c = '\"';\n"
         "x.ptrace(0); x->ptrace(0); a::ptrace(0); int ptrace;\n");
  EXPECT_THAT(diagnosis.findings, IsEmpty());
  EXPECT_FALSE(diagnosis.HasTrouble());
}

TEST(Diagnosis, FindsAssemblyThatIsNoBarrier) {
  EXPECT_THAT(Of("__asm__ volatile (\"\" ::: \"memory\");").findings,
              IsEmpty());
  const Diagnosis diagnosis =
      Of("\n__asm__ __volatile__\n(\"cpuid\" : \"=a\"(a));");
  EXPECT_EQ(diagnosis.findings.at(Concern::kMissing).at("assembly").where,
            "a.c:2");
}

TEST(Diagnosis, TakesAnyBytes) {
  for (const char* text :
       {"", "#", "#include", "#include <", "#include <x", "/*", "//", "\"",
        "'\\", "asm", "asm(", "asm volatile", "SYS_", "f(", "1'000", "\\"}) {
    EXPECT_THAT(Of(text).findings, IsEmpty()) << text;
  }
}

TEST(Diagnosis, ReadsADirectory) {
  const std::string root = std::string(std::getenv("TEST_TMPDIR")) + "/tree";
  std::filesystem::create_directories(root + "/sub");
  std::ofstream(root + "/sub/a.cc") << "#include <immintrin.h>\n";
  std::ofstream(root + "/fast.S") << "ret\n";
  std::ofstream(root + "/README") << "ptrace(0)\n";
  const auto diagnosis = DiagnoseDirectory(root);
  ASSERT_TRUE(diagnosis.ok()) << diagnosis.status();
  EXPECT_EQ(diagnosis->files, 2u);
  EXPECT_THAT(NamesIn(*diagnosis, Concern::kMissing),
              UnorderedElementsAre("<immintrin.h>", "assembly"));
  EXPECT_THAT(DiagnosisText("tree", *diagnosis), HasSubstr("sub/a.cc:1"));
  EXPECT_FALSE(DiagnoseDirectory(root + "/none").ok());
}

TEST(Diagnosis, JudgesAModuleByItsImports) {
  ModuleReport report;
  for (const char* name : {"read", "ptrace", "shmget", "sync"}) {
    report.imports.push_back(
        {"posix1", name, "function", "", FindPosixRow(name)});
  }
  const Diagnosis diagnosis = DiagnoseModule(report);
  EXPECT_THAT(NamesIn(diagnosis, Concern::kRefused),
              UnorderedElementsAre("ptrace"));
  EXPECT_THAT(DiagnosisText("x.wasm", diagnosis), HasSubstr("--allow ipc"));
  EXPECT_EQ(DiagnosisText("x.wasm", DiagnoseModule({})),
            "x.wasm\nnothing to see to\n");
}

}  // namespace
}  // namespace slipway::cli
