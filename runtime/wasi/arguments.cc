// Arguments and environment: lists of strings, laid out by the guest's order.

#include <string>
#include <vector>

#include "runtime/wasi/handlers.h"

namespace slipway::wasi {
namespace {

SysStatus StoreSizes(Guest& guest, const std::vector<std::string>& texts,
                     GuestPtr count, GuestPtr bytes) {
  uint64_t total = 0;
  for (const std::string& text : texts) total += text.size() + 1;
  SLIPWAY_CHECK_OK(guest.memory.StoreWord(count, texts.size()));
  return guest.memory.StoreWord(bytes, total);
}

SysStatus StoreTexts(Guest& guest, const std::vector<std::string>& texts,
                     GuestPtr pointers, GuestPtr bytes) {
  for (const std::string& text : texts) {
    const uint64_t size = text.size() + 1;
    SLIPWAY_CHECK_OK(guest.memory.CopyOut(bytes, text.c_str(), size));
    SLIPWAY_CHECK_OK(guest.memory.StoreWord(pointers, bytes.address));
    bytes = bytes + size;
    pointers = pointers + guest.memory.word();
  }
  return Done{};
}

}  // namespace

SysStatus args_get(Guest& guest, GuestPtr argv, GuestPtr argv_buf) {
  return StoreTexts(guest, guest.start.arguments, argv, argv_buf);
}

SysStatus args_sizes_get(Guest& guest, GuestPtr argc, GuestPtr argv_buf_size) {
  return StoreSizes(guest, guest.start.arguments, argc, argv_buf_size);
}

SysStatus environ_get(Guest& guest, GuestPtr environ, GuestPtr environ_buf) {
  return StoreTexts(guest, guest.start.environment, environ, environ_buf);
}

SysStatus environ_sizes_get(Guest& guest, GuestPtr environ_count,
                            GuestPtr environ_buf_size) {
  return StoreSizes(guest, guest.start.environment, environ_count,
                    environ_buf_size);
}

}  // namespace slipway::wasi
