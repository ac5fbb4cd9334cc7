#include "runtime/host/process_title.h"

#include <fcntl.h>
#include <linux/prctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "runtime/host/owned_fd.h"

namespace slipway::host {
namespace {

// The range of the strings behind `pointers`, which end with a null, when they
// follow each other; moves `pointers` past the null.
struct Range {
  uint64_t start = 0;
  uint64_t end = 0;
};

std::optional<Range> StringsAt(const GuestMemory& memory, GuestPtr& pointers) {
  Range range;
  while (true) {
    const auto at = memory.Load<uint64_t>(pointers);
    if (!at.ok()) return std::nullopt;
    pointers = pointers + sizeof(uint64_t);
    if (*at == 0) return range;
    const auto text = memory.LoadString({*at}, 1 << 20);
    if (!text.ok()) return std::nullopt;
    if (range.start == 0) range.start = *at;
    range.end = *at + text->size() + 1;
  }
}

constexpr int kFields = 52;

// The numbers of /proc/self/stat by their number in proc(5); 0 for others.
std::optional<std::array<uint64_t, kFields + 1>> ReadStat() {
  const OwnedFd fd(::open("/proc/self/stat", O_RDONLY | O_CLOEXEC));
  char text[2048];
  const ssize_t size = ::read(fd.get(), text, sizeof(text));
  if (size <= 0) return std::nullopt;
  std::string_view rest(text, static_cast<size_t>(size));
  const size_t name_end = rest.rfind(')');
  if (name_end == rest.npos) return std::nullopt;
  rest.remove_prefix(name_end + 1);
  std::array<uint64_t, kFields + 1> fields{};
  for (int field = 3; field <= kFields && rest.size() > 1; ++field) {
    rest.remove_prefix(1);
    const size_t end = rest.find(' ');
    const std::string_view number = rest.substr(0, end);
    std::from_chars(number.data(), number.data() + number.size(),
                    fields[field]);
    rest.remove_prefix(number.size());
  }
  return fields;
}

}  // namespace

void PublishArguments(const GuestMemory& memory, GuestPtr sp) {
  GuestPtr pointers = sp + sizeof(uint64_t);
  const std::optional<Range> arguments = StringsAt(memory, pointers);
  const std::optional<Range> environment = StringsAt(memory, pointers);
  const auto stat = ReadStat();
  if (!arguments || !environment || !stat || arguments->end == 0) return;
  const auto base = reinterpret_cast<uint64_t>(memory.base());
  const bool has_environment = environment->end != 0;
  // Everything but the last four addresses stays as it is.
  prctl_mm_map map = {};
  map.start_code = (*stat)[26];
  map.end_code = (*stat)[27];
  map.start_stack = (*stat)[28];
  map.start_data = (*stat)[45];
  map.end_data = (*stat)[46];
  map.start_brk = (*stat)[47];
  map.brk = reinterpret_cast<uint64_t>(::sbrk(0));
  map.arg_start = base + arguments->start;
  map.arg_end = base + arguments->end;
  map.env_start = has_environment ? base + environment->start : map.arg_end;
  map.env_end = has_environment ? base + environment->end : map.arg_end;
  map.exe_fd = ~0u;
  ::prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0);
}

}  // namespace slipway::host
