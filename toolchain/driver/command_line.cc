#include "toolchain/driver/command_line.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "toolchain/driver/flag_table.h"

namespace slipway::toolchain {
namespace {

// clang options whose value is the next argument, so that it is not taken for
// an input file or a flag.
constexpr const char* kOptionsWithValue[] = {
    "-o",         "-D",       "-U",        "-I",       "-L",
    "-l",         "-x",       "-include",  "-isystem", "-iquote",
    "-idirafter", "-imacros", "-isysroot", "-MF",      "-MT",
    "-MQ",        "-u",       "-Xclang",   "-mllvm",   "-Xpreprocessor",
    "-arch",      "--param",  "-e",
};

// With one of these nothing is linked.
constexpr const char* kNoLink[] = {
    "-c",   "-S",        "-E",           "-M",     "-MM", "-fsyntax-only",
    "-###", "--version", "-dumpversion", "--help",
};

// Whether code is for a program or for a side module; the last one counts.
constexpr const char* kForSideModules[] = {"-fPIC", "-fpic"};
constexpr const char* kForPrograms[] = {"-fPIE",    "-fpie",    "-fno-pic",
                                        "-fno-PIC", "-fno-pie", "-fno-PIE"};

// Of -Wl,: for the libraries after it.
constexpr const char* kLinkStatic[] = {"-Bstatic", "--Bstatic", "-dn",
                                       "-non_shared"};
constexpr const char* kLinkDynamic[] = {"-Bdynamic", "--Bdynamic", "-dy",
                                        "-call_shared"};
constexpr const char* kSymbolic[] = {"-Bsymbolic", "--Bsymbolic",
                                     "-Bsymbolic-functions",
                                     "--Bsymbolic-functions"};
constexpr const char* kLinkerFlagsWithValue[] = {
    "-soname",         "--soname",       "-h",          "--version-script",
    "-version-script", "--dynamic-list", "-rpath-link", "--rpath-link"};

// Whatever stands for C++'s runtime libraries in a makefile.
constexpr const char* kCxxRuntime[] = {"stdc++", "c++", "c++abi", "supc++",
                                       "unwind"};
constexpr const char* kCxxSuffixes[] = {".cc",  ".cpp", ".cxx", ".c++",
                                        ".C",   ".CPP", ".cp",  ".ii",
                                        ".hpp", ".hh",  ".hxx"};

// Libraries are archives then. libc is one always.
constexpr const char* kStatic[] = {"-static", "-static-pie"};

template <typename List>
bool IsOneOf(const std::string& argument, const List& list) {
  return std::any_of(std::begin(list), std::end(list),
                     [&](const char* each) { return argument == each; });
}

absl::Status Refuse(const std::string& argument, const FlagRow& row) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", argument, "' is not available: ", row.reason));
}

class Parser {
 public:
  Parser(const std::vector<std::string>& arguments, DriverMode mode)
      : arguments_(arguments) {
    line_.mode = mode;
    line_.cxx_sources = line_.cxx_runtime = mode == DriverMode::kCxx;
  }

  absl::StatusOr<CommandLine> Parse() {
    for (at_ = 0; at_ < arguments_.size(); ++at_) {
      if (absl::Status status = ParseOne(arguments_[at_]); !status.ok()) {
        return status;
      }
    }
    line_.links = may_link_ && has_input_;
    return std::move(line_);
  }

 private:
  absl::Status ParseOne(const std::string& argument) {
    if (absl::StartsWith(argument, "-Wl,")) {
      const std::vector<std::string> parts = absl::StrSplit(argument, ',');
      return PassLinkerFlags({parts.begin() + 1, parts.end()});
    }
    if (argument == "-Xlinker" && at_ + 1 < arguments_.size()) {
      return ParseXlinker();
    }
    if (argument.empty() || argument[0] != '-' || argument == "-") {
      return PassInput(argument);
    }
    if (IsOneOf(argument, kOptionsWithValue)) return PassWithValue(argument);
    if (TakeFact(argument)) return absl::OkStatus();
    return PassCompilerFlag(argument);
  }

