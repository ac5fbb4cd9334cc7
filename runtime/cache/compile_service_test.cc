// A shell script stands in for the compiler; it appends a line to `log` each
// time it runs.

#include "runtime/cache/compile_service.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/cache/compiler_identity.h"
#include "runtime/cache/file.h"
#include "runtime/cache/object_cache.h"

namespace slipway::cache {
namespace {

class CompileServiceTest : public testing::Test {
 protected:
  CompileServiceTest() {
    std::string pattern = testing::TempDir() + "/compileXXXXXX";
    directory_ = mkdtemp(pattern.data());
    module_path_ = directory_ + "/module.wasm";
    Write(module_path_, kModule);
    SetCompiler("sleep 0.1; cp \"$1\" \"$3\"");
  }

  static void Write(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
  }

  // $1 is the module, $2 is "-o", $3 the object.
  void SetCompiler(const std::string& body) {
    options_.compiler = directory_ + "/compiler";
    Write(options_.compiler, absl::StrCat("#!/bin/sh\necho \"$*\" >> ",
                                          directory_, "/log\n", body, "\n"));
    chmod(options_.compiler.c_str(), 0700);
  }

  absl::StatusOr<std::string> Run() {
    const auto cache = ObjectCache::Open(directory_ + "/cache");
    if (!cache.ok()) return cache.status();
    return FindOrCompile(module_path_, kModule, *cache, options_);
  }

  std::string Log() {
    return ReadFile(directory_ + "/log").value_or(std::string());
  }
  long CompilerRuns() {
    const std::string log = Log();
    return std::count(log.begin(), log.end(), '\n');
  }

  static constexpr std::string_view kModule = "the module's bytes";
  std::string directory_;
  std::string module_path_;
  CompileOptions options_;
};

TEST_F(CompileServiceTest, CompilesOnceThenHits) {
  const absl::StatusOr<std::string> first = Run();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE(ReadFile(*first)->starts_with(kModule));
  EXPECT_EQ(*Run(), *first);
  EXPECT_EQ(CompilerRuns(), 1);
  EXPECT_NE(Log().find("--cpu native -O2"), std::string::npos) << Log();
}

TEST_F(CompileServiceTest, OptionsAndCompilerAreInTheKey) {
  const std::string first = *Run();
  options_.cpu = "x86-64-v2";
  EXPECT_NE(*Run(), first);
  options_.cpu = "native";
  options_.optimization = 0;
  EXPECT_NE(*Run(), first);
  options_.optimization = 2;
  EXPECT_EQ(*Run(), first);
  SetCompiler("cp \"$1\" \"$3\"  # another version");
  EXPECT_NE(*Run(), first);
  EXPECT_EQ(CompilerRuns(), 4);
}

TEST_F(CompileServiceTest, TheNextCompilationGetsTheUnitsOfTheLast) {
  SetCompiler(
      "cp \"$1\" \"$3\"\n"
      "while [ $# -gt 1 ]; do\n"
      "  if [ \"$1\" = --save-units ]; then echo units > \"$2\"; fi\n"
      "  shift\ndone");
  const auto cache = ObjectCache::Open(directory_ + "/cache");
  ASSERT_TRUE(cache.ok());
  const auto compile = [&](const std::string& module) {
    Write(module_path_, module);
    unlink((directory_ + "/log").c_str());
    const auto object = FindOrCompile(module_path_, module, *cache, options_);
    EXPECT_TRUE(object.ok()) << object.status();
    const std::string log = Log();
    constexpr std::string_view kKnown = "--known-units ";
    const size_t at = log.find(kKnown);
    if (at == log.npos) return std::string();
    const size_t begin = at + kKnown.size();
    return log.substr(begin, log.find_first_of(" \n", begin) - begin);
  };
  EXPECT_EQ(compile("first"), "");
  const std::string units = compile("second");
  EXPECT_TRUE(ReadFile(units)->starts_with("units\n"));
  EXPECT_EQ(compile("third"), units);
  // Damaged, they are no more.
  Write(units, "damage");
  EXPECT_EQ(compile("fourth"), "");
  EXPECT_EQ(compile("fifth"), units);
  // What is compiled otherwise has others.
  options_.optimization = 1;
  EXPECT_EQ(compile("sixth"), "");
}

TEST_F(CompileServiceTest, DamagedEntryIsCompiledAgain) {
  const std::string path = *Run();
  ASSERT_EQ(truncate(path.c_str(), 5), 0);
  EXPECT_EQ(*Run(), path);
  EXPECT_TRUE(ReadFile(path)->starts_with(kModule));
  EXPECT_EQ(CompilerRuns(), 2);
}

TEST_F(CompileServiceTest, ConcurrentProcessesCompileOnce) {
  constexpr int kProcesses = 4;
  for (int i = 0; i < kProcesses; ++i) {
    if (fork() == 0) _exit(Run().ok() ? 0 : 1);
  }
  for (int i = 0; i < kProcesses; ++i) {
    int status = 1;
    wait(&status);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(CompilerRuns(), 1);
}

TEST_F(CompileServiceTest, RefusedModuleIsAborted) {
  SetCompiler("echo \"$1: offset 0x8: unknown section\" >&2; exit 1");
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kAborted);
}

TEST_F(CompileServiceTest, CrashedCompilerIsNamed) {
  SetCompiler("kill -SEGV $$");
  const absl::Status status = Run().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_NE(status.message().find("signal 11"), std::string::npos) << status;
}

TEST_F(CompileServiceTest, MissingCompilerIsNamed) {
  options_.compiler = directory_ + "/nowhere";
  const absl::Status status = Run().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("nowhere"), std::string::npos) << status;
}

TEST_F(CompileServiceTest, ModuleChangedMeanwhileIsNotCached) {
  SetCompiler("echo other > \"$1\"; cp \"$1\" \"$3\"");
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kUnavailable);
  Write(module_path_, kModule);
  SetCompiler("cp \"$1\" \"$3\"");
  EXPECT_TRUE(ReadFile(*Run())->starts_with(kModule));
}

