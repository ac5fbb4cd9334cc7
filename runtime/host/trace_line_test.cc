#include "runtime/host/trace_line.h"

#include <unistd.h>

#include <string>

#include "gtest/gtest.h"

namespace slipway::host {
namespace {

TEST(TraceLine, NumbersInTheUsualBases) {
  TraceLine line;
  line.Decimal(-5).Text(" ").Hex(0x1f).Text(" ").Octal(0644).Text(" ").Octal(0);
  EXPECT_EQ(line.view(), "-5 0x1f 0644 0");
}

TEST(TraceLine, QuotesAsC) {
  TraceLine line;
  line.Quoted(std::string_view("a\"\\\n\0\x80", 6), false);
  EXPECT_EQ(line.view(), R"("a\"\\\n\0\x80")");
  TraceLine more;
  more.Quoted("abc", true);
  EXPECT_EQ(more.view(), R"("abc"...)");
}

TEST(TraceLine, PadsToAColumn) {
  TraceLine line;
  line.Text("ab").PadTo(5).Text("|").PadTo(2).Text("|");
  EXPECT_EQ(line.view(), "ab   | |");
}

TEST(TraceLine, CutsAndMarksWhatDoesNotFit) {
  TraceLine line;
  line.Text(std::string(5000, 'x'));
  const std::string text(line.Finish());
  EXPECT_LE(text.size(), 2048u);
  EXPECT_EQ(text.substr(text.size() - 5), "x…\n");
}

TEST(TraceLine, WritesOneLine) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  TraceLine line;
  line.Text("hello");
  line.WriteTo(ends[1]);
  char text[16] = "";
  EXPECT_EQ(read(ends[0], text, sizeof(text)), 6);
  EXPECT_STREQ(text, "hello\n");
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace slipway::host
