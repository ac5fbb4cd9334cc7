#include "runtime/host/constants.h"

#include <vector>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

// Subsection 1 (functions, skipped), then 9: 0 .tdata, 1 .rodata, 7 .rodata.x.
const std::vector<uint8_t> kNames = {
    1, 1,  0,                                            //
    9, 29, 3,                                            //
    0, 6,  '.', 't', 'd', 'a', 't', 'a',                 //
    1, 7,  '.', 'r', 'o', 'd', 'a', 't', 'a',            //
    7, 9,  '.', 'r', 'o', 'd', 'a', 't', 'a', '.', 'x',  //
};

wasm::Module WithNames(const std::vector<uint8_t>& names, size_t segments) {
  wasm::Module module;
  module.data.resize(segments);
  module.custom.push_back({.name = "name", .bytes = names, .offset = 0});
  return module;
}

TEST(Constants, AreFoundByName) {
  EXPECT_EQ(ConstantSegments(WithNames(kNames, 8)),
            (std::vector<uint32_t>{1, 7}));
}

TEST(Constants, IndicesOutsideTheModuleAreIgnored) {
  EXPECT_EQ(ConstantSegments(WithNames(kNames, 3)), std::vector<uint32_t>{1});
}

TEST(Constants, TruncatedNamesAreNoNames) {
  for (size_t size = 0; size < kNames.size(); ++size) {
    const std::vector<uint8_t> part(kNames.begin(), kNames.begin() + size);
    EXPECT_TRUE(ConstantSegments(WithNames(part, 8)).empty()) << size;
  }
}

}  // namespace
}  // namespace slipway::host
