// Streams: numbers and words to text and back, and lines through a file.

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/bench/cxx/rows.h"

namespace {

void RunFormat(long n) {
  std::ostringstream stream;
  while (n-- > 0) {
    stream.str("");
    stream << "row " << n << ": " << static_cast<double>(n) / 8 << '\n';
    Use(stream);
  }
}

void RunParse(long n) {
  std::istringstream stream;
  long sum = 0;
  while (n-- > 0) {
    stream.clear();
    stream.str("12345 word -678");
    std::string word;
    long first, second;
    stream >> first >> word >> second;
    sum += first + second;
  }
  Use(sum);
}

constexpr char kFile[] = "lines";

void RunLines(long n) {
  {
    std::ofstream file(kFile);
    for (long i = 0; i < n; ++i) file << "a line of some words\n";
    MUST(file.flush().good());
  }
  std::ifstream file(kFile);
  std::string line;
  long lines = 0;
  while (std::getline(file, line)) ++lines;
  MUST(lines == n);
}

void RemoveFile() { MUST(std::remove(kFile) == 0); }

}  // namespace

const struct row stream_rows[] = {
    {"ostringstream", nullptr, RunFormat, nullptr},
    {"istringstream", nullptr, RunParse, nullptr},
    {"file-of-lines", nullptr, RunLines, RemoveFile},
    {nullptr, nullptr, nullptr, nullptr},
};
