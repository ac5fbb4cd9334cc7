#include "runtime/wasi/dispatch.h"

#include <string>

#include "runtime/engine/thread.h"
#include "runtime/wasi/trace.h"

namespace slipway::wasi {
namespace {

// The descriptor whose rights the row is about.
WasiFd FirstFd(const Row& row, const uint64_t* arguments) {
  int i = 0;
  while (row.kinds[i] != Kind::k_fd) ++i;
  return {static_cast<uint32_t>(arguments[i])};
}

SysStatus Perform(const Row& row, Guest& guest, const uint64_t* arguments) {
  if (!guest.policy.rights.Has(row.right)) [[unlikely]] {
    const std::string right(sandbox::RightName(row.right));
    guest.policy.NoteDenial(row.name, "--allow " + right);
    return Errno{EPERM};
  }
  if (row.fd_rights != fd_right::NONE) {
    SLIPWAY_CHECK_OK(guest.files.Find(FirstFd(row, arguments), row.fd_rights));
  }
  return row.apply(guest, arguments);
}

}  // namespace

uint16_t Dispatch(const Row& row, Guest& guest, const uint64_t* arguments) {
  engine::Thread& engine = *engine::Thread::Current();
  engine.CheckHostStack();
  engine.set_in_host(true);
  if (guest.tracer != nullptr) TraceLeaving(row, guest, arguments);
  const SysStatus status = Perform(row, guest, arguments);
  const uint16_t number = status.ok() ? 0 : ToWasiErrno(status.error());
  if (guest.tracer != nullptr) TraceReturned(row, guest, arguments, number);
  engine.set_in_host(false);
  return number;
}

}  // namespace slipway::wasi
