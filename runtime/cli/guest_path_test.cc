#include "runtime/cli/guest_path.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

class GuestPathTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(root_ / "data" / "deep");
    std::ofstream(root_ / "data" / "deep" / "a.wasm") << "a";
    std::ofstream(root_ / "b.wasm") << "b";
    fs::remove(root_ / "link");
    fs::create_symlink(root_ / "data", root_ / "link");
  }

  std::string PathOf(const std::string& file) const {
    return GuestPathOf(policy_, root_ / file);
  }

  void AddMount(const std::string& directory, const std::string& guest_path) {
    policy_.mounts.push_back(
        {.host_path = root_ / directory, .guest_path = guest_path});
  }

  const fs::path root_ = fs::canonical(testing::TempDir()) / "guest_path";
  sandbox::Policy policy_;
};

TEST_F(GuestPathTest, IsEmptyWithoutAMount) {
  EXPECT_EQ(PathOf("b.wasm"), "");
  AddMount("data", "/data");
  EXPECT_EQ(PathOf("b.wasm"), "");
  EXPECT_EQ(PathOf("data/missing.wasm"), "");
  AddMount("missing", "/");
  EXPECT_EQ(PathOf("b.wasm"), "");
}

TEST_F(GuestPathTest, LiesInTheMount) {
  AddMount("data", "/");
  EXPECT_EQ(PathOf("data/deep/a.wasm"), "/deep/a.wasm");
  policy_.mounts = {{.host_path = "/", .guest_path = "/"}};
  EXPECT_EQ(PathOf("b.wasm"), root_ / "b.wasm");
  policy_.mounts = {{.host_path = "/", .guest_path = "/host"}};
  EXPECT_EQ(PathOf("b.wasm"), "/host" + (root_ / "b.wasm").string());
}

TEST_F(GuestPathTest, LinksOfTheHostAreFollowed) {
  AddMount("link", "/data");
  EXPECT_EQ(PathOf("data/deep/a.wasm"), "/data/deep/a.wasm");
  EXPECT_EQ(PathOf("link/deep/a.wasm"), "/data/deep/a.wasm");
}

TEST_F(GuestPathTest, WhatAnotherMountHidesIsNotThere) {
  AddMount("data", "/data");
  AddMount(".", "/data/deep");
  EXPECT_EQ(PathOf("data/deep/a.wasm"), "/data/deep/data/deep/a.wasm");
  EXPECT_EQ(PathOf("b.wasm"), "/data/deep/b.wasm");
}

}  // namespace
}  // namespace slipway::cli
