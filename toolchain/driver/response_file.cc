#include "toolchain/driver/response_file.h"

#include <cctype>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace slipway::toolchain {
namespace {

constexpr int kMaxDepth = 64;

absl::Status Expand(const std::vector<std::string>& arguments, int depth,
                    std::vector<std::string>& result) {
  for (const std::string& argument : arguments) {
    std::ifstream file;
    if (argument.size() > 1 && argument[0] == '@') {
      file.open(argument.substr(1), std::ios::binary);
    }
    if (!file.is_open()) {
      result.push_back(argument);
      continue;
    }
    if (depth == kMaxDepth) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", argument, "': response files name each other without end"));
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    absl::Status status = Expand(SplitResponseFile(text), depth + 1, result);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

bool IsBlank(char c) { return std::isspace(static_cast<unsigned char>(c)); }

}  // namespace

std::vector<std::string> SplitResponseFile(std::string_view text) {
  std::vector<std::string> arguments;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && IsBlank(c)) {
      if (in_word) arguments.push_back(std::exchange(word, ""));
      in_word = false;
      continue;
    }
    in_word = true;
    if (c == '\\' && quote != '\'') {
      if (++i < text.size()) word += text[i];
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
    } else {
      word += c;
    }
  }
  if (in_word) arguments.push_back(std::move(word));
  return arguments;
}

absl::StatusOr<std::vector<std::string>> ExpandResponseFiles(
    const std::vector<std::string>& arguments) {
  std::vector<std::string> result;
  if (absl::Status status = Expand(arguments, 0, result); !status.ok()) {
    return status;
  }
  return result;
}

}  // namespace slipway::toolchain
