#include "runtime/sandbox/policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "gtest/gtest.h"
#include "runtime/sandbox/policy_options.h"

namespace slipway::sandbox {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
};

Address V4(const char* host, uint16_t port) {
  Address address;
  auto* in = reinterpret_cast<sockaddr_in*>(&address.storage);
  in->sin_family = AF_INET;
  in->sin_port = htons(port);
  inet_pton(AF_INET, host, &in->sin_addr);
  address.length = sizeof(*in);
  return address;
}

Address V6(const char* host, uint16_t port) {
  Address address;
  auto* in6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  in6->sin6_family = AF_INET6;
  in6->sin6_port = htons(port);
  inet_pton(AF_INET6, host, &in6->sin6_addr);
  address.length = sizeof(*in6);
  return address;
}

// `name` without its NUL; a leading NUL makes it abstract.
Address Unix(std::string name) {
  Address address;
  auto* un = reinterpret_cast<sockaddr_un*>(&address.storage);
  un->sun_family = AF_UNIX;
  std::memcpy(un->sun_path, name.data(), name.size());
  address.length = offsetof(sockaddr_un, sun_path) + name.size();
  return address;
}

bool Covers(const char* grant, const Address& address) {
  auto parsed = ParseAddress(grant);
  EXPECT_TRUE(parsed.ok()) << parsed.status().ToString();
  return parsed->Covers(address.get(), address.length);
}

TEST(AddressGrant, CoversExactlyWhatItNames) {
  EXPECT_TRUE(Covers("127.0.0.1:6379", V4("127.0.0.1", 6379)));
  EXPECT_FALSE(Covers("127.0.0.1:6379", V4("127.0.0.1", 6380)));
  EXPECT_FALSE(Covers("127.0.0.1:6379", V4("0.0.0.0", 6379)));
  EXPECT_TRUE(Covers("[::1]:80", V6("::1", 80)));
  EXPECT_FALSE(Covers("[::1]:80", V4("127.0.0.1", 80)));
  EXPECT_TRUE(Covers(":80", V4("0.0.0.0", 80)));
  EXPECT_TRUE(Covers(":80", V6("::", 80)));
  EXPECT_FALSE(Covers(":80", V6("::", 81)));
  EXPECT_TRUE(Covers("10.1.2.3:*", V4("10.1.2.3", 1)));
  EXPECT_FALSE(Covers("10.1.2.3:*", V4("10.1.2.4", 1)));
  EXPECT_TRUE(Covers("*", V6("fe80::1", 443)));
  EXPECT_FALSE(Covers("*", Unix(std::string("\0x", 2))));
}

TEST(AddressGrant, TreatsMappedAddressesAsIPv4) {
  EXPECT_TRUE(Covers("127.0.0.1:80", V6("::ffff:127.0.0.1", 80)));
}

TEST(AddressGrant, IgnoresTruncatedAddresses) {
  Address address = V4("127.0.0.1", 80);
  address.length = 4;
  EXPECT_FALSE(Covers("*", address));
  address.length = 0;
  EXPECT_FALSE(Covers("*", address));
}

TEST(AddressGrant, NamesAbstractSockets) {
  EXPECT_TRUE(Covers("unix:@bus", Unix(std::string("\0bus", 4))));
  EXPECT_FALSE(Covers("unix:@bus", Unix(std::string("\0bus2", 5))));
  EXPECT_TRUE(Covers("unix:@bus*", Unix(std::string("\0bus2", 5))));
  EXPECT_FALSE(Covers("unix:@bus*", Unix(std::string("\0b", 2))));
  EXPECT_TRUE(Covers("unix:@*", Unix(std::string("\0b", 2))));
  EXPECT_FALSE(Covers("unix:@*", Unix("/path")));
  EXPECT_FALSE(Covers("unix:/p*", Unix("/path")));
}

TEST(AddressGrant, RejectsOtherForms) {
  for (const char* text : {"", "localhost:80", "1.2.3.4", "1.2.3.4:", ":70000",
                           "::1:80", "[::1:80", "unix:relative", "unix:"}) {
    auto parsed = ParseAddress(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.status().message().find("expected ADDRESS:PORT"),
              absl::string_view::npos);
  }
}

