// A path as a call names it.

#ifndef SLIPWAY_RUNTIME_HOST_PATH_ARG_H_
#define SLIPWAY_RUNTIME_HOST_PATH_ARG_H_

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime/host/guest_memory.h"

namespace slipway::host {

// The text of a path with a NUL behind it, for the kernel. Refers to what it
// was made of, and is valid as long as that.
class PathText {
 public:
  PathText() = default;
  PathText(const std::string& text) : text_(text.c_str()), size_(text.size()) {}
  PathText(const char* text) : text_(text), size_(std::strlen(text)) {}
  // Precondition: text[size] == 0.
  PathText(const char* text, size_t size) : text_(text), size_(size) {}

  const char* c_str() const { return text_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  char front() const { return text_[0]; }  // the NUL when it is empty
  // Precondition: !empty().
  char back() const { return text_[size_ - 1]; }
  operator std::string_view() const { return {text_, size_}; }

 private:
  const char* text_ = "";
  size_t size_ = 0;
};

// Where a handler copies a path to: on its stack, as paths are read by calls
// that take less time than an allocation.
struct PathBuffer {
  char text[4096];  // PATH_MAX; not initialised
};

// Copies a path in. EFAULT, ENAMETOOLONG. Valid as long as the buffer.
inline SysResult<PathText> LoadPathText(const GuestMemory& memory,
                                        GuestPtr from, PathBuffer& buffer) {
  SLIPWAY_TRY(const size_t size,
              memory.LoadString(from, buffer.text, sizeof(buffer.text)));
  return PathText(buffer.text, size);
}

// Relative to a directory descriptor, or to the working directory when that is
// AT_FDCWD.
struct PathArg {
  GuestFd directory;
  PathText path;
};

enum class Follow : bool { kNo, kYes };  // a symbolic link in last position

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PATH_ARG_H_
