// slipway-cc and slipway-c++: clang for Slipway's target. The name under which
// it is called chooses the tool; slipway-ld is the same with a linker's
// arguments, slipway-ar, -ranlib, -nm, -strip and -objdump are LLVM's, which
// know wasm objects already.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "toolchain/driver/call_adapters.h"
#include "toolchain/driver/clang_arguments.h"
#include "toolchain/driver/command_line.h"
#include "toolchain/driver/flag_table.h"
#include "toolchain/driver/link.h"
#include "toolchain/driver/linker_command.h"
#include "toolchain/driver/response_file.h"
#include "toolchain/driver/subprocess.h"
#include "toolchain/driver/sysroot.h"

namespace slipway::toolchain {
namespace {

constexpr char kHelp[] =
    R"(slipway-cc, slipway-c++: compile and link C and C++ for memory64 WebAssembly
under Slipway.

It takes clang's options; those of other machines are ignored or refused:
  slipway-cc --slipway-flags      lists them, with the reasons
  slipway-cc --slipway-cflags     what clang-22 is told, for other programs
Examples:
  slipway-cc -O2 -o hello.wasm hello.c && slipway run hello.wasm
  slipway-c++ -std=c++23 -O2 -o hello.wasm hello.cc
  make CC=slipway-cc CXX=slipway-c++ AR=slipway-ar RANLIB=slipway-ranlib
  ./configure --host=wasm64-unknown-linux-musl CC=slipway-cc
)";

int Fail(const std::string& tool, const absl::Status& status) {
  std::fprintf(stderr, "%s: %s\n", tool.c_str(),
               std::string(status.message()).c_str());
  return 1;
}

// The name, or what clang is told in place of it.
DriverMode ModeOf(const std::string& tool,
                  const std::vector<std::string>& arguments) {
  if (absl::EndsWith(tool, "++")) return DriverMode::kCxx;
  return std::count(arguments.begin(), arguments.end(), "--driver-mode=g++") > 0
             ? DriverMode::kCxx
             : DriverMode::kC;
}

std::vector<std::string> ClangCommand(std::vector<std::string> command,
                                      DriverMode mode) {
  // clang's messages go through a pipe when it links.
  if (isatty(STDERR_FILENO)) {
    command.insert(command.begin(), "-fcolor-diagnostics");
  }
  command.insert(command.begin(),
                 mode == DriverMode::kCxx ? "clang++-22" : "clang-22");
  return command;
}

absl::StatusOr<int> Compile(const std::string& tool,
                            const std::vector<std::string>& arguments) {
  const DriverMode mode = ModeOf(tool, arguments);
  absl::StatusOr<CommandLine> line = ParseCommandLine(arguments, mode);
  if (!line.ok()) return line.status();
  absl::StatusOr<std::string> sysroot =
      FindSysroot(std::filesystem::canonical("/proc/self/exe"));
  if (!sysroot.ok()) return sysroot.status();
  if (line->links && !line->relocatable) {
    return Link(*line, *sysroot, [mode](std::vector<std::string> arguments) {
      return ClangCommand(std::move(arguments), mode);
    });
  }
  return ReplaceProcess(ClangCommand(ClangArguments(*line, *sysroot), mode));
}

// Options that make clang compile as the driver does, for programs that call
// it themselves.
absl::Status PrintFlags(DriverMode mode) {
  absl::StatusOr<std::string> sysroot =
      FindSysroot(std::filesystem::canonical("/proc/self/exe"));
  if (!sysroot.ok()) return sysroot.status();
  CommandLine line;
  line.mode = mode;
  line.cxx_sources = mode == DriverMode::kCxx;
  std::puts(absl::StrJoin(ClangArguments(line, *sysroot), " ").c_str());
  return absl::OkStatus();
}

// LLVM's tool of the same purpose, or "".
std::string LlvmTool(const std::string& tool) {
  for (const char* purpose : {"ar", "ranlib", "nm", "strip", "objdump"}) {
    if (tool == absl::StrCat("slipway-", purpose)) {
      return absl::StrCat("llvm-", purpose, "-22");
    }
  }
  return "";
}

int Main(int argc, char** argv) {
  const std::string tool = std::filesystem::path(argv[0]).filename();
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (const std::string llvm = LlvmTool(tool); !llvm.empty()) {
    arguments.insert(arguments.begin(), llvm);
    return Fail(tool, ReplaceProcess(arguments));
  }
  absl::StatusOr<std::vector<std::string>> expanded =
      ExpandResponseFiles(arguments);
  if (!expanded.ok()) return Fail(tool, expanded.status());
  arguments = *std::move(expanded);
  if (tool == "slipway-ld") {
    if (AsksForLinker(arguments)) return std::puts(kLinkerText) < 0;
    arguments = CompilerArguments(arguments);
  }
  for (const std::string& argument : arguments) {
    const char* text = nullptr;
    const std::string flags =
        argument == "--slipway-flags" ? DescribeFlags() : "";
    if (argument == "--help") text = kHelp;
    if (argument == "--slipway-flags") text = flags.c_str();
    if (text != nullptr) return std::fputs(text, stdout) < 0;
    if (argument == "--slipway-cflags") {
      const absl::Status status = PrintFlags(ModeOf(tool, arguments));
      return status.ok() ? 0 : Fail(tool, status);
    }
    if (argument == "-dumpmachine") return std::puts(kMachine) < 0;
  }
  absl::StatusOr<int> exit_status = Compile(tool, arguments);
  return exit_status.ok() ? *exit_status : Fail(tool, exit_status.status());
}

}  // namespace
}  // namespace slipway::toolchain

int main(int argc, char** argv) { return slipway::toolchain::Main(argc, argv); }
