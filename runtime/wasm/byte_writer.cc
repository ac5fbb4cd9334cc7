#include "runtime/wasm/byte_writer.h"

namespace slipway::wasm {

void AppendUnsigned(std::string& to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    to += static_cast<char>((value & 0x7f) | 0x80);
  }
  to += static_cast<char>(value);
}

void AppendSigned(std::string& to, int64_t value) {
  // Done when what remains is the sign, and the last byte shows it.
  for (; value < -0x40 || value >= 0x40; value >>= 7) {
    to += static_cast<char>((value & 0x7f) | 0x80);
  }
  to += static_cast<char>(value & 0x7f);
}

void AppendSized(std::string& to, std::string_view bytes) {
  AppendUnsigned(to, bytes.size());
  to += bytes;
}

}  // namespace slipway::wasm
