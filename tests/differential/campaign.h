// Generates, compares, minimises and writes down, until told to stop.

#ifndef SLIPWAY_TESTS_DIFFERENTIAL_CAMPAIGN_H_
#define SLIPWAY_TESTS_DIFFERENTIAL_CAMPAIGN_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "runtime/wasm/testing/generator/generator.h"
#include "tests/differential/comparison.h"
#include "tests/differential/coverage.h"
#include "tests/differential/generated_case.h"

namespace slipway::differential {

struct CampaignOptions {
  Engines engines;
  uint64_t seed = 1;
  std::optional<uint64_t> modules;  // at most
  std::optional<int> seconds;       // at most
  int jobs = 1;
  int max_findings = 5;
  int minimize_seconds = 120;  // for each finding
  std::string findings = "";   // directory to write them to
  wasm::GeneratorOptions generator;
};

class Campaign {
 public:
  struct Totals {
    uint64_t modules = 0;
    uint64_t calls = 0;
    // How calls ended: "returned", or a class of traps.
    std::map<std::string, uint64_t> endings;
    int findings = 0;
    Coverage coverage;
  };

  explicit Campaign(const CampaignOptions& options) : options_(options) {}

  Totals Run();

 private:
  // One module in so many carries marks.
  static constexpr uint64_t kMarkedEvery = 2;

  void Work();
  // False when it is time to stop.
  bool NextSeed(uint64_t& seed);
  bool OutOfTime() const;
  void Count(const GeneratedCase& test, const Lines& transcript);
  void Report(uint64_t seed, const GeneratedCase& test,
              const Transcripts& transcripts, Comparison& comparison);

  const CampaignOptions& options_;
  const std::chrono::steady_clock::time_point begin_ =
      std::chrono::steady_clock::now();
  std::mutex mutex_;  // guards what follows
  uint64_t started_ = 0;
  Totals totals_;
};

}  // namespace slipway::differential

#endif  // SLIPWAY_TESTS_DIFFERENTIAL_CAMPAIGN_H_
