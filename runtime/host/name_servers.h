// /etc/resolv.conf of a guest that has not been given one: resolv.conf(5).

#ifndef SLIPWAY_RUNTIME_HOST_NAME_SERVERS_H_
#define SLIPWAY_RUNTIME_HOST_NAME_SERVERS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {

// What a guest may know of `configuration`, the host's /etc/resolv.conf: the
// name servers whose port 53 it may connect to and, if there is one, how to ask
// them. A comment when there is none. Thread-safe.
std::string GrantedNameServers(absl::string_view configuration,
                               const sandbox::Policy& policy);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_NAME_SERVERS_H_
