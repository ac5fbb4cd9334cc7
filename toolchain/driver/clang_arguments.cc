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

void AddHeaders(Arguments& arguments, const CommandLine& line,
                const std::string& sysroot) {
  Append(arguments, {"-nostdlibinc"});
  // libc++'s come first: some wrap libc's.
  if (line.cxx_sources && line.cxx_headers) {
    arguments.insert(arguments.end(),
                     {"-nostdinc++", "-isystem", sysroot + "/include/c++/v1"});
  }
  arguments.insert(arguments.end(), {"-isystem", sysroot + "/include/slipway",
                                     "-isystem", sysroot + "/include"});
}

void AddCxx(Arguments& arguments) {
  // Elsewhere g++ and clang++ define it, too: libc++ wants more of libc than
  // the standard has.
  Append(arguments,
         {"-D_GNU_SOURCE=1",
          // Libraries may have their own tables of virtual functions.
          "-fno-assume-unique-vtables"});
}

void AddTarget(Arguments& arguments, const CommandLine& line,
               const std::string& sysroot) {
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
             "-fwasm-exceptions",
             // Exceptions and setjmp in the form the standard has (exnref).
             "-mllvm",
             "-wasm-enable-sjlj",
             "-mllvm",
             "-wasm-use-legacy-eh=false",
             "-fvisibility=default",
             // wasm has no volatile accesses: a plain load may be hoisted out
             // of the loop that waits for a signal handler or another thread.
             // This turns volatile accesses into atomic ones, which may not.
             "-fms-volatile",
             // A target flag that this step does not use is not the user's
             // concern.
             "-Wno-unused-command-line-argument",
             // What Debian's gcc warns of and clang refuses: programs that
             // build on Linux build here.
             "-Wno-error=implicit-function-declaration",
             "-Wno-error=implicit-int",
             "-Wno-error=int-conversion",
             "-Wno-error=incompatible-function-pointer-types",
             "-Wno-error=return-mismatch",
         });
  // The linker takes no kind of memory for an object, which -pthread is, too.
  if (line.links && line.relocatable) {
    Append(arguments, {"-mthread-model", "posix", "-D_REENTRANT=1"});
  } else {
    Append(arguments, {"-pthread"});
  }
  // Both are position-independent; see posix-shim/passes/local_definitions.h.
  arguments.push_back(line.side_code ? "-fPIC" : "-fPIE");
  arguments.push_back("--sysroot=" + sysroot);
  AddHeaders(arguments, line, sysroot);
  if (line.cxx_sources) AddCxx(arguments);
  // Passes and a macro that are part of the ABI (posix-shim/passes).
  arguments.push_back("-fpass-plugin=" + sysroot + "/libexec/guest_passes.so");
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

// libc is the program's, and so are C++'s libraries.
void AddSideModuleLibraries(Arguments& arguments, const CommandLine& line,
                            const std::string& sysroot) {
  if (line.start_files) arguments.push_back(sysroot + "/lib/crtS.o");
  if (line.libraries) {
    arguments.push_back(sysroot + "/lib/libunwind_side.a");
    arguments.push_back(sysroot + "/lib/libslipway_crypto.a");
    arguments.push_back(sysroot + "/lib/libclang_rt.builtins.a");
  }
}

void AddCxxRuntime(Arguments& arguments, const CommandLine& line,
                   const std::string& sysroot) {
  if (line.cxx_experimental) {
    arguments.push_back(sysroot + "/lib/libc++experimental.a");
  }
  for (const char* name : {"c++", "c++abi", "unwind"}) {
    arguments.push_back(sysroot + "/lib/lib" + name + ".a");
  }
}

void AddLink(Arguments& arguments, const CommandLine& line,
             const std::string& sysroot, const LinkChoices& choices) {
  Append(arguments, {"-nostdlib", "--no-wasm-opt"});
  if (line.relocatable) return Append(arguments, {"-r"});
  if (line.shared) {
    AddSideModuleLink(arguments);
  } else {
    AddProgramLink(arguments);
  }
  AddLinkerArguments(arguments,
                     {
                         "--experimental-pic",
                         "--shared-memory",
                         "--import-memory",
                         "--import-table",
                         // The most that wasm-ld accepts; see linked_module.h.
                         "--max-memory=17179869184",
                     });
  // The stubs of mismatched calls are found by their names.
  if (line.strip && choices.mismatched.empty()) {
    AddLinkerArguments(arguments, {"--strip-all"});
  }
  for (const std::string& name : choices.mismatched) {
    Append(arguments, {"-Xlinker"});
    arguments.push_back("--export-if-defined=" + name);
  }
  if (line.export_dynamic) AddLinkerArguments(arguments, {"--export-dynamic"});
  if (!choices.source.empty()) {
    Append(arguments, {"-x", "ir", choices.source.c_str()});
  }
  // The user's -x is not for what follows.
  if (line.start_files || line.libraries) Append(arguments, {"-x", "none"});
  for (const std::string& name : choices.replaceable) {
    Append(arguments, {"-Xlinker", ("--wrap=" + name).c_str()});
  }
  if (choices.symbolic) AddLinkerArguments(arguments, {"--Bsymbolic"});
  if (line.shared) return AddSideModuleLibraries(arguments, line, sysroot);
  for (const std::string& name : choices.offers) {
    Append(arguments, {"-Xlinker", ("--export-if-defined=" + name).c_str()});
  }
  if (choices.offer_libc) {
    AddLinkerArguments(arguments, {"--export-if-defined=__tls_base"});
    arguments.push_back("@" + sysroot + "/lib/libc.exports");
    if (choices.cxx_runtime) {
      arguments.push_back("@" + sysroot + "/lib/libc++.exports");
    }
  }
  if (line.start_files) arguments.push_back(sysroot + "/lib/crt1.o");
  if (choices.needs_libraries && line.libraries) {
    arguments.push_back(sysroot + "/lib/libraries.o");
  }
  if (choices.main_parameters == MainParameters::kThree) {
    arguments.push_back(sysroot + "/lib/main_envp.o");
  }
  if (!line.libraries) return;
  if (choices.cxx_runtime) AddCxxRuntime(arguments, line, sysroot);
  arguments.push_back(sysroot + "/lib/libslipway_crypto.a");
  arguments.push_back(sysroot + "/lib/libc.a");
  arguments.push_back(sysroot + "/lib/libclang_rt.builtins.a");
}

}  // namespace

std::vector<std::string> ClangArguments(const CommandLine& line,
                                        const std::string& sysroot,
                                        const LinkChoices& choices) {
  Arguments arguments;
  AddTarget(arguments, line, sysroot);
  AddNames(arguments, line.gnu_names);
  // Before the libraries that the user names.
  if (line.links && !line.relocatable) {
    AddLinkerArguments(arguments,
                       {line.static_libraries ? "--Bstatic" : "--Bdynamic"});
  }
  for (const std::string& argument : line.arguments) {
    // A library has no libc of its own.
    if (!(line.shared && argument == "-lc")) arguments.push_back(argument);
  }
  // clang 22 has no cleanups of C for wasm: -fexceptions would crash it. What
  // is thrown passes C all the same.
  if (!line.cxx_sources) Append(arguments, {"-fno-exceptions"});
  if (line.links) AddLink(arguments, line, sysroot, choices);
  return arguments;
}

bool WantsThreeParameters(const std::string& linker_messages) {
  return absl::StrContains(linker_messages,
                           "function signature mismatch: main\n");
}

}  // namespace slipway::toolchain
