#include "toolchain/driver/flag_table.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

namespace slipway::toolchain {
namespace {

constexpr auto kExact = FlagMatch::kExact;
constexpr auto kPrefix = FlagMatch::kPrefix;
constexpr auto kSeparate = FlagMatch::kSeparate;
constexpr auto kDrop = FlagAction::kDrop;
constexpr auto kRefuse = FlagAction::kRefuse;

constexpr char kPositionIndependent[] =
    "every program is position-independent, so that its start is randomised";
constexpr char kWholeModule[] =
    "the whole module is optimised again when it is compiled for the machine";
constexpr char kNoNativeCode[] =
    "wasm has no native code to harden: control flow is checked by design";
constexpr char kX86Only[] =
    "wasm code cannot use x86 instructions; leave the flag out (128-bit SIMD "
    "is "
    "on by default) or choose the portable code path";
constexpr char kMachine[] =
    "the machine is chosen where the module is compiled for it (slipway "
    "compile "
    "--cpu); wasm code is the same for all";
constexpr char kNoProfiler[] =
    "there is no profiling runtime for guests; profile with perf on the host";
constexpr char kElfOnly[] = "describes ELF files; a module has no such part";

}  // namespace

const std::vector<FlagRow>& CompilerFlags() {
  static const auto& table = *new std::vector<FlagRow>{
      // Position independence and kinds of output.
      {"-pie", kExact, kDrop, kPositionIndependent},
      {"-no-pie", kExact, kDrop, kPositionIndependent},
      {"-static-lib", kPrefix, kDrop, "libraries are linked into the program"},
      {"-stdlib=", kPrefix, kDrop, "the C++ library is libc++"},
      {"-shared-libgcc", kExact, kDrop, "there is no libgcc"},
      {"-fno-plt", kExact, kDrop, kElfOnly},
      {"-fno-semantic-interposition", kExact, kDrop, kElfOnly},
      {"-fsemantic-interposition", kExact, kDrop, kElfOnly},
      // Optimisation.
      {"-flto", kPrefix, kDrop, kWholeModule},
      {"-fno-lto", kExact, kDrop, kWholeModule},
      {"-fwhole-program", kExact, kDrop, kWholeModule},
      {"-ffat-lto-objects", kExact, kDrop, kWholeModule},
      {"-fno-fat-lto-objects", kExact, kDrop, kWholeModule},
      {"-fuse-linker-plugin", kExact, kDrop, kWholeModule},
      {"-fno-omit-frame-pointer", kExact, kDrop,
       "the engine unwinds without frame pointers"},
      {"-mno-omit-leaf-frame-pointer", kExact, kDrop,
       "the engine unwinds without frame pointers"},
      // Machines.
      {"-m64", kExact, kDrop, "the target is wasm64"},
      {"-m32", kExact, kRefuse,
       "the target is wasm64, there is no 32-bit libc"},
      {"-mx32", kExact, kRefuse, "the target is wasm64, there is no x32 libc"},
      {"-march=", kPrefix, kDrop, kMachine},
      {"-mtune=", kPrefix, kDrop, kMachine},
      {"-mcpu=native", kExact, kDrop, kMachine},
      {"-mcmodel=", kPrefix, kDrop, "all of the 64-bit memory is reachable"},
      {"-msse", kPrefix, kRefuse, kX86Only},
      {"-mssse", kPrefix, kRefuse, kX86Only},
      {"-mavx", kPrefix, kRefuse, kX86Only},
      {"-maes", kExact, kRefuse, kX86Only},
      {"-mpclmul", kExact, kRefuse, kX86Only},
      {"-mpopcnt", kExact, kRefuse, kX86Only},
      {"-mbmi", kPrefix, kRefuse, kX86Only},
      {"-mfma", kExact, kRefuse, kX86Only},
      {"-msha", kExact, kRefuse, kX86Only},
      {"-mcrc32", kExact, kRefuse, kX86Only},
      {"-mfpmath=", kPrefix, kDrop, "floating point is IEEE 754 everywhere"},
      // Hardening that is the engine's.
      {"-fcf-protection", kPrefix, kDrop, kNoNativeCode},
      {"-mbranch-protection=", kPrefix, kDrop, kNoNativeCode},
      {"-fstack-clash-protection", kExact, kDrop,
       "stacks end in guard pages that the engine provides"},
      {"-Wa,", kPrefix, kDrop, "there is no separate assembler"},
      // Instrumentation.
      {"-pg", kExact, kRefuse, kNoProfiler},
      {"--coverage", kExact, kRefuse, kNoProfiler},
      {"-fprofile-arcs", kExact, kRefuse, kNoProfiler},
      {"-ftest-coverage", kExact, kRefuse, kNoProfiler},
      {"-fprofile-generate", kPrefix, kRefuse, kNoProfiler},
      {"-fprofile-instr-generate", kPrefix, kRefuse, kNoProfiler},
      {"-fsanitize=address", kPrefix, kRefuse,
       "there is no sanitizer runtime for guests; test the native build"},
      {"-fsanitize=thread", kPrefix, kRefuse,
       "there is no sanitizer runtime for guests; test the native build"},
      {"-fsanitize=leak", kPrefix, kRefuse,
       "there is no sanitizer runtime for guests; test the native build"},
      {"-fopenmp", kPrefix, kRefuse, "there is no OpenMP runtime for guests"},
      // Tools.
      {"-fuse-ld=", kPrefix, kDrop, "only wasm-ld links modules"},
      {"-B", kPrefix, kDrop, "the tools are the driver's own"},
      {"--gcc-toolchain=", kPrefix, kDrop, "no part of GCC is used"},
      {"--target=", kPrefix, kRefuse, "slipway-cc compiles for wasm64 only"},
      {"-target", kSeparate, kRefuse, "slipway-cc compiles for wasm64 only"},
  };
  return table;
}

const std::vector<FlagRow>& LinkerFlags() {
  static const auto& table = *new std::vector<FlagRow>{
      {"-z", kSeparate, kDrop, kElfOnly},
      {"-z", kPrefix, kDrop, kElfOnly},
      {"--as-needed", kExact, kDrop, "every library that is named is needed"},
      {"--no-as-needed", kExact, kDrop,
       "every library that is named is needed"},
      {"--start-group", kExact, kDrop, "wasm-ld finds symbols in any order"},
      {"--end-group", kExact, kDrop, "wasm-ld finds symbols in any order"},
      {"-(", kExact, kDrop, "wasm-ld finds symbols in any order"},
      {"-)", kExact, kDrop, "wasm-ld finds symbols in any order"},
      {"-pie", kExact, kDrop, kPositionIndependent},
      {"-no-pie", kExact, kDrop, kPositionIndependent},
      {"--hash-style", kPrefix, kDrop, kElfOnly},
      {"--enable-new-dtags", kExact, kDrop, kElfOnly},
      {"--disable-new-dtags", kExact, kDrop, kElfOnly},
      {"--eh-frame-hdr", kExact, kDrop, kElfOnly},
      {"--dynamic-linker", kSeparate, kDrop, kElfOnly},
      {"--dynamic-linker=", kPrefix, kDrop, kElfOnly},
      {"-dynamic-linker", kSeparate, kDrop, kElfOnly},
      {"--sort-common", kPrefix, kDrop, kElfOnly},
      {"--sort-section", kPrefix, kDrop, kElfOnly},
      {"--warn-common", kExact, kDrop, kElfOnly},
      {"--icf", kPrefix, kDrop, kWholeModule},
      {"--no-undefined", kExact, kDrop, "libraries take libc from the program"},
      {"--allow-shlib-undefined", kExact, kDrop,
       "what a library wants is looked for when the program starts"},
      {"--no-allow-shlib-undefined", kExact, kDrop,
       "what a library wants is looked for when the program starts"},
      {"-T", kPrefix, kRefuse, "wasm-ld has no linker scripts"},
  };
  return table;
}

const FlagRow* FindFlag(const std::vector<FlagRow>& table,
                        const std::string& argument) {
  for (const FlagRow& row : table) {
    const bool found = row.match == FlagMatch::kPrefix
                           ? absl::StartsWith(argument, row.flag)
                           : argument == row.flag;
    if (found) return &row;
  }
  return nullptr;
}

std::string DescribeFlags() {
  std::string text;
  for (const auto* table : {&CompilerFlags(), &LinkerFlags()}) {
    text += table == &CompilerFlags() ? "Compiler flags:\n"
                                      : "Linker flags (-Wl,…):\n";
    for (const FlagRow& row : *table) {
      text += absl::StrFormat(
          "  %-30s %-8s %s\n",
          std::string(row.flag) + (row.match == FlagMatch::kPrefix ? "*" : ""),
          row.action == FlagAction::kDrop ? "ignored" : "refused", row.reason);
    }
  }
  return text;
}

}  // namespace slipway::toolchain
