#include "runtime/host/name_servers.h"

#include <string>

#include "gtest/gtest.h"
#include "runtime/sandbox/address_grant.h"

namespace slipway::host {
namespace {

constexpr char kHosts[] =
    "# made by hand\n"
    "nameserver 192.0.2.1\n"
    "nameserver\t2001:db8::1 # comment\n"
    "nameserver fe80::1%eth0\n"
    "nameserver not-an-address\n"
    "nameserver\n"
    "  search example.org internal\n"
    "options ndots:2";
constexpr char kNone[] = "# no name server is granted: --connect ADDRESS:53\n";

sandbox::Policy Granted(const char* address) {
  sandbox::Policy policy;
  policy.connect.push_back(*sandbox::ParseAddress(address));
  return policy;
}

TEST(GrantedNameServersTest, NoneWithoutAGrant) {
  EXPECT_EQ(GrantedNameServers(kHosts, {}), kNone);
  EXPECT_EQ(GrantedNameServers(kHosts, Granted("192.0.2.1:80")), kNone);
  EXPECT_EQ(GrantedNameServers("", Granted("*")), kNone);
}

TEST(GrantedNameServersTest, ThoseOfTheGrants) {
  EXPECT_EQ(GrantedNameServers(kHosts, Granted("192.0.2.1:53")),
            "nameserver 192.0.2.1\n"
            "search example.org internal\n"
            "options ndots:2\n");
  EXPECT_EQ(GrantedNameServers(kHosts, Granted("[2001:db8::1]:*")),
            "nameserver 2001:db8::1\n"
            "search example.org internal\n"
            "options ndots:2\n");
}

TEST(GrantedNameServersTest, AllThatCanBeAsked) {
  EXPECT_EQ(GrantedNameServers(kHosts, Granted("*")),
            "nameserver 192.0.2.1\n"
            "nameserver 2001:db8::1\n"
            "search example.org internal\n"
            "options ndots:2\n");
}

TEST(GrantedNameServersTest, LastLineWithoutAnEnd) {
  EXPECT_EQ(GrantedNameServers("nameserver 127.0.0.53", Granted(":53")),
            "nameserver 127.0.0.53\n");
}

}  // namespace
}  // namespace slipway::host
