// Runs a case on both engines at the same time and compares.
//
//   Comparison comparison(config, directory);
//   const Transcripts t = comparison.Run(test);
//   if (t.differ()) …

#ifndef SLIPWAY_TESTS_DIFFERENTIAL_COMPARISON_H_
#define SLIPWAY_TESTS_DIFFERENTIAL_COMPARISON_H_

#include <string>
#include <vector>

#include "tests/differential/case.h"
#include "tests/differential/engine_process.h"

namespace slipway::differential {

struct Engines {
  std::vector<std::string> slipway;  // commands
  std::vector<std::string> peer;
};

struct Transcripts {
  Lines slipway;
  Lines peer;
  bool differ() const { return slipway != peer; }
};

class Comparison {
 public:
  // Keeps files in the directory, which must be its own.
  Comparison(const Engines& engines, std::string directory)
      : slipway_(engines.slipway, kLifetime),
        peer_(engines.peer, kLifetime),
        directory_(std::move(directory)) {}

  Transcripts Run(const Case& test);

 private:
  static constexpr int kLifetime = 200;

  EngineProcess slipway_;
  EngineProcess peer_;
  const std::string directory_;
};

}  // namespace slipway::differential

#endif  // SLIPWAY_TESTS_DIFFERENTIAL_COMPARISON_H_
