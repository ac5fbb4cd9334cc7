#include "tests/differential/comparison.h"

#include <fstream>

namespace slipway::differential {

Transcripts Comparison::Run(const Case& test) {
  const std::string file = directory_ + "/module.wasm";
  std::ofstream(file, std::ios::binary) << test.module;
  slipway_.Start(test, file);
  peer_.Start(test, file);
  return {.slipway = slipway_.Finish(), .peer = peer_.Finish()};
}

}  // namespace slipway::differential