TEST(Policy, NotesWhatWouldGrant) {
  Policy policy;
  std::string object, option;
  policy.on_denial = [&](const Denial& denial) {
    object = std::string(denial.object);
    option = std::string(denial.option);
  };
  const Address address = V4("10.0.0.1", 443);
  EXPECT_EQ(policy.CheckConnect(address.get(), address.length).error().code,
            EACCES);
  EXPECT_EQ(object, "10.0.0.1:443");
  EXPECT_EQ(option, "--connect 10.0.0.1:443");
  policy.connect.push_back(*ParseAddress("*"));
  EXPECT_TRUE(policy.CheckConnect(address.get(), address.length).ok());
  EXPECT_FALSE(policy.CheckListen(address.get(), address.length).ok());
  EXPECT_EQ(option, "--listen 10.0.0.1:443");
}

TEST(Policy, LeavesUnixPathsToTheMounts) {
  const Policy policy;
  const Address path = Unix("/run/x.sock");
  EXPECT_TRUE(policy.CheckListen(path.get(), path.length).ok());
  const Address abstract = Unix(std::string("\0x", 2));
  EXPECT_FALSE(policy.CheckListen(abstract.get(), abstract.length).ok());
}

TEST(Rights, DefaultsComeFromTheTable) {
  const Rights rights = Rights::Default();
  EXPECT_TRUE(rights.Has(Right::fs));
  EXPECT_FALSE(rights.Has(Right::exec));
  EXPECT_EQ(FindRight("exec"), Right::exec);
  EXPECT_EQ(FindRight("fly"), std::nullopt);
  EXPECT_EQ(RightName(Right::net), "net");
}

TEST(PolicyOptions, ParsesMounts) {
  auto mount = ParseMount("./data::/srv//x/./");
  ASSERT_TRUE(mount.ok());
  EXPECT_EQ(mount->host_path, "./data");
  EXPECT_EQ(mount->guest_path, "/srv/x");
  EXPECT_FALSE(mount->read_only);

  mount = ParseMount("/usr:ro");
  ASSERT_TRUE(mount.ok());
  EXPECT_EQ(mount->guest_path, "/usr");
  EXPECT_TRUE(mount->read_only);

  EXPECT_EQ(ParseMount("/::/")->guest_path, "/");
  const std::string here = std::filesystem::current_path();
  EXPECT_EQ(ParseMount(".")->guest_path, here);
  EXPECT_EQ(ParseMount("a/../data/:ro")->guest_path, here + "/data");
  for (const char* text : {"", "::/x", "data::x", "a::/b/../c"}) {
    EXPECT_FALSE(ParseMount(text).ok()) << text;
  }
}

TEST(PolicyOptions, StartsWhereTheHostIs) {
  const std::vector<Mount> mounts = {
      {.host_path = "/", .guest_path = "/all"},
      {.host_path = "/usr/lib", .guest_path = "/l"}};
  EXPECT_EQ(StartingDirectory(mounts, "/usr/lib/x/y"), "/l/x/y");
  EXPECT_EQ(StartingDirectory(mounts, "/usr/lib"), "/l");
  EXPECT_EQ(StartingDirectory(mounts, "/usr/library"), "/all/usr/library");
  EXPECT_EQ(StartingDirectory(mounts, "/"), "/all");
  EXPECT_EQ(StartingDirectory({mounts[1]}, "/usr"), "/");
  EXPECT_EQ(StartingDirectory({}, "/usr"), "/");
}

TEST(PolicyOptions, ParsesEnvironment) {
  const auto lookup = [](const char* name) -> const char* {
    return std::strcmp(name, "HOME") == 0 ? "/root" : nullptr;
  };
  EXPECT_EQ(*ParseEnv("A=b=c", lookup), "A=b=c");
  EXPECT_EQ(*ParseEnv("HOME", lookup), "HOME=/root");
  EXPECT_FALSE(ParseEnv("NOPE", lookup).ok());
  EXPECT_FALSE(ParseEnv("=x", lookup).ok());
}

TEST(PolicyOptions, ParsesRightsAndDirectories) {
  EXPECT_EQ(*ParseRight("exec"), Right::exec);
  EXPECT_FALSE(ParseRight("root").ok());
  EXPECT_EQ(*ParseCwd("/a/"), "/a");
  EXPECT_FALSE(ParseCwd("a").ok());
}

TEST(PolicyOptions, RefusesTwoMountsAtOnePlace) {
  Policy policy;
  policy.mounts = {{"/a", "/x"}, {"/b", "/y"}};
  EXPECT_TRUE(CheckMounts(policy).ok());
  policy.mounts.push_back({"/c", "/x"});
  EXPECT_FALSE(CheckMounts(policy).ok());
}

}  // namespace
}  // namespace slipway::sandbox
