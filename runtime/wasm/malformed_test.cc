// What a malformed module is told: where, what was expected, what was found.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/error.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view sections;  // after the module's eight bytes
  std::string_view message;
};

void Check(const Case& test) {
  const std::string bytes =
      std::string("\0asm\1\0\0\0"sv) + std::string(test.sections);
  const absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  const absl::Status status =
      module.ok() ? ValidateAll(*module) : module.status();
  EXPECT_EQ(std::string(status.message()), test.message);
  EXPECT_TRUE(IsMalformed(status)) << test.message;
}

TEST(MalformedTest, Numbers) {
  for (const Case& test : {
           Case{"\1"sv,
                "offset 0x9: unexpected end: expected the rest of a number, 0 "
                "bytes are left"},
           Case{"\1\x80\x80\x80\x80\x80\0"sv,
                "offset 0x9: integer representation too long: more than 5 "
                "bytes"},
           Case{"\1\xff\xff\xff\xff\x1f"sv,
                "offset 0x9: integer too large for 32 bits"},
       }) {
    Check(test);
  }
}

TEST(MalformedTest, Types) {
  for (const Case& test : {
           Case{"\1\2\1\x40"sv, "offset 0xb: malformed function type 0x40"},
           Case{"\1\4\1\x60\1\x40"sv,
                "offset 0xd: malformed reference type 0x40"},
           Case{"\1\5\1\x60\1\x64\x40"sv,
                "offset 0xe: malformed heap type 0x40"},
           Case{"\1\3\1\x60\1"sv,
                "offset 0xc: unexpected end: 1 parameters in 0 bytes"},
       }) {
    Check(test);
  }
}

TEST(MalformedTest, ImportsAndExports) {
  for (const Case& test : {
           Case{"\2\4\1\0\0\5"sv,
                "offset 0xd: malformed import kind: expected 0x00 to 0x04, "
                "found 0x05"},
           Case{"\2\3\1\4a"sv,
                "offset 0xc: unexpected end: expected 4 bytes, 1 bytes are "
                "left"},
           Case{"\2\6\1\0\0\3\x7f\2"sv,
                "offset 0xf: malformed mutability: expected 0x00 or 0x01, "
                "found 0x02"},
           Case{"\2\6\1\0\0\4\1\0"sv,
                "offset 0xe: malformed tag attribute: expected 0x00, found "
                "0x01"},
           Case{"\7\4\1\0\x7f\0"sv,
                "offset 0xc: malformed export kind: expected 0x00 to 0x04, "
                "found 0x7f"},
       }) {
    Check(test);
  }
}

TEST(MalformedTest, TablesAndMemories) {
  for (const Case& test : {
           Case{"\4\4\1\x70\2\0"sv,
                "offset 0xc: malformed limits flags: expected 0x00, 0x01, 0x04 "
                "or 0x05, found 0x02"},
           Case{"\4\5\1\x40\1\x70\0"sv,
                "offset 0xb: malformed table: expected 0x40 0x00, found 0x01"},
           Case{"\5\3\1\x08\0"sv,
                "offset 0xb: malformed limits flags: expected 0x00 to 0x07, "
                "found 0x08"},
       }) {
    Check(test);
  }
}

TEST(MalformedTest, Segments) {
  for (const Case& test : {
           Case{"\x09\2\1\x08"sv,
                "offset 0xb: malformed elements segment kind: expected 0x00 to "
                "0x07, found 0x08"},
           Case{"\x09\4\1\1\1\0"sv,
                "offset 0xc: malformed element kind: expected 0x00, found "
                "0x01"},
           Case{"\x0b\2\1\3"sv,
                "offset 0xb: malformed data segment kind: expected 0x00 to "
                "0x02, found 0x03"},
           Case{"\x0b\4\1\1\5a"sv,
                "offset 0xd: unexpected end: expected 5 bytes, 1 bytes are "
                "left"},
       }) {
    Check(test);
  }
}

// A module of one function () -> () with this body.
void CheckBody(std::string_view body, std::string_view message) {
  std::string sections("\1\4\1\x60\0\0\3\2\1\0\x0a"sv);
  sections += static_cast<char>(body.size() + 2);
  sections += '\1';
  sections += static_cast<char>(body.size());
  sections += body;
  Check({sections, message});
}

TEST(MalformedTest, Bodies) {
  CheckBody("\0\x27"sv, "offset 0x17: illegal opcode 0x27");
  CheckBody("\0\xfd\x9a\1"sv, "offset 0x17: illegal opcode 0xfd 0x9a");
  CheckBody("\0\x02\x7a"sv, "offset 0x18: malformed reference type 0x7a");
  CheckBody("\0\x02\xff\x7e"sv, "offset 0x18: malformed block type -129");
  CheckBody("\0\xfe\3\1"sv,
            "offset 0x19: malformed fence: expected 0x00, found 0x01");
  CheckBody("\0\x1f\x40\1\4"sv,
            "offset 0x1a: malformed catch clause: expected 0x00 to 0x03, found "
            "0x04");
  CheckBody("\0\x43\1\2"sv,
            "offset 0x18: unexpected end: expected 4 bytes, 2 bytes are left");
  CheckBody("\0\x0b\x01"sv,
            "offset 0x18: section size mismatch: 1 bytes left over in function "
            "body");
}

}  // namespace
}  // namespace slipway::wasm
