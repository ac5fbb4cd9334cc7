#include "runtime/wasi/trace.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "runtime/host/trace_line.h"

namespace slipway::wasi {
namespace {

using host::TraceLine;

constexpr size_t kMaxText = 128;  // bytes of a string that are shown

enum class Style : uint8_t {
  number,
  count,
  hex,
  fd,
  text,
  fd_out,
  address_out,
  u64_out
};

Style StyleOf(Kind kind) {
  constexpr Style kStyles[] = {
#define WASI_KIND(name, cpp_type, wire, style) Style::style,
#include "runtime/wasi/kinds.def"
#undef WASI_KIND
  };
  return kStyles[static_cast<int>(kind)];
}

void AppendText(TraceLine& line, const Guest& guest, GuestPtr at,
                uint64_t length) {
  char text[kMaxText];
  const size_t shown = std::min<uint64_t>(length, kMaxText);
  if (!guest.memory.CopyIn(text, at, shown).ok()) {
    line.Hex(at.address);
    return;
  }
  line.Quoted({text, shown}, length > shown);
}

// What the call stored, of `size` bytes.
void AppendStored(TraceLine& line, const Guest& guest, GuestPtr at,
                  uint64_t size, bool succeeded) {
  uint64_t value = 0;
  if (!succeeded || !guest.memory.CopyIn(&value, at, size).ok()) {
    line.Hex(at.address);
    return;
  }
  line.Text("[").Decimal(static_cast<int64_t>(value)).Text("]");
}

void AppendArgument(TraceLine& line, const Row& row, const Guest& guest,
                    const uint64_t* arguments, int i, bool succeeded) {
  const uint64_t value = arguments[i];
  const GuestPtr at{value};
  switch (StyleOf(row.kinds[i])) {
    case Style::number:
    case Style::count:
      line.Decimal(static_cast<int64_t>(value));
      return;
    case Style::fd:
      line.Decimal(static_cast<int32_t>(value));
      return;
    case Style::hex:
      line.Hex(value);
      return;
    case Style::text:
      AppendText(line, guest, at, arguments[i + 1]);
      return;
    case Style::fd_out:
      AppendStored(line, guest, at, sizeof(uint32_t), succeeded);
      return;
    case Style::address_out:
      AppendStored(line, guest, at, guest.memory.word(), succeeded);
      return;
    case Style::u64_out:
      AppendStored(line, guest, at, sizeof(uint64_t), succeeded);
      return;
  }
}

void AppendCall(TraceLine& line, const Row& row, const Guest& guest,
                const uint64_t* arguments, bool succeeded) {
  line.Text(row.name).Text("(");
  for (int i = 0; i < row.argc; ++i) {
    if (i != 0) line.Text(", ");
    AppendArgument(line, row, guest, arguments, i, succeeded);
  }
  line.Text(")");
}

}  // namespace

void TraceLeaving(const Row& row, const Guest& guest,
                  const uint64_t* arguments) {
  if (std::string_view(row.name) != "proc_exit") return;
  TraceLine line;
  AppendCall(line, row, guest, arguments, false);
  guest.tracer->Print(line, "?");
}

void TraceReturned(const Row& row, const Guest& guest,
                   const uint64_t* arguments, uint16_t number) {
  TraceLine line;
  AppendCall(line, row, guest, arguments, number == 0);
  std::string result = std::to_string(number);
  if (number != 0) result.append(" ").append(WasiErrnoName(number));
  guest.tracer->Print(line, result);
}

}  // namespace slipway::wasi
