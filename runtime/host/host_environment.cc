#include "runtime/host/host_environment.h"

#include <algorithm>
#include <string_view>

namespace slipway::host {
namespace {

constexpr std::string_view kLinker = "LD_";  // and what follows
constexpr std::string_view kNames[] = {
    "GCONV_PATH",   "GETCONF_DIR",      "GLIBC_TUNABLES", "HOSTALIASES",
    "LOCALDOMAIN",  "LOCPATH",          "MALLOC_TRACE",   "NIS_PATH",
    "NLSPATH",      "RESOLV_HOST_CONF", "RES_OPTIONS",    "SLIPWAY_EXEC",
    "MALLOC_CHECK_"};

bool IsDropped(std::string_view entry) {
  const std::string_view name = entry.substr(0, entry.find('='));
  return name.substr(0, kLinker.size()) == kLinker ||
         std::find(std::begin(kNames), std::end(kNames), name) !=
             std::end(kNames);
}

}  // namespace

std::vector<std::string> HostEnvironment(std::vector<std::string> environment) {
  environment.erase(
      std::remove_if(environment.begin(), environment.end(), IsDropped),
      environment.end());
  return environment;
}

}  // namespace slipway::host
