#include "toolchain/driver/command_line.h"

#include <algorithm>
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
  explicit Parser(const std::vector<std::string>& arguments)
      : arguments_(arguments) {}

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
    line_.arguments.push_back(argument);
    return absl::OkStatus();
  }

  absl::Status PassWithValue(const std::string& argument) {
    line_.arguments.push_back(argument);
    if (argument == "-l") has_input_ = true;
    if (++at_ == arguments_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", argument, "' wants a value after it"));
    }
    if (argument == "-o") line_.output = arguments_[at_];
    line_.arguments.push_back(arguments_[at_]);
    return absl::OkStatus();
  }

  // Flags that decide the shape of the link. Returns whether nothing else is to
  // be done with the argument.
  bool TakeFact(const std::string& argument) {
    if (argument == "-shared") return line_.shared = true;
    if (argument == "-rdynamic") return line_.export_dynamic = true;
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
    } else if (argument == "-nodefaultlibs") {
      line_.libraries = false;
    } else if (argument == "-r") {
      line_.relocatable = true;
    } else if (argument == "-ansi" || absl::StartsWith(argument, "-std=")) {
      line_.gnu_names = absl::StartsWith(argument, "-std=gnu");
    } else if (absl::StartsWith(argument, "-o")) {
      line_.output = argument.substr(2);
    } else if (absl::StartsWith(argument, "-l")) {
      has_input_ = true;
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

  // -Xlinker gives one argument at a time, so a flag and its value come as two.
  absl::Status ParseXlinker() {
    std::vector<std::string> flags = {arguments_[++at_]};
    const FlagRow* row = FindFlag(LinkerFlags(), flags[0]);
    if (row != nullptr && row->match == FlagMatch::kSeparate &&
        at_ + 2 < arguments_.size() && arguments_[at_ + 1] == "-Xlinker") {
      at_ += 2;
      flags.push_back(arguments_[at_]);
    }
    return PassLinkerFlags(flags);
  }

  absl::Status PassLinkerFlags(const std::vector<std::string>& flags) {
    for (size_t i = 0; i < flags.size(); ++i) {
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
  CommandLine line_;
};

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(
    const std::vector<std::string>& arguments) {
  return Parser(arguments).Parse();
}

}  // namespace slipway::toolchain
