#include "tests/differential/campaign.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/differential/case_files.h"

namespace slipway::differential {
namespace {

using Clock = std::chrono::steady_clock;

std::string MakeScratchDirectory() {
  const char* parent = getenv("TEST_TMPDIR");
  if (parent == nullptr) parent = getenv("TMPDIR");
  std::string path = absl::StrCat(parent != nullptr ? parent : "/tmp",
                                  "/slipway-differential-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    perror(path.c_str());
    exit(2);
  }
  return path;
}

}  // namespace

Campaign::Totals Campaign::Run() {
  std::vector<std::thread> threads;
  for (int i = 0; i < options_.jobs; ++i) {
    threads.emplace_back([this] { Work(); });
  }
  for (std::thread& thread : threads) thread.join();
  return totals_;
}

bool Campaign::OutOfTime() const {
  return options_.seconds &&
         Clock::now() - begin_ >= std::chrono::seconds(*options_.seconds);
}

bool Campaign::NextSeed(uint64_t& seed) {
  const std::lock_guard lock(mutex_);
  if (OutOfTime() || totals_.findings >= options_.max_findings ||
      (options_.modules && started_ == *options_.modules)) {
    return false;
  }
  seed = options_.seed + started_++;
  return true;
}

void Campaign::Work() {
  const std::string scratch = MakeScratchDirectory();
  {
    Comparison comparison(options_.engines, scratch);
    uint64_t seed = 0;
    while (NextSeed(seed)) {
      wasm::GeneratorOptions generator = options_.generator;
      generator.marks = seed % kMarkedEvery == 0;
      const GeneratedCase test = GenerateCase(seed, generator);
      const Transcripts transcripts = comparison.Run(test.ToCase());
      Count(test, transcripts.slipway);
      if (transcripts.differ()) {
        Report(seed, test, transcripts, comparison);
      }
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(scratch, ignored);
}

void Campaign::Count(const GeneratedCase& test, const Lines& transcript) {
  const std::lock_guard lock(mutex_);
  ++totals_.modules;
  for (size_t i = 0; i < test.calls.size() && i < transcript.size(); ++i) {
    ++totals_.calls;
    const size_t trap = transcript[i].find(" ! ");
    ++totals_
          .endings[trap == std::string::npos ? "returned"
                                             : transcript[i].substr(trap + 3)];
  }
  constexpr std::string_view kMarks = " marks ";
  if (!test.options.marks || transcript.empty()) return;
  const size_t marks = transcript.back().find(kMarks);
  if (marks == std::string::npos) return;
  totals_.coverage.Add(test.module.bytes,
                       transcript.back().substr(marks + kMarks.size()));
}

void Campaign::Report(uint64_t seed, const GeneratedCase& test,
                      const Transcripts& transcripts, Comparison& comparison) {
  const std::string name = absl::StrCat(options_.findings, "/seed-", seed);
  WriteCase(name, test.ToCase(), transcripts);
  const auto begin = Clock::now();
  const GeneratedCase small = Minimize(
      test,
      [&](const Case& smaller) { return comparison.Run(smaller).differ(); },
      [&] {
        return Clock::now() - begin >=
               std::chrono::seconds(options_.minimize_seconds);
      });
  const Transcripts now = comparison.Run(small.ToCase());
  WriteCase(name + "-small", small.ToCase(), now);
  const std::lock_guard lock(mutex_);
  ++totals_.findings;
  printf("DIFFERENCE seed %ju: %s-small\n%s", static_cast<uintmax_t>(seed),
         name.c_str(), FirstDifference(now).c_str());
  fflush(stdout);
}

}  // namespace slipway::differential
