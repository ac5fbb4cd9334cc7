// What `slipway doctor` says of functions, against the libc of the sysroot.

#include "runtime/cli/source_facts.h"

#include <fstream>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace slipway::cli {
namespace {

std::set<std::string> NamesOfLibc() {
  std::ifstream exports("posix-shim/sysroot/lib/libc.exports");
  std::set<std::string> names;
  for (std::string line; std::getline(exports, line);) {
    names.insert(line.substr(line.rfind('=') + 1));
  }
  return names;
}

TEST(SourceFacts, MissingFunctionsAreNotInLibc) {
  const std::set<std::string> names = NamesOfLibc();
  ASSERT_TRUE(names.contains("strverscmp"));
  for (const SourceFact& fact : MissingFunctions()) {
    EXPECT_FALSE(names.contains(std::string(fact.name))) << fact.name;
  }
}

TEST(SourceFacts, PartialFunctionsAre) {
  const std::set<std::string> names = NamesOfLibc();
  for (const SourceFact& fact : PartialFunctions()) {
    EXPECT_TRUE(names.contains(std::string(fact.name))) << fact.name;
  }
}

TEST(SourceFacts, MissingHeadersAreNotInTheSysroot) {
  for (const SourceFact& fact : MissingHeaders()) {
    std::ifstream header("posix-shim/sysroot/include/" +
                         std::string(fact.name));
    EXPECT_FALSE(header.is_open()) << fact.name;
  }
}

}  // namespace
}  // namespace slipway::cli
