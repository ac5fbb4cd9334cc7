#include "runtime/cli/arguments.h"

#include <algorithm>
#include <numeric>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace slipway::cli {
namespace {

constexpr Option kHelpOption = {"help", 'h', "", "show this"};

// Levenshtein's distance.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string Str(std::string_view text) { return std::string(text); }

}  // namespace

std::string_view Closest(std::string_view word,
                         std::span<const std::string_view> candidates) {
  std::string_view best;
  // A third of the letters may be wrong.
  size_t least = word.size() / 3 + 1;
  for (const std::string_view candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (distance <= least && (best.empty() || distance < least)) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

const std::vector<std::string>& Arguments::All(std::string_view option) const {
  static const std::vector<std::string> kNone;
  const auto found = values_.find(option);
  return found == values_.end() ? kNone : found->second;
}

std::string Arguments::Last(std::string_view option,
                            std::string_view otherwise) const {
  const std::vector<std::string>& all = All(option);
  return all.empty() ? std::string(otherwise) : all.back();
}

class ArgumentParser {
 public:
  ArgumentParser(const Command& command, std::span<char* const> words)
      : command_(command), words_(words) {}

  absl::StatusOr<Arguments> Parse() {
    while (next_ < words_.size()) {
      const std::string_view word = words_[next_++];
      if (word == "--") {
        TakeRest();
      } else if (word.starts_with("--")) {
        if (absl::Status s = LongOption(word.substr(2)); !s.ok()) return s;
      } else if (word.starts_with("-") && word.size() > 1) {
        if (absl::Status s = ShortOption(word); !s.ok()) return s;
      } else {
        result_.operands_.emplace_back(word);
        if (command_.runs_program) TakeProgramArguments();
      }
    }
    return std::move(result_);
  }

 private:
  void TakeRest() {
    for (; next_ < words_.size(); ++next_) {
      result_.operands_.emplace_back(words_[next_]);
    }
  }

  // One `--` may separate the program from its arguments.
  void TakeProgramArguments() {
    if (next_ < words_.size() && std::string_view(words_[next_]) == "--") {
      ++next_;
    }
    TakeRest();
  }

  absl::Status LongOption(std::string_view text) {
    if (text == kHelpOption.name) return Add(kHelpOption, "");
    const size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    for (const Option& option : command_.options) {
      if (option.name != name) continue;
      if (equals == std::string_view::npos) return Take(option);
      if (option.value.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", Str(name), " takes no value"));
      }
      return Add(option, text.substr(equals + 1));
    }
    return Unknown(name);
  }

  absl::Status ShortOption(std::string_view word) {
    for (const Option& option : command_.options) {
      if (option.letter == 0 || option.letter != word[1]) continue;
      if (word.size() == 2) return Take(option);
      if (!option.value.empty()) return Add(option, word.substr(2));
    }
    if (word == "-h") return Add(kHelpOption, "");
    return absl::InvalidArgumentError(
        absl::StrCat("unknown option ", Str(word)));
  }

  // An option whose value, if it has one, is the next word.
  absl::Status Take(const Option& option) {
    if (option.value.empty()) return Add(option, "");
    if (next_ == words_.size()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--", Str(option.name), " needs a value: ", Str(option.value)));
    }
    return Add(option, words_[next_++]);
  }

  absl::Status Add(const Option& option, std::string_view value) {
    result_.values_[std::string(option.name)].emplace_back(value);
    return absl::OkStatus();
  }

  absl::Status Unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Option& option : command_.options) names.push_back(option.name);
    const std::string_view close = Closest(name, names);
    return absl::InvalidArgumentError(absl::StrCat(
        "unknown option --", Str(name),
        close.empty() ? ""
                      : absl::StrCat(" (did you mean --", Str(close), "?)")));
  }

  const Command& command_;
  std::span<char* const> words_;
  size_t next_ = 0;
  Arguments result_;
};

absl::StatusOr<Arguments> ParseArguments(const Command& command,
                                         std::span<char* const> words) {
  return ArgumentParser(command, words).Parse();
}

std::string HelpText(const Command& command) {
  std::string text =
      absl::StrCat("Usage: slipway ", Str(command.name),
                   command.options.empty() ? " " : " [OPTIONS] ",
                   Str(command.operands), "\n\n", Str(command.summary), ".\n");
  if (!command.description.empty()) {
    absl::StrAppend(&text, "\n", Str(command.description), "\n");
  }
  constexpr size_t kColumn = 30;
  if (!command.options.empty()) text += "\nOptions:\n";
  for (const Option& option : command.options) {
    std::string left = "  ";
    if (option.letter != 0) left += {'-', option.letter, ',', ' '};
    absl::StrAppend(&left, "--", Str(option.name));
    if (!option.value.empty()) absl::StrAppend(&left, " ", Str(option.value));
    if (left.size() + 2 > kColumn) {
      left += "\n" + std::string(kColumn, ' ');
    } else {
      left.resize(kColumn, ' ');
    }
    absl::StrAppend(&text, left, Str(option.help), "\n");
  }
  if (!command.examples.empty()) text += "\nExamples:\n";
  for (const std::string_view example : command.examples) {
    absl::StrAppend(&text, "  ", Str(example), "\n");
  }
  return text;
}

}  // namespace slipway::cli
