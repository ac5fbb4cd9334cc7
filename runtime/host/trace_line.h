// One line of `slipway trace` under construction: a fixed buffer without
// allocation, so a line can be built in a forked child or on a signal stack.
// What does not fit is cut and marked with "…" by Finish().

#ifndef SLIPWAY_RUNTIME_HOST_TRACE_LINE_H_
#define SLIPWAY_RUNTIME_HOST_TRACE_LINE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace slipway::host {

class TraceLine {
 public:
  TraceLine& Text(std::string_view text);
  TraceLine& Decimal(int64_t value);
  TraceLine& Hex(uint64_t value);    // "0x1f"
  TraceLine& Octal(uint64_t value);  // "0644"
  // "…" in C notation: \n, \", \\, \0 and \xNN escapes. `more` appends "...",
  // as strace does for a string that goes on.
  TraceLine& Quoted(std::string_view bytes, bool more);
  // Pads with spaces up to `column`, at least one.
  TraceLine& PadTo(size_t column);

  std::string_view view() const { return {text_, size_}; }
  // Ends the line with a newline and returns it. Call it once.
  std::string_view Finish();
  // Finish(), then one write(2) to fd. Failures are ignored: a trace that
  // cannot be written must not change the program.
  void WriteTo(int fd);

 private:
  static constexpr size_t kCapacity = 2048;
  static constexpr size_t kTail = 4;  // "…" in UTF-8 and the newline

  char text_[kCapacity];
  size_t size_ = 0;
  bool cut_ = false;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_TRACE_LINE_H_
