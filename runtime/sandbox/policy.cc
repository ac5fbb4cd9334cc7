#include "runtime/sandbox/policy.h"

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"

namespace slipway::sandbox {
namespace {

bool IsUnixPath(const sockaddr* address, socklen_t length) {
  constexpr socklen_t kHeader = sizeof(sa_family_t);
  if (length < kHeader || address->sa_family != AF_UNIX) return false;
  return length == kHeader || address->sa_data[0] != '\0';
}

bool Covers(const std::vector<AddressGrant>& grants, const sockaddr* address,
            socklen_t length) {
  return std::any_of(
      grants.begin(), grants.end(),
      [&](const AddressGrant& grant) { return grant.Covers(address, length); });
}

host::SysStatus Check(const Policy& policy,
                      const std::vector<AddressGrant>& grants,
                      const char* option, const sockaddr* address,
                      socklen_t length) {
  if (IsUnixPath(address, length) || Covers(grants, address, length)) {
    return host::Done{};
  }
  const std::string name = FormatAddress(address, length);
  policy.NoteDenial(name, absl::StrCat(option, " ", name));
  return host::Errno{EACCES};
}

}  // namespace

host::SysStatus Policy::CheckListen(const sockaddr* address,
                                    socklen_t length) const {
  return Check(*this, listen, "--listen", address, length);
}

host::SysStatus Policy::CheckConnect(const sockaddr* address,
                                     socklen_t length) const {
  return Check(*this, connect, "--connect", address, length);
}

bool Policy::MayConnect(const sockaddr* address, socklen_t length) const {
  return Covers(connect, address, length);
}

}  // namespace slipway::sandbox