  absl::Status PassInput(const std::string& argument) {
    has_input_ = true;
    for (const char* suffix : kCxxSuffixes) {
      if (absl::EndsWith(argument, suffix)) line_.cxx_sources = true;
    }
    line_.inputs.push_back({argument, false, dynamic_});
    line_.arguments.push_back(argument);
    return absl::OkStatus();
  }

  absl::Status PassWithValue(const std::string& argument) {
    if (++at_ == arguments_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", argument, "' wants a value after it"));
    }
    if (argument == "-l" && AddLibrary(arguments_[at_])) {
      return absl::OkStatus();
    }
    line_.arguments.push_back(argument);
    if (argument == "-o") line_.output = arguments_[at_];
    if (argument == "-x") TakeLanguage(arguments_[at_]);
    if (argument == "-L") line_.library_directories.push_back(arguments_[at_]);
    line_.arguments.push_back(arguments_[at_]);
    return absl::OkStatus();
  }

  void TakeLanguage(const std::string& name) {
    if (absl::StartsWith(name, "c++")) line_.cxx_sources = true;
  }

  // Returns whether the library is one of C++'s, which the driver links.
  bool AddLibrary(const std::string& name) {
    has_input_ = true;
    if (IsOneOf(name, kCxxRuntime)) return line_.cxx_runtime = true;
    line_.inputs.push_back({name, true, dynamic_});
    return false;
  }

  // Flags that decide the shape of the link. Returns whether nothing else is to
  // be done with the argument.
  bool TakeFact(const std::string& argument) {
    if (argument == "-shared") return line_.shared = true;
    if (argument == "-rdynamic") return line_.export_dynamic = true;
    if (argument == "-s") return line_.strip = true;
    if (IsOneOf(argument, kStatic)) return line_.static_libraries = true;
    if (IsOneOf(argument, kForSideModules)) return line_.side_code = true;
    if (IsOneOf(argument, kForPrograms)) return !(line_.side_code = false);
    if (IsOneOf(argument, kNoLink) || absl::StartsWith(argument, "-print-") ||
        absl::StartsWith(argument, "--print-")) {
      may_link_ = false;
    } else if (argument == "-nostdlib") {
      line_.start_files = line_.libraries = false;
    } else if (argument == "-nostartfiles") {
      line_.start_files = false;
    } else if (argument == "-nostdlib++") {
      line_.cxx_runtime = false;
    } else if (argument == "-nostdinc++") {
      line_.cxx_headers = false;
    } else if (argument == "-fexperimental-library") {
      line_.cxx_experimental = true;
    } else if (argument == "-nodefaultlibs") {
      line_.libraries = false;
    } else if (argument == "-r") {
      line_.relocatable = true;
    } else if (argument == "-ansi" || absl::StartsWith(argument, "-std=")) {
      line_.gnu_names = absl::StartsWith(argument, "-std=gnu");
    } else if (absl::StartsWith(argument, "-o")) {
      line_.output = argument.substr(2);
    } else if (absl::StartsWith(argument, "-x")) {
      TakeLanguage(argument.substr(2));
    } else if (absl::StartsWith(argument, "-l")) {
      return AddLibrary(argument.substr(2));
    } else if (absl::StartsWith(argument, "-L")) {
      line_.library_directories.push_back(argument.substr(2));
    }
    return false;
  }

  absl::Status PassCompilerFlag(const std::string& argument) {
    const FlagRow* row = FindFlag(CompilerFlags(), argument);
    if (row == nullptr) {
      line_.arguments.push_back(argument);
      return absl::OkStatus();
    }
    if (row->action == FlagAction::kRefuse) return Refuse(argument, *row);
    if (row->match == FlagMatch::kSeparate) ++at_;
    return absl::OkStatus();
  }

