// A set of socket addresses that a guest may listen on or connect to, as one
// --listen or --connect option names it:
//
//   127.0.0.1:6379   that IPv4 address and port
//   [::1]:6379       that IPv6 address and port
//   :6379            that port, on any address
//   127.0.0.1:*      that address, on any port
//   *                every IPv4 and IPv6 address
//   unix:@name       the abstract Unix socket of that name
//   unix:@name*      every abstract Unix socket whose name begins so
//   unix:/path       accepted and without effect: mounts decide about paths
//
// An address matches literally: 0.0.0.0 is not covered by 127.0.0.1:PORT. An
// IPv4-mapped IPv6 address is the IPv4 address it stands for.

#ifndef SLIPWAY_RUNTIME_SANDBOX_ADDRESS_GRANT_H_
#define SLIPWAY_RUNTIME_SANDBOX_ADDRESS_GRANT_H_

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace slipway::sandbox {

struct AddressGrant {
  sa_family_t family = AF_UNSPEC;  // AF_INET, AF_INET6, AF_UNIX; or any IP
  in6_addr address{};              // IPv4 as mapped IPv6, unless AF_UNSPEC
  std::optional<uint16_t> port;    // host order; any when absent
  std::string unix_name;           // AF_UNIX: "/path" or "@name"
  bool is_prefix = false;          // of the name

  bool Covers(const sockaddr* address, socklen_t length) const;
};

// InvalidArgument, naming the text and the accepted forms.
absl::StatusOr<AddressGrant> ParseAddress(absl::string_view text);

// The option value that would cover exactly this address: "127.0.0.1:80",
// "[::1]:80", "unix:@name", "unix:/path"; "family N" for other families.
std::string FormatAddress(const sockaddr* address, socklen_t length);

}  // namespace slipway::sandbox

#endif  // SLIPWAY_RUNTIME_SANDBOX_ADDRESS_GRANT_H_
