#include "runtime/host/exec_state.h"

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

ExecState Example() {
  ExecState state;
  state.options = {"--listen=127.0.0.1:80", "--dir=/proc/self/fd/9::/"};
  state.executable = "/bin/tool";
  state.arguments = {"tool", "", std::string("a\0b", 3)};
  state.environment = {"A=b"};
  state.own_file = "/first.wasm";
  state.program = 1000;
  state.directory_mount = 2;
  state.descriptor_hard_limit = 30;
  state.memory_limits = {1, 2, 3, ~uint64_t{0}};
  state.ignored_signals = ~uint64_t{0};
  state.files = {{3, {FdKind::kFile, true, 1}}, {7, {FdKind::kSocket}}};
  return state;
}

TEST(ExecState, SurvivesTheFile) {
  const SysResult<OwnedFd> file = Example().ToFile();
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(ExecState::FromFile(file->get()), Example());
}

TEST(ExecState, IsSealed) {
  const SysResult<OwnedFd> file = Example().ToFile();
  ASSERT_TRUE(file.ok());
  EXPECT_LT(::write(file->get(), "x", 1), 0);
}

TEST(ExecState, RefusesWhatWasCutOff) {
  const std::string bytes = Example().Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ExecState::Decode(bytes.substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(ExecState::Decode(bytes + "x"), std::nullopt);
}

}  // namespace
}  // namespace slipway::host