TEST_F(CompileServiceTest, CompilerGetsNeitherStdinNorStdout) {
  SetCompiler(
      "read line && exit 9; cp \"$1\" \"$3\";"
      "[ \"$(readlink /proc/$$/fd/1)\" = \"$(readlink /proc/$$/fd/2)\" ]");
  EXPECT_TRUE(Run().ok());
}

// A guest that waits for any child, while another of its threads loads a
// library, must not reap the compiler, nor hear of its end.
TEST_F(CompileServiceTest, NobodyElseCanWaitForTheCompiler) {
  SetCompiler("sleep 0.3; cp \"$1\" \"$3\"");
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &child, nullptr);
  absl::StatusOr<std::string> object;
  std::thread compiling([&] { object = Run(); });
  bool seen = false;
  for (int i = 0; i < 100 && !seen; ++i) {
    seen = waitpid(-1, nullptr, WNOHANG) >= 0;
    usleep(5000);
  }
  compiling.join();
  EXPECT_FALSE(seen);
  EXPECT_TRUE(object.ok()) << object.status();
  const timespec now = {0, 0};
  EXPECT_EQ(sigtimedwait(&child, nullptr, &now), -1);
  pthread_sigmask(SIG_UNBLOCK, &child, nullptr);
}

TEST_F(CompileServiceTest, IgnoringSigchldDoesNotHideTheCompilersEnd) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  EXPECT_TRUE(Run().ok());
  std::signal(SIGCHLD, before);
}

TEST(CompilerIdentityTest, ThisTestHasAnIdentity) {
  const absl::StatusOr<std::string> identity = FileIdentity("/proc/self/exe");
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_GE(identity->size(), 8u);
}

TEST(CompilerIdentityTest, CpuIsItselfOrDescribed) {
  EXPECT_EQ(CpuIdentity("znver4"), "znver4");
  EXPECT_NE(CpuIdentity("native"), "native");
}

}  // namespace
}  // namespace slipway::cache
