#include "tests/differential/case_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/module.h"
#include "tests/differential/listing.h"

namespace slipway::differential {
namespace {

void WriteLines(const std::string& file, const Lines& lines) {
  std::ofstream stream(file);
  for (const std::string& line : lines) stream << line << '\n';
}

}  // namespace

void WriteCase(const std::string& directory, const Case& test,
               const Transcripts& transcripts) {
  std::filesystem::create_directories(directory);
  std::ofstream(directory + "/module.wasm", std::ios::binary) << test.module;
  std::ofstream(directory + "/listing.txt") << Listing(test.module);
  WriteLines(directory + "/calls.txt", test.calls);
  WriteLines(directory + "/slipway.txt", transcripts.slipway);
  WriteLines(directory + "/peer.txt", transcripts.peer);
}

Case ReadCase(const std::string& directory) {
  Case test;
  std::ifstream bytes(directory + "/module.wasm", std::ios::binary);
  test.module.assign(std::istreambuf_iterator<char>(bytes), {});
  std::ifstream calls(directory + "/calls.txt");
  for (std::string line; std::getline(calls, line);) {
    test.calls.push_back(line);
  }
  const auto module = wasm::DecodeModule(wasm::AsBytes(test.module));
  if (module.ok()) {
    test.memories = static_cast<uint32_t>(module->memories.size());
  }
  return test;
}

std::string FirstDifference(const Transcripts& transcripts) {
  auto line = [](const Lines& lines, size_t i) {
    return i < lines.size() ? lines[i] : std::string("nothing");
  };
  for (size_t i = 0;; ++i) {
    const std::string slipway = line(transcripts.slipway, i);
    const std::string peer = line(transcripts.peer, i);
    if (slipway != peer || slipway == "nothing") {
      return absl::StrCat("  slipway: ", slipway, "\n  peer:    ", peer, "\n");
    }
  }
}

}  // namespace slipway::differential
