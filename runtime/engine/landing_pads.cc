#include "runtime/engine/landing_pads.h"

#include "runtime/engine/dwarf_reader.h"

namespace slipway::engine {

uintptr_t FindLandingPad(const uint8_t* lsda, uintptr_t function, uintptr_t ip,
                         bool faulted) {
  DwarfReader reader(lsda);
  uintptr_t pad_base = function;
  if (const uint8_t encoding = reader.Byte(); encoding != kOmit) {
    pad_base = reader.Encoded(encoding);
  }
  if (reader.Byte() != kOmit) reader.Uleb128();  // type table
  const uint8_t encoding = reader.Byte();
  const uint64_t length = reader.Uleb128();
  const uint8_t* end = reader.position() + length;
  const uint64_t offset = ip - function;
  uintptr_t nearest = 0;
  while (reader.position() < end) {  // sorted
    const uint64_t start = reader.Encoded(encoding);
    const uint64_t size = reader.Encoded(encoding);
    const uint64_t pad = reader.Encoded(encoding);
    reader.Uleb128();  // action: every pad is a catch-all
    if (offset >= start && offset < start + size && (pad != 0 || !faulted)) {
      return pad == 0 ? 0 : pad_base + pad;
    }
    if (pad != 0) nearest = pad_base + pad;
    if (offset < start && (nearest != 0 || !faulted)) break;
  }
  return faulted ? nearest : 0;
}

}  // namespace slipway::engine
