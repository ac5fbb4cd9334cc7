#include "runtime/wasm/utf8.h"

#include <cstddef>
#include <cstdint>

namespace slipway::wasm {
namespace {

// What may follow a lead byte: how many continuation bytes, and the range of
// the first of them (the others are 0x80 to 0xbf). Zero length: no lead byte.
struct Lead {
  uint8_t continuation;
  uint8_t low;
  uint8_t high;
};

Lead ClassifyLead(uint8_t byte) {
  if (byte >= 0xc2 && byte <= 0xdf) return {1, 0x80, 0xbf};
  if (byte == 0xe0) return {2, 0xa0, 0xbf};
  if (byte == 0xed) return {2, 0x80, 0x9f};
  if (byte >= 0xe1 && byte <= 0xef) return {2, 0x80, 0xbf};
  if (byte == 0xf0) return {3, 0x90, 0xbf};
  if (byte >= 0xf1 && byte <= 0xf3) return {3, 0x80, 0xbf};
  if (byte == 0xf4) return {3, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<uint8_t>(text[i++]);
    if (byte < 0x80) continue;
    const Lead lead = ClassifyLead(byte);
    if (lead.continuation == 0 || text.size() - i < lead.continuation) {
      return false;
    }
    const auto first = static_cast<uint8_t>(text[i++]);
    if (first < lead.low || first > lead.high) return false;
    for (int k = 1; k < lead.continuation; ++k) {
      if ((static_cast<uint8_t>(text[i++]) & 0xc0) != 0x80) return false;
    }
  }
  return true;
}

}  // namespace slipway::wasm
