#include "runtime/engine/code_object.h"

#include <cstdlib>
#include <fstream>

#include "gtest/gtest.h"

namespace slipway::engine {
namespace {

TEST(CodeObjectTest, SaysWhatIsWrongWithAFile) {
  const std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/bad.so";
  std::ofstream(path) << "this is no ELF file";
  const auto bad = CodeObject::Load(path);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(bad.status().message().find("not a usable object file"),
            absl::string_view::npos);
  // A library, but not one of ours.
  const auto foreign = CodeObject::Load("libm.so.6");
  ASSERT_FALSE(foreign.ok());
  EXPECT_NE(foreign.status().message().find("no slipway_object symbol"),
            absl::string_view::npos);
}

}  // namespace
}  // namespace slipway::engine
