#include "runtime/host/host_environment.h"

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

using Strings = std::vector<std::string>;

// Found as a way out: an open file of the guest's, as a library of a granted
// program.
TEST(HostEnvironment, HasNothingThatLoadsCode) {
  EXPECT_EQ(HostEnvironment({"LD_PRELOAD=/proc/self/fd/5", "PATH=/bin",
                             "LD_AUDIT=x", "GCONV_PATH=/data",
                             "LD_=", "SLIPWAY_EXEC=3", "LDX=1", "TZ=UTC"}),
            (Strings{"PATH=/bin", "LDX=1", "TZ=UTC"}));
}

TEST(HostEnvironment, KeepsWhatHasNoValue) {
  EXPECT_EQ(HostEnvironment({"", "=", "LD_PRELOAD", "NAME"}),
            (Strings{"", "=", "NAME"}));
}

}  // namespace
}  // namespace slipway::host