  // A linker flag's value, after = or as the next of `flags`; null when it is
  // another flag. `i` moves to the value.
  static const std::string* ValueOf(const std::vector<std::string>& flags,
                                    size_t& i,
                                    std::initializer_list<const char*> names,
                                    std::string& storage) {
    for (const char* name : names) {
      if (flags[i] == name && i + 1 < flags.size()) return &flags[++i];
      const std::string prefix = absl::StrCat(name, "=");
      if (!absl::StartsWith(flags[i], prefix)) continue;
      storage = flags[i].substr(prefix.size());
      return &storage;
    }
    return nullptr;
  }

  // Linker flags that the driver sees to itself. `flag` moves to the last
  // argument that belongs to it.
  bool TakeLinkerFact(const std::vector<std::string>& flags, size_t& i) {
    const std::string& flag = flags[i];
    if (IsOneOf(flag, kLinkStatic) || IsOneOf(flag, kLinkDynamic)) {
      dynamic_ = IsOneOf(flag, kLinkDynamic);
      return false;  // wasm-ld wants to know, too
    }
    if (IsOneOf(flag, kSymbolic)) {
      line_.symbolic = true;
      return flag == "-Bsymbolic-functions" || flag == "--Bsymbolic-functions";
    }
    if (flag == "-znodelete" ||
        (flag == "-z" && i + 1 < flags.size() && flags[i + 1] == "nodelete")) {
      line_.stays_loaded = true;
      return false;  // dropped as every -z is
    }
    std::string storage;
    if (const auto* value =
            ValueOf(flags, i, {"-soname", "--soname", "-h"}, storage)) {
      line_.soname = *value;
    } else if (const auto* value =
                   ValueOf(flags, i, {"--version-script", "-version-script"},
                           storage)) {
      line_.version_script = *value;
    } else if (const auto* value = ValueOf(
                   flags, i, {"--dynamic-list", "-dynamic-list"}, storage)) {
      line_.dynamic_list = *value;
    } else if (const auto* value = ValueOf(
                   flags, i, {"-rpath-link", "--rpath-link"}, storage)) {
      line_.library_directories.push_back(*value);
    } else {
      return false;
    }
    return true;
  }

  // -Xlinker gives one argument at a time, so a flag and its value come as two.
  absl::Status ParseXlinker() {
    std::vector<std::string> flags = {arguments_[++at_]};
    const FlagRow* row = FindFlag(LinkerFlags(), flags[0]);
    const bool takes_value =
        (row != nullptr && row->match == FlagMatch::kSeparate) ||
        IsOneOf(flags[0], kLinkerFlagsWithValue);
    if (takes_value && at_ + 2 < arguments_.size() &&
        arguments_[at_ + 1] == "-Xlinker") {
      at_ += 2;
      flags.push_back(arguments_[at_]);
    }
    return PassLinkerFlags(flags);
  }

  absl::Status PassLinkerFlags(const std::vector<std::string>& flags) {
    for (size_t i = 0; i < flags.size(); ++i) {
      if (flags[i] == "-s" || flags[i] == "--strip-all") {
        line_.strip = true;
        continue;
      }
      if (TakeLinkerFact(flags, i)) continue;
      const FlagRow* row = FindFlag(LinkerFlags(), flags[i]);
      if (row == nullptr) {
        line_.arguments.insert(line_.arguments.end(), {"-Xlinker", flags[i]});
        continue;
      }
      if (row->action == FlagAction::kRefuse) return Refuse(flags[i], *row);
      if (row->match == FlagMatch::kSeparate) ++i;
    }
    return absl::OkStatus();
  }

  const std::vector<std::string>& arguments_;
  size_t at_ = 0;
  bool may_link_ = true;
  bool has_input_ = false;
  bool dynamic_ = true;
  CommandLine line_;
};

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(
    const std::vector<std::string>& arguments, DriverMode mode) {
  return Parser(arguments, mode).Parse();
}

}  // namespace slipway::toolchain
