#include "toolchain/driver/clang_arguments.h"

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/match.h"

namespace slipway::toolchain {
namespace {

using Arguments = std::vector<std::string>;

void Append(Arguments& arguments, std::initializer_list<const char*> more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
}

void AddTarget(Arguments& arguments, const std::string& sysroot) {
  Append(arguments,
         {
             "--target=wasm64-unknown-unknown",
             "-matomics",
             "-mbulk-memory",
             "-mbulk-memory-opt",
             "-msimd128",
             "-mnontrapping-fptoint",
             "-msign-ext",
             "-mextended-const",
             "-mmutable-globals",
             "-mexception-handling",
             // Exceptions and setjmp in the form the standard has (exnref).
             "-mllvm",
             "-wasm-enable-sjlj",
             "-mllvm",
             "-wasm-use-legacy-eh=false",
             "-fPIC",
             "-pthread",
             // wasm has no volatile accesses: a plain load may be hoisted out
             // of the loop that waits for a signal handler or another thread.
             // This turns volatile accesses into atomic ones, which may not.
             "-fms-volatile",
             // A target flag that this step does not use is not the user's
             // concern.
             "-Wno-unused-command-line-argument",
         });
  arguments.push_back("--sysroot=" + sysroot);
  Append(arguments, {"-nostdlibinc", "-isystem"});
  arguments.push_back(sysroot + "/include/slipway");
  arguments.push_back("-isystem");
  arguments.push_back(sysroot + "/include");
  // Variable arguments as on x86-64 (posix-shim/passes).
  arguments.push_back("-fpass-plugin=" + sysroot + "/libexec/variadic_abi.so");
  Append(arguments, {"-imacros"});
  arguments.push_back(sysroot + "/include/slipway/variadic.h");
}

// The target presents itself as Linux, so that programs take those paths.
void AddNames(Arguments& arguments, bool gnu_names) {
  Append(arguments, {"-D__linux__=1", "-D__linux=1", "-D__unix__=1",
                     "-D__unix=1", "-D__slipway__=1"});
  if (gnu_names) Append(arguments, {"-Dlinux=1", "-Dunix=1"});
}

void AddLinkerArguments(Arguments& arguments,
                        std::initializer_list<const char*> flags) {
  for (const char* flag : flags) Append(arguments, {"-Xlinker", flag});
}

void AddProgramLink(Arguments& arguments) {
  AddLinkerArguments(arguments,
                     {
                         "-pie",
                         // What the host calls (posix-shim/README.md).
                         "--export=_start",
                         "--export=__slipway_thread_start",
                         "--export=__slipway_signal",
                         "--export-if-defined=__wasm_apply_data_relocs",
                     });
}

void AddSideModuleLink(Arguments& arguments) {
  AddLinkerArguments(arguments,
                     {
                         "-shared",
                         "--unresolved-symbols=import-dynamic",
                         "--export-if-defined=__wasm_apply_data_relocs",
                         "--export-if-defined=__wasm_call_ctors",
                         "--export-if-defined=__wasm_init_tls",
                         "--export-if-defined=__tls_size",
                         "--export-if-defined=__tls_align",
                         "--export-if-defined=__tls_base",
                     });
}

void AddLink(Arguments& arguments, const CommandLine& line,
             const std::string& sysroot, MainParameters main_parameters) {
  Append(arguments, {"-nostdlib", "--no-wasm-opt"});
  if (line.relocatable) return Append(arguments, {"-r"});
  if (line.shared) {
    AddSideModuleLink(arguments);
  } else {
    AddProgramLink(arguments);
  }
  AddLinkerArguments(
      arguments, {
                     "--experimental-pic",
                     "--shared-memory",
                     "--import-memory",
                     "--import-table",
                     // The most that wasm-ld accepts; see memory_maximum.h.
                     "--max-memory=17179869184",
                     // A function that is called with another type than it has
                     // is a warning to wasm-ld, and a trap in the program.
                     "--fatal-warnings",
                 });
  if (line.export_dynamic) AddLinkerArguments(arguments, {"--export-dynamic"});
  if (line.shared) return;
  if (line.start_files) arguments.push_back(sysroot + "/lib/crt1.o");
  if (main_parameters == MainParameters::kThree) {
    arguments.push_back(sysroot + "/lib/main_envp.o");
  }
  if (!line.libraries) return;
  arguments.push_back(sysroot + "/lib/libc.a");
  arguments.push_back(sysroot + "/lib/libclang_rt.builtins.a");
}

}  // namespace

std::vector<std::string> ClangArguments(const CommandLine& line,
                                        const std::string& sysroot,
                                        MainParameters main_parameters) {
  Arguments arguments;
  AddTarget(arguments, sysroot);
  AddNames(arguments, line.gnu_names);
  arguments.insert(arguments.end(), line.arguments.begin(),
                   line.arguments.end());
  if (line.links) AddLink(arguments, line, sysroot, main_parameters);
  return arguments;
}

bool WantsThreeParameters(const std::string& linker_messages) {
  return absl::StrContains(linker_messages,
                           "function signature mismatch: main\n");
}

}  // namespace slipway::toolchain
