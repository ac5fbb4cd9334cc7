// A path as a call names it.

#ifndef SLIPWAY_RUNTIME_HOST_PATH_ARG_H_
#define SLIPWAY_RUNTIME_HOST_PATH_ARG_H_

#include <string>

#include "runtime/host/guest_memory.h"

namespace slipway::host {

// Relative to a directory descriptor, or to the working directory when that is
// AT_FDCWD.
struct PathArg {
  GuestFd directory;
  std::string path;
};

enum class Follow : bool { kNo, kYes };  // a symbolic link in last position

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_PATH_ARG_H_
