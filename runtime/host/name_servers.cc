#include "runtime/host/name_servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace slipway::host {
namespace {

constexpr uint16_t kDomainPort = 53;

// Not for addresses of one link (fe80::1%eth0), whose interface has another
// name for each.
bool MayAsk(const std::string& server, const sandbox::Policy& policy) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(kDomainPort);
  if (inet_pton(AF_INET, server.c_str(), &v4.sin_addr) == 1) {
    return policy.MayConnect(reinterpret_cast<const sockaddr*>(&v4),
                             sizeof(v4));
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(kDomainPort);
  return inet_pton(AF_INET6, server.c_str(), &v6.sin6_addr) == 1 &&
         policy.MayConnect(reinterpret_cast<const sockaddr*>(&v6), sizeof(v6));
}

}  // namespace

std::string GrantedNameServers(absl::string_view configuration,
                               const sandbox::Policy& policy) {
  std::string servers, manners;
  for (absl::string_view line : absl::StrSplit(configuration, '\n')) {
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.size() < 2) continue;
    if (words[0] == "nameserver" && MayAsk(words[1], policy)) {
      absl::StrAppend(&servers, "nameserver ", words[1], "\n");
    } else if (words[0] == "search" || words[0] == "domain" ||
               words[0] == "options") {
      absl::StrAppend(&manners, absl::StripAsciiWhitespace(line), "\n");
    }
  }
  if (servers.empty()) {
    return "# no name server is granted: --connect ADDRESS:53\n";
  }
  return servers + manners;
}

}  // namespace slipway::host
