#include "runtime/host/host_maps.h"

#include <sys/mman.h>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

TEST(HostMaps, ParsesALine) {
  const auto mapping = ParseHostMapping(
      "7f0000001000-7f0000003000 rw-s 00002000 00:01 98309            "
      "/SYSV00000000 (deleted)");
  ASSERT_TRUE(mapping.has_value());
  EXPECT_EQ(mapping->start, 0x7f0000001000u);
  EXPECT_EQ(mapping->end, 0x7f0000003000u);
  EXPECT_EQ(mapping->offset, 0x2000u);
  EXPECT_EQ(mapping->inode, 98309u);
  EXPECT_EQ(mapping->name, "/SYSV00000000 (deleted)");
}

TEST(HostMaps, AnonymousHasNoName) {
  const auto mapping = ParseHostMapping("1000-2000 ---p 00000000 00:00 0 ");
  ASSERT_TRUE(mapping.has_value());
  EXPECT_EQ(mapping->name, "");
}

TEST(HostMaps, RefusesWhatIsNoMapping) {
  EXPECT_FALSE(ParseHostMapping(""));
  EXPECT_FALSE(ParseHostMapping("Size:                  4 kB"));
  EXPECT_FALSE(ParseHostMapping("1000-2000 rw"));
  EXPECT_FALSE(ParseHostMapping("1000-2000 rw-p 00000000 00:00"));
}

TEST(HostMaps, FindsMappingsOfThisProcess) {
  void* const page =
      mmap(nullptr, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const auto address = reinterpret_cast<uint64_t>(page);
  bool found = false;
  uint64_t last = 0;
  ForEachHostMapping([&](const HostMapping& mapping) {
    EXPECT_GE(mapping.start, last);
    last = mapping.end;
    found |= mapping.start <= address && address < mapping.end;
  });
  EXPECT_TRUE(found);
  munmap(page, 4096);
}

}  // namespace
}  // namespace slipway::host
