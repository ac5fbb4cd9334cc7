#include "runtime/wasm/byte_reader.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/utf8.h"

namespace slipway::wasm {
namespace {

Bytes View(const std::vector<uint8_t>& bytes) { return {bytes}; }

ByteReader ReaderOf(const std::string& bytes) {
  return ByteReader(
      {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

TEST(ByteReaderTest, ReadsWhatWasWritten) {
  for (int shift = 0; shift < 64; ++shift) {
    for (uint64_t value : {uint64_t{1} << shift, (uint64_t{1} << shift) - 1}) {
      std::string bytes;
      AppendUnsigned(bytes, value);
      AppendSigned(bytes, static_cast<int64_t>(value));
      AppendSigned(bytes, -static_cast<int64_t>(value));
      ByteReader reader = ReaderOf(bytes);
      uint64_t as_unsigned = 0;
      int64_t as_signed = 0;
      int64_t negated = 0;
      ASSERT_TRUE(reader.ReadU64(as_unsigned) && reader.ReadS64(as_signed) &&
                  reader.ReadS64(negated));
      EXPECT_TRUE(reader.AtEnd());
      EXPECT_EQ(as_unsigned, value);
      EXPECT_EQ(as_signed, static_cast<int64_t>(value));
      EXPECT_EQ(negated, -static_cast<int64_t>(value));
    }
  }
}

TEST(ByteReaderTest, AcceptsPaddedEncodings) {
  const std::vector<uint8_t> bytes = {0x83, 0x80, 0x80, 0x80, 0x00,
                                      0xff, 0xff, 0xff, 0xff, 0x7f};
  ByteReader reader(View(bytes));
  uint32_t three = 0;
  int32_t minus_one = 0;
  ASSERT_TRUE(reader.ReadU32(three) && reader.ReadS32(minus_one));
  EXPECT_EQ(three, 3u);
  EXPECT_EQ(minus_one, -1);
}

TEST(ByteReaderTest, RefusesLongOrLargeIntegers) {
  uint32_t unsigned_value;
  int32_t signed_value;
  const std::vector<uint8_t> six = {0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
  EXPECT_FALSE(ByteReader(View(six)).ReadU32(unsigned_value));
  // Bits beyond the 32nd.
  const std::vector<uint8_t> large = {0xff, 0xff, 0xff, 0xff, 0x1f};
  EXPECT_FALSE(ByteReader(View(large)).ReadU32(unsigned_value));
  // Bits beyond the 32nd that are not the sign.
  const std::vector<uint8_t> sign = {0xff, 0xff, 0xff, 0xff, 0x4f};
  EXPECT_FALSE(ByteReader(View(sign)).ReadS32(signed_value));
  const std::vector<uint8_t> cut = {0x80, 0x80};
  EXPECT_FALSE(ByteReader(View(cut)).ReadU32(unsigned_value));
}

TEST(ByteReaderTest, ErrorsAreMalformedAndSayWhere) {
  const std::vector<uint8_t> bytes = {1, 2};
  ByteReader reader(View(bytes), 0x1a2);
  uint8_t byte;
  reader.ReadByte(byte);
  EXPECT_FALSE(reader.Fail("expected this, found that"));
  EXPECT_EQ(std::string(reader.status().message()),
            "offset 0x1a3: expected this, found that");
  EXPECT_TRUE(IsMalformed(reader.status()));
  EXPECT_FALSE(reader.Fail("a later error"));
  EXPECT_EQ(std::string(reader.status().message()),
            "offset 0x1a3: expected this, found that");
  EXPECT_FALSE(IsMalformed(InvalidError(1, "ill-typed")));
}

TEST(ByteReaderTest, RefusesCountsThatCannotFit) {
  const std::vector<uint8_t> bytes = {0xff, 0xff, 0xff, 0xff, 0x0f, 0x00};
  uint32_t count;
  EXPECT_FALSE(ByteReader(View(bytes)).ReadCount(count, "things"));
}

TEST(Utf8Test, KnowsWellFormedText) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain"));
  EXPECT_TRUE(IsUtf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xa2"));
  EXPECT_TRUE(IsUtf8("\xf4\x8f\xbf\xbf"));   // U+10FFFF
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80"));  // beyond
  EXPECT_FALSE(IsUtf8("\xc0\x80"));          // overlong
  EXPECT_FALSE(IsUtf8("\xe0\x9f\xbf"));      // overlong
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(IsUtf8("\x80"));              // continuation alone
  EXPECT_FALSE(IsUtf8("\xe2\x82"));          // cut
}

}  // namespace
}  // namespace slipway::wasm
