// Writes the sample modules for the fuzzer: write_samples FILE… , as many
// files as there are samples.

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/wasm/testing/sample_modules.h"

int main(int argc, char** argv) {
  const std::vector<slipway::wasm::SampleModule> samples =
      slipway::wasm::SampleModules();
  if (static_cast<size_t>(argc) != samples.size() + 1) {
    std::fprintf(stderr, "write_samples: expected %zu files\n", samples.size());
    return 1;
  }
  for (size_t i = 0; i < samples.size(); ++i) {
    std::ofstream file(argv[i + 1], std::ios::binary);
    file << samples[i].bytes;
    if (!file.flush()) {
      std::fprintf(stderr, "write_samples: cannot write %s\n", argv[i + 1]);
      return 1;
    }
  }
  return 0;
}
