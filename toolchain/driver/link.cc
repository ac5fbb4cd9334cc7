#include "toolchain/driver/link.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/wasm/decoder.h"
#include "toolchain/driver/call_adapters.h"
#include "toolchain/driver/called_functions.h"
#include "toolchain/driver/clang_arguments.h"
#include "toolchain/driver/linked_module.h"
#include "toolchain/driver/module_rewriter.h"
#include "toolchain/driver/shared_libraries.h"
#include "toolchain/driver/subprocess.h"
#include "toolchain/driver/version_script.h"

namespace slipway::toolchain {
namespace {

using Command =
    absl::FunctionRef<std::vector<std::string>(std::vector<std::string>)>;

absl::StatusOr<VersionScript> ReadScript(const std::string& path) {
  if (path.empty()) return VersionScript();
  const absl::StatusOr<std::string> text = ReadModule(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<VersionScript> script = ParseVersionScript(*text);
  if (script.ok()) return script;
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", script.status().message()));
}

// The names in `file` of the sysroot (posix-shim/guest_flags.sh).
std::set<std::string> NamesIn(const std::string& file) {
  constexpr absl::string_view kStart = "-Xlinker --export=";
  std::set<std::string> names;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (absl::StartsWith(line, kStart))
      names.insert(line.substr(kStart.size()));
  }
  return names;
}

bool IsOfLinker(const std::string& name) {
  return absl::StartsWith(name, "__wasm_") ||
         absl::StartsWith(name, "__slipway_") ||
         absl::StartsWith(name, "__tls_");
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsPattern(const std::string& name) {
  return name.find_first_of("*?[") != std::string::npos;
}

class Linking {
 public:
  Linking(const CommandLine& line, const std::string& sysroot, Command command)
      : line_(line), sysroot_(sysroot), command_(command) {
    choices_.cxx_runtime = line.cxx_runtime;
  }

  absl::StatusOr<int> Run() {
    absl::Status status = Read();
    if (status.ok()) status = RunClang();
    if (status.ok() && MadeModule()) {
      choices_.mismatched = MismatchedFunctions(result_.messages);
      status = line_.shared ? LinkLibraryAgain() : LinkProgramAgain();
    }
    if (!status.ok()) return status;
    std::fputs(result_.messages.c_str(), stderr);
    if (!MadeModule()) return result_.exit_status;
    status = AdaptCalls();
    if (status.ok()) status = Rewrite();
    if (status.ok()) status = RaiseMemoryMaximum(line_.output);
    if (!status.ok()) return status;
    return 0;
  }

 private:
  absl::Status Read() {
    auto libraries = FindSharedLibraries(line_);
    if (!libraries.ok()) return libraries.status();
    libraries_ = *std::move(libraries);
    auto script = ReadScript(line_.version_script);
    if (!script.ok()) return script.status();
    script_ = *std::move(script);
    choices_.symbolic = line_.shared && !script_.local.empty();
    if (line_.shared) return absl::OkStatus();
    auto list = ReadScript(line_.dynamic_list);
    if (!list.ok()) return list.status();
    for (const std::string& name : list->global) {
      if (!IsPattern(name)) choices_.offers.push_back(name);
    }
    return absl::OkStatus();
  }

  bool MadeModule() const {
    return result_.exit_status == 0 && IsModule(line_.output);
  }

  absl::Status RunClang() {
    auto result =
        RunProgram(command_(ClangArguments(line_, sysroot_, choices_)));
    if (!result.ok()) return result.status();
    result_ = *std::move(result);
    if (choices_.main_parameters == MainParameters::kTwo &&
        WantsThreeParameters(result_.messages)) {
      choices_.main_parameters = MainParameters::kThree;
      return RunClang();
    }
    return absl::OkStatus();
  }

  // A program that can load libraries has all of libc to offer them; one that
  // is linked to some has what they ask for, and what stands before theirs.
  absl::Status LinkProgramAgain() {
    const auto facts = FactsOf(line_.output);
    if (!facts.ok()) return facts.status();
    if (!facts->loads_modules && !facts->needs_libraries) {
      return choices_.mismatched.empty() ? absl::OkStatus() : RunClang();
    }
    choices_.offer_libc = true;
    choices_.needs_libraries = facts->needs_libraries;
    std::set<std::string> wanted;
    for (const SharedLibrary& library : libraries_) {
      wanted.insert(library.symbols.begin(), library.symbols.end());
    }
    if (!choices_.cxx_runtime) choices_.cxx_runtime = WantCxxRuntime(wanted);
    for (const std::string& name : wanted) {
      if (!IsOfLinker(name) || absl::StartsWith(name, "__slipway_tls_")) {
        choices_.offers.push_back(name);
      }
    }
    return RunClang();
  }

  // A library in C++ brings the runtime along, whatever the program is in.
  bool WantCxxRuntime(const std::set<std::string>& wanted) const {
    const std::set<std::string> names =
        NamesIn(sysroot_ + "/lib/libc++.exports");
    return std::any_of(
        wanted.begin(), wanted.end(),
        [&](const std::string& name) { return names.contains(name); });
  }

  // Names of libc stand for the program's, which comes before the library: a
  // library that has one of its own means its own.
  absl::Status LinkLibraryAgain() {
    if (!line_.symbolic) {
      if (absl::Status status = MakeReplaceable(); !status.ok()) return status;
    }
    const bool changed =
        !choices_.replaceable.empty() || !choices_.mismatched.empty();
    return changed ? RunClang() : absl::OkStatus();
  }

  absl::Status MakeReplaceable() {
    const auto facts = FactsOf(line_.output);
    if (!facts.ok()) return facts.status();
    std::set<std::string> libc = NamesIn(sysroot_ + "/lib/libc.exports");
    libc.merge(NamesIn(sysroot_ + "/lib/libc++.exports"));
    for (const auto& [name, type] : facts->functions) {
      if (IsOfLinker(name) || libc.contains(name) || !script_.Offers(name) ||
          Contains(choices_.mismatched, name)) {
        continue;
      }
      if (called_.Add(kWrapPrefix + name, type)) {
        choices_.replaceable.push_back(name);
      }
    }
    if (choices_.replaceable.empty()) return absl::OkStatus();
    const auto source = called_.Write();
    if (!source.ok()) return source.status();
    choices_.source = *source;
    return absl::OkStatus();
  }

  // Calls by another type than a function has.
  absl::Status AdaptCalls() {
    if (choices_.mismatched.empty()) return absl::OkStatus();
    absl::Status status = AdaptCallsIn(line_.output);
    if (!status.ok() || !line_.strip) return status;
    const auto result =
        RunProgram({"llvm-strip-22", "--strip-all", line_.output});
    if (!result.ok()) return result.status();
    if (result->exit_status == 0) return absl::OkStatus();
    return absl::InternalError(result->messages);
  }

  absl::Status Rewrite() {
    ModuleChanges changes;
    changes.soname = line_.shared ? line_.soname : "";
    changes.stays_loaded = line_.shared && line_.stays_loaded;
    for (const SharedLibrary& library : libraries_) {
      if (library.recorded != library.file) {
        changes.needed[library.file] = library.recorded;
      }
    }
    if (!choices_.replaceable.empty()) changes.import_prefix = kWrapPrefix;
    if (line_.shared && !script_.local.empty()) {
      changes.keeps_export = [this](std::string_view name) {
        return absl::StartsWith(absl::string_view(name.data(), name.size()),
                                "__wasm_") ||
               absl::StartsWith(absl::string_view(name.data(), name.size()),
                                "__tls_") ||
               script_.Offers(name);
      };
    }
    if (changes.soname.empty() && changes.needed.empty() &&
        changes.import_prefix.empty() && !changes.keeps_export &&
        !changes.stays_loaded) {
      return absl::OkStatus();
    }
    const absl::StatusOr<std::string> module = ReadModule(line_.output);
    if (!module.ok()) return module.status();
    return WriteModule(line_.output,
                       RewriteModule(wasm::AsBytes(*module), changes));
  }

  const CommandLine& line_;
  const std::string& sysroot_;
  const Command command_;
  std::vector<SharedLibrary> libraries_;
  VersionScript script_;
  LinkChoices choices_;
  CalledFunctions called_;
  ProgramResult result_;
};

}  // namespace

absl::StatusOr<int> Link(const CommandLine& line, const std::string& sysroot,
                         Command command) {
  return Linking(line, sysroot, command).Run();
}

}  // namespace slipway::toolchain
