#include "runtime/cli/source_scan.h"

#include <algorithm>

namespace slipway::cli {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Scanner {
 public:
  using Found = std::function<void(SourceUse, std::string_view, int)>;

  Scanner(std::string_view text, const Found& found)
      : text_(text), found_(found) {}

  void Scan() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (SkipComment()) continue;
      if (c == '"' || c == '\'') {
        SkipString();
      } else if (c == '#') {
        Include();
      } else if (IsLetter(c)) {
        Word();
      } else if (IsDigit(c)) {
        while (at_ < text_.size() && (IsLetter(Peek()) || IsDigit(Peek()))) {
          Next();
        }
        before_ = '0';
      } else {
        if (!IsBlank(c) && c != '\n') before_ = c;
        Next();
      }
    }
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void Next() {
    if (at_ < text_.size() && text_[at_++] == '\n') ++line_;
  }

  void SkipTo(std::string_view end) {
    const size_t found = text_.find(end, at_);
    const size_t stop = found == text_.npos ? text_.size() : found + end.size();
    while (at_ < stop) Next();
  }

  bool SkipComment() {
    if (Peek() != '/' || (Peek(1) != '/' && Peek(1) != '*')) return false;
    const bool line = Peek(1) == '/';
    at_ += 2;
    SkipTo(line ? "\n" : "*/");
    return true;
  }

  // Returns whether there was anything in it. One that does not end on its line
  // is an apostrophe of prose or of a number.
  bool SkipString() {
    const char quote = Peek();
    const size_t start = at_;
    Next();
    while (Peek() != quote && Peek() != '\n' && at_ < text_.size()) {
      if (Peek() == '\\') Next();
      Next();
    }
    if (Peek() == quote) Next();
    before_ = quote;
    return at_ - start > 2;
  }

  void SkipBlanks() {
    while (at_ < text_.size() && (IsBlank(Peek()) || Peek() == '\n')) Next();
  }

  void Include() {
    Next();
    while (IsBlank(Peek())) Next();
    constexpr std::string_view kInclude = "include";
    if (text_.substr(at_, kInclude.size()) != kInclude) return;
    at_ += kInclude.size();
    while (IsBlank(Peek())) Next();
    if (Peek() != '<') return;
    Next();
    const size_t end = text_.find_first_of(">\n", at_);
    if (end == text_.npos || text_[end] != '>') return;
    found_(SourceUse::kHeader, text_.substr(at_, end - at_), line_);
    at_ = end;
  }

  std::string_view TakeWord() {
    const size_t start = at_;
    while (IsLetter(Peek()) || IsDigit(Peek())) ++at_;
    return text_.substr(start, at_ - start);
  }

  void Word() {
    const bool member = before_ == '.' || before_ == '>' || before_ == ':';
    const std::string_view word = TakeWord();
    const int line = line_;
    before_ = 'a';
    for (const std::string_view prefix : {"SYS_", "__NR_"}) {
      if (word.starts_with(prefix)) {
        found_(SourceUse::kNumber, word.substr(prefix.size()), line);
      }
    }
    if (word == "asm" || word == "__asm__" || word == "__asm") {
      return Assembly(line);
    }
    SkipBlanks();
    if (Peek() == '(' && !member) found_(SourceUse::kCall, word, line);
  }

  // asm [volatile …] ( "text" …
  void Assembly(int line) {
    SkipBlanks();
    while (IsLetter(Peek())) {
      TakeWord();
      SkipBlanks();
    }
    if (Peek() != '(') return;
    Next();
    SkipBlanks();
    if (Peek() == '"' && SkipString()) {
      found_(SourceUse::kAssembly, "asm", line);
    }
  }

  const std::string_view text_;
  const Found& found_;
  size_t at_ = 0;
  int line_ = 1;
  char before_ = '\0';  // the last character that is no blank
};

}  // namespace

void ScanSource(std::string_view text,
                const std::function<void(SourceUse use, std::string_view name,
                                         int line)>& found) {
  Scanner(text, found).Scan();
}

}  // namespace slipway::cli
