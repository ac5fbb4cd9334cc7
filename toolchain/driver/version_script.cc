#include "toolchain/driver/version_script.h"

#include <fnmatch.h>

#include <algorithm>
#include <cctype>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace slipway::toolchain {
namespace {

// Names, and the characters { } ; : that stand alone. A name in quotes is one;
// a colon in a name (C++) is part of it when it is double.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  // Empty at the end.
  std::string Next() {
    SkipSpace();
    if (text_.empty()) return "";
    const char first = text_.front();
    if (first == '"') return Quoted();
    if (std::string_view("{};").find(first) != std::string_view::npos ||
        (first == ':' && !text_.starts_with("::"))) {
      return Take(1);
    }
    size_t size = 0;
    while (size < text_.size() && !EndsName(size)) {
      size += text_.substr(size).starts_with("::") ? 2 : 1;
    }
    return Take(size);
  }

  int line() const { return line_; }

 private:
  bool EndsName(size_t at) const {
    const char c = text_[at];
    if (c == ':') return !text_.substr(at).starts_with("::");
    return std::isspace(static_cast<unsigned char>(c)) || c == '{' ||
           c == '}' || c == ';';
  }

  std::string Take(size_t size) {
    size = std::min(size, text_.size());
    const std::string taken(text_.substr(0, size));
    line_ += static_cast<int>(std::count(taken.begin(), taken.end(), '\n'));
    text_.remove_prefix(size);
    return taken;
  }

  std::string Quoted() {
    const std::string quoted = Take(text_.find('"', 1) + 1);
    return quoted.size() < 2 ? Take(text_.size())
                             : quoted.substr(1, quoted.size() - 2);
  }

  void SkipSpace() {
    for (;;) {
      if (text_.starts_with("/*")) {
        const size_t end = text_.find("*/", 2);
        Take(end == std::string_view::npos ? text_.size() : end + 2);
      } else if (text_.starts_with("#")) {
        Take(text_.find('\n'));
      } else if (!text_.empty() &&
                 std::isspace(static_cast<unsigned char>(text_.front()))) {
        Take(1);
      } else {
        return;
      }
    }
  }

  std::string_view text_;
  int line_ = 1;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(text) { Advance(); }

  absl::StatusOr<VersionScript> Parse() {
    while (!token_.empty()) {
      if (token_ != "{") Advance();  // the version's name
      if (absl::Status status = ParseBlock(script_.global); !status.ok()) {
        return status;
      }
      while (!token_.empty() && token_ != ";") Advance();  // what it follows
      Advance();
    }
    return script_;
  }

 private:
  void Advance() { token_ = tokens_.Next(); }

  absl::Status Expected(const char* what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", tokens_.line(), ": expected ", what, ", found ",
                     token_.empty() ? "the end" : token_));
  }

  absl::Status ParseBlock(std::vector<std::string>& first) {
    if (token_ != "{") return Expected("{");
    std::vector<std::string>* list = &first;
    for (Advance(); token_ != "}"; Advance()) {
      if (token_.empty()) return Expected("}");
      if (token_ == ";") continue;
      const std::string name = token_;
      Advance();
      if (name == "extern") {  // extern "C" { … };
        Advance();
        absl::Status status = ParseBlock(*list);
        if (!status.ok()) return status;
      } else if (token_ == ":" && (name == "global" || name == "local")) {
        list = name == "global" ? &script_.global : &script_.local;
      } else if (token_ == ";" || token_ == "}") {
        list->push_back(name);
        if (token_ == "}") break;
      } else {
        return Expected(";");
      }
    }
    Advance();
    return absl::OkStatus();
  }

  Tokens tokens_;
  std::string token_;
  VersionScript script_;
};

bool Names(const std::vector<std::string>& list, const std::string& symbol) {
  return std::find(list.begin(), list.end(), symbol) != list.end();
}

bool Matches(const std::vector<std::string>& list, const std::string& symbol) {
  return std::any_of(list.begin(), list.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), symbol.c_str(), 0) == 0;
  });
}

}  // namespace

bool VersionScript::Offers(std::string_view name) const {
  // Goes with its variable: see posix-shim/passes/thread_locals.h.
  constexpr std::string_view kThreadLocal = "__slipway_tls_";
  if (name.starts_with(kThreadLocal)) name.remove_prefix(kThreadLocal.size());
  const std::string symbol(name);
  if (Names(global, symbol)) return true;
  if (Names(local, symbol)) return false;
  return Matches(global, symbol) || !Matches(local, symbol);
}

absl::StatusOr<VersionScript> ParseVersionScript(std::string_view text) {
  return Parser(text).Parse();
}

}  // namespace slipway::toolchain
