// The arguments with which the driver runs clang: the target as Slipway defines
// it, then what the user asked for, then what every link needs.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_CLANG_ARGUMENTS_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_CLANG_ARGUMENTS_H_

#include <string>
#include <vector>

#include "toolchain/driver/command_line.h"

namespace slipway::toolchain {

// What configure scripts and -dumpmachine are told. clang itself knows the
// target as wasm64-unknown-unknown: to programs it is a Linux with musl.
inline constexpr char kMachine[] = "wasm64-unknown-linux-musl";

// How the program's main is declared. Types are checked when a module is
// linked, and the start code cannot know; kTwo also fits a main without
// parameters.
enum class MainParameters { kTwo, kThree };

// wasm-ld's --wrap.
inline constexpr char kWrapPrefix[] = "__wrap_";

// What only a first link can tell.
struct LinkChoices {
  MainParameters main_parameters = MainParameters::kTwo;
  // The program loads side modules: all of libc, and of C++'s libraries if it
  // has them, is in it and exported.
  bool offer_libc = false;
  // C++'s libraries are linked.
  bool cxx_runtime = false;
  // Functions that are called by another type than they have
  // (call_adapters.h): exported, and no name is stripped.
  std::vector<std::string> mismatched;
  // It is linked to some: libc loads them when it starts.
  bool needs_libraries = false;
  // Of a program: symbols that libraries may want, if it has them.
  std::vector<std::string> offers;
  // Of a library: its own functions, to be called as those of others are, so
  // that the program may take their place. They get another name, by which the
  // linker cannot find them: kWrapPrefix.
  std::vector<std::string> replaceable;
  // Calls them (called_functions.h).
  std::string source;
  // Of a library: what it defines is otherwise its own to use.
  bool symbolic = false;
};

// Without the name of the program. `sysroot` is what //posix-shim:sysroot made.
std::vector<std::string> ClangArguments(const CommandLine& line,
                                        const std::string& sysroot,
                                        const LinkChoices& choices = {});

// Whether a link for kTwo found that main has three parameters.
bool WantsThreeParameters(const std::string& linker_messages);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_CLANG_ARGUMENTS_H_
