#include "runtime/sandbox/address_grant.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace slipway::sandbox {
namespace {

constexpr absl::string_view kForms =
    "expected ADDRESS:PORT, [IPV6]:PORT, :PORT, ADDRESS:*, *, unix:/PATH or "
    "unix:@NAME or unix:@NAME*, with addresses as numbers";

absl::Status Malformed(absl::string_view text, absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("address \"", text, "\": ", problem, "; ", kForms));
}

in6_addr MappedV4(in_addr v4) {
  in6_addr mapped{};
  mapped.s6_addr[10] = mapped.s6_addr[11] = 0xff;
  std::memcpy(&mapped.s6_addr[12], &v4, sizeof(v4));
  return mapped;
}

// An IP address and port in one form for both families.
struct Endpoint {
  in6_addr address{};
  uint16_t port = 0;
};

std::optional<Endpoint> ToEndpoint(const sockaddr* address, socklen_t length) {
  if (address->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    sockaddr_in in;
    std::memcpy(&in, address, sizeof(in));
    return Endpoint{MappedV4(in.sin_addr), ntohs(in.sin_port)};
  }
  // The scope id may be left out (SIN6_LEN_RFC2133).
  if (address->sa_family == AF_INET6 &&
      length >= offsetof(sockaddr_in6, sin6_scope_id)) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, address, offsetof(sockaddr_in6, sin6_scope_id));
    return Endpoint{in6.sin6_addr, ntohs(in6.sin6_port)};
  }
  return std::nullopt;
}

// "/path", "@name", or "" for an unnamed socket.
std::string UnixName(const sockaddr* address, socklen_t length) {
  constexpr size_t kHeader = offsetof(sockaddr_un, sun_path);
  if (length <= kHeader) return "";
  const char* path = reinterpret_cast<const char*>(address) + kHeader;
  const size_t size = length - kHeader;
  if (path[0] == '\0') return "@" + std::string(path + 1, size - 1);
  return std::string(path, strnlen(path, size));
}

absl::Status ParsePort(absl::string_view text, absl::string_view port,
                       AddressGrant& grant) {
  if (port == "*") return absl::OkStatus();
  uint32_t number = 0;
  if (!absl::SimpleAtoi(port, &number) || number > 65535) {
    return Malformed(text, "the port is neither a number up to 65535 nor *");
  }
  grant.port = static_cast<uint16_t>(number);
  return absl::OkStatus();
}

absl::Status ParseHost(absl::string_view text, absl::string_view host,
                       AddressGrant& grant) {
  const bool bracketed = absl::StartsWith(host, "[");
  if (host.empty()) return absl::OkStatus();
  if (bracketed) {
    if (!absl::EndsWith(host, "]")) return Malformed(text, "missing ]");
    const std::string v6(host.substr(1, host.size() - 2));
    if (inet_pton(AF_INET6, v6.c_str(), &grant.address) != 1) {
      return Malformed(text, "not an IPv6 address");
    }
    grant.family = AF_INET6;
    return absl::OkStatus();
  }
  in_addr v4;
  if (inet_pton(AF_INET, std::string(host).c_str(), &v4) != 1) {
    return Malformed(text, "not an IPv4 address");
  }
  grant.family = AF_INET;
  grant.address = MappedV4(v4);
  return absl::OkStatus();
}

}  // namespace

bool AddressGrant::Covers(const sockaddr* asked, socklen_t length) const {
  if (length < sizeof(sa_family_t)) return false;
  if (family == AF_UNIX) {
    if (asked->sa_family != AF_UNIX) return false;
    const std::string name = UnixName(asked, length);
    return is_prefix ? absl::StartsWith(name, unix_name) : name == unix_name;
  }
  const std::optional<Endpoint> endpoint = ToEndpoint(asked, length);
  if (!endpoint) return false;
  if (port && *port != endpoint->port) return false;
  return family == AF_UNSPEC ||
         IN6_ARE_ADDR_EQUAL(&address, &endpoint->address);
}

absl::StatusOr<AddressGrant> ParseAddress(absl::string_view text) {
  AddressGrant grant;
  if (text == "*") return grant;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    if (rest.size() < 2 || (rest[0] != '/' && rest[0] != '@')) {
      return Malformed(text, "a Unix socket is /PATH or @NAME");
    }
    grant.family = AF_UNIX;
    grant.is_prefix = rest[0] == '@' && absl::ConsumeSuffix(&rest, "*");
    grant.unix_name = std::string(rest);
    return grant;
  }
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return Malformed(text, "no port");
  if (absl::Status status = ParseHost(text, text.substr(0, colon), grant);
      !status.ok()) {
    return status;
  }
  if (absl::Status status = ParsePort(text, text.substr(colon + 1), grant);
      !status.ok()) {
    return status;
  }
  return grant;
}

std::string FormatAddress(const sockaddr* address, socklen_t length) {
  if (length < sizeof(sa_family_t)) return "no address";
  if (address->sa_family == AF_UNIX) {
    return absl::StrCat("unix:", UnixName(address, length));
  }
  const std::optional<Endpoint> endpoint = ToEndpoint(address, length);
  if (!endpoint) return absl::StrCat("family ", address->sa_family);
  char host[INET6_ADDRSTRLEN];
  if (IN6_IS_ADDR_V4MAPPED(&endpoint->address)) {
    inet_ntop(AF_INET, &endpoint->address.s6_addr[12], host, sizeof(host));
    return absl::StrCat(host, ":", endpoint->port);
  }
  inet_ntop(AF_INET6, &endpoint->address, host, sizeof(host));
  return absl::StrCat("[", host, "]:", endpoint->port);
}

}  // namespace slipway::sandbox
