// What a guest may do: a plain description, from command line options or from
// a file, that never changes once the guest runs. Everything that is not
// listed is denied.
//
//   Policy policy;
//   policy.mounts.push_back(*ParseMount("./data::/data:ro"));
//   policy.listen.push_back(*ParseAddress("127.0.0.1:6379"));
//   SLIPWAY_CHECK_OK(policy.CheckListen(address, length));   // EACCES
//
// Mounts are enforced by host::Vfs, rights by the system-call dispatcher,
// addresses by the checks below. Every refusal is reported with NoteDenial, so
// that `slipway trace` can say which option would have granted it.
// Thread-safe once filled in: all checks are const.

#ifndef SLIPWAY_RUNTIME_SANDBOX_POLICY_H_
#define SLIPWAY_RUNTIME_SANDBOX_POLICY_H_

#include <sys/socket.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host/sys_result.h"
#include "runtime/sandbox/address_grant.h"
#include "runtime/sandbox/rights.h"

namespace slipway::sandbox {

// A directory tree of the host, seen by the guest at `guest_path`.
struct Mount {
  std::string host_path;
  std::string guest_path;  // absolute and normal: "/", "/data", "/a/b"
  bool read_only = false;
};

// A program of the host that the guest may execute as `guest_path`. It runs
// outside the sandbox, with all that the user of slipway may do.
struct HostProgram {
  std::string host_path;
  std::string guest_path;  // absolute and normal
};

// One refused request.
struct Denial {
  std::string_view object;  // what was asked for: "/etc/shadow", "10.0.0.1:80"
  std::string_view option;  // what would grant it: "--listen 127.0.0.1:80"
};

struct Policy {
  std::vector<Mount> mounts;
  std::vector<HostProgram> programs;
  std::vector<AddressGrant> listen;
  std::vector<AddressGrant> connect;
  std::vector<std::string> env;  // "NAME=value"
  std::string cwd = "/";         // guest path
  Rights rights = Rights::Default();

  // Called for every refusal, on the thread that was refused, possibly in a
  // forked child; must not block or throw. May be empty.
  std::function<void(const Denial&)> on_denial;

  void NoteDenial(std::string_view object, std::string_view option) const {
    if (on_denial) on_denial(Denial{object, option});
  }

  // Whether the guest may bind to (connect or send to) this address: EACCES,
  // with the denial noted. Unix sockets with a path are always allowed here,
  // as the mounts decide about them; other families always denied.
  host::SysStatus CheckListen(const sockaddr* address, socklen_t length) const;
  host::SysStatus CheckConnect(const sockaddr* address, socklen_t length) const;
  // Whether a --connect covers this address, without a note.
  bool MayConnect(const sockaddr* address, socklen_t length) const;
};

}  // namespace slipway::sandbox

#endif  // SLIPWAY_RUNTIME_SANDBOX_POLICY_H_
