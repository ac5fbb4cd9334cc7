#include "runtime/host/trace_line.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace slipway::host {

TraceLine& TraceLine::Text(std::string_view text) {
  const size_t room = kCapacity - kTail - size_;
  const size_t count = std::min(text.size(), room);
  std::memcpy(text_ + size_, text.data(), count);
  size_ += count;
  cut_ = cut_ || count < text.size();
  return *this;
}

TraceLine& TraceLine::Decimal(int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  return Text({digits, static_cast<size_t>(end - digits)});
}

TraceLine& TraceLine::Hex(uint64_t value) {
  char digits[24];
  const auto end =
      std::to_chars(digits, digits + sizeof(digits), value, 16).ptr;
  return Text("0x").Text({digits, static_cast<size_t>(end - digits)});
}

TraceLine& TraceLine::Octal(uint64_t value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value, 8).ptr;
  return Text(value == 0 ? "" : "0")
      .Text({digits, static_cast<size_t>(end - digits)});
}

TraceLine& TraceLine::Quoted(std::string_view bytes, bool more) {
  constexpr char kDigits[] = "0123456789abcdef";
  Text("\"");
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '\n':
        Text("\\n");
        break;
      case '\r':
        Text("\\r");
        break;
      case '\t':
        Text("\\t");
        break;
      case '\0':
        Text("\\0");
        break;
      case '"':
        Text("\\\"");
        break;
      case '\\':
        Text("\\\\");
        break;
      default:
        if (byte >= 0x20 && byte < 0x7f) {
          Text({&c, 1});
        } else {
          const char escape[] = {'\\', 'x', kDigits[byte >> 4],
                                 kDigits[byte & 15]};
          Text({escape, sizeof(escape)});
        }
    }
  }
  return Text(more ? "\"..." : "\"");
}

TraceLine& TraceLine::PadTo(size_t column) {
  do {
    Text(" ");
  } while (size_ < column && !cut_);
  return *this;
}

std::string_view TraceLine::Finish() {
  if (cut_) {
    std::memcpy(text_ + size_, "…", 3);
    size_ += 3;
  }
  text_[size_++] = '\n';
  return view();
}

void TraceLine::WriteTo(int fd) {
  const std::string_view line = Finish();
  // Its result is of no interest; see the header.
  if (write(fd, line.data(), line.size()) < 0) return;
}

}  // namespace slipway::host
