#include "tests/differential/generated_case.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "tests/differential/case_files.h"
#include "tests/differential/listing.h"

namespace slipway::differential {
namespace {

bool Has(const Case& test, const std::string& text) {
  return Listing(test.module).find(text) != std::string::npos;
}

bool Never() { return false; }

// Bytes of decisions, inside bodies.
size_t Decided(const GeneratedCase& test) {
  size_t size = 0;
  for (const std::string& body : test.module.decisions.bodies) {
    size += body.size();
  }
  return size;
}

TEST(GeneratedCaseTest, SeedsDecide) {
  const GeneratedCase first = GenerateCase(5, {});
  const GeneratedCase second = GenerateCase(5, {});
  EXPECT_EQ(first.module.bytes, second.module.bytes);
  EXPECT_EQ(first.calls, second.calls);
  EXPECT_NE(first.module.bytes, GenerateCase(6, {}).module.bytes);
  EXPECT_EQ(first.calls.back(), "state");
}

// As if one call of one function that uses one operator made the difference.
TEST(GeneratedCaseTest, MinimizesToWhatMatters) {
  const std::string op = " f64.sqrt\n";
  uint64_t seed = 0;
  while (!Has(GenerateCase(seed, {}).ToCase(), op)) ++seed;
  const GeneratedCase test = GenerateCase(seed, {});
  const std::string call = test.calls[3];
  const auto differs = [&](const Case& smaller) {
    return Has(smaller, op) &&
           std::find(smaller.calls.begin(), smaller.calls.end(), call) !=
               smaller.calls.end();
  };
  const GeneratedCase small = Minimize(test, differs, &Never);
  EXPECT_EQ(small.calls, Lines{call});
  EXPECT_LT(20 * Decided(small), Decided(test));
}

TEST(GeneratedCaseTest, MinimizingStopsWhenTold) {
  const GeneratedCase test = GenerateCase(1, {});
  const GeneratedCase same =
      Minimize(test, [](const Case&) { return true; }, [] { return true; });
  EXPECT_EQ(same.module.bytes, test.module.bytes);
  EXPECT_EQ(same.calls, test.calls);
}

TEST(FirstDifferenceTest, ShowsBothLines) {
  EXPECT_EQ(FirstDifference({.slipway = {"f0 = 1", "f1 = 2"},
                             .peer = {"f0 = 1", "f1 ! memory"}}),
            "  slipway: f1 = 2\n  peer:    f1 ! memory\n");
  EXPECT_EQ(FirstDifference({.slipway = {"f0 = 1"}, .peer = {}}),
            "  slipway: f0 = 1\n  peer:    nothing\n");
}

}  // namespace
}  // namespace slipway::differential
