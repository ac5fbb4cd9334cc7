#include "runtime/host/socket_names.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"
#include "runtime/host/socket_address.h"
#include "runtime/host/vfs_testing.h"

namespace slipway::host {
namespace {

class SocketNamesTest : public VfsTest {
 protected:
  static SocketAddress Guest(const std::string& path) {
    return *SocketAddress::UnixPath(path);
  }
  // 0 or an errno.
  int Bind(int fd, const std::string& path) {
    auto name = SocketNames::Get().ForBind(*vfs_, files_, Guest(path));
    if (!name.ok()) return name.error().code;
    const int result = bind(fd, name->address.get(), name->address.length());
    return result == 0 ? 0 : errno;
  }
  int Connect(int fd, const std::string& path) {
    auto name = SocketNames::Get().ForConnect(*vfs_, Guest(path));
    if (!name.ok()) return name.error().code;
    const int result = connect(fd, name->address.get(), name->address.length());
    return result == 0 ? 0 : errno;
  }
  // getsockname or getpeername as the guest sees it.
  static std::string Name(int (*query)(int, sockaddr*, socklen_t*), int fd) {
    sockaddr_storage name{};
    socklen_t length = sizeof(name);
    EXPECT_EQ(query(fd, reinterpret_cast<sockaddr*>(&name), &length), 0);
    return SocketNames::Get().ToGuest(SocketAddress(&name, length)).ToString();
  }
  static int Stream() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }
};

TEST_F(SocketNamesTest, BindsAndConnectsBelowAMount) {
  Grant("data", "/data");
  MakeDir("data/run");
  Start();
  const int server = Stream(), client = Stream();
  ASSERT_EQ(Bind(server, "/data/run/s"), 0);
  ASSERT_EQ(listen(server, 1), 0);
  struct stat st;
  ASSERT_EQ(stat(Host("data/run/s").c_str(), &st), 0);
  EXPECT_TRUE(S_ISSOCK(st.st_mode));
  EXPECT_EQ(Connect(client, "/data/run/s"), 0);
  const int accepted = accept(server, nullptr, nullptr);
  EXPECT_EQ(Name(getsockname, server), "unix:/data/run/s");
  EXPECT_EQ(Name(getpeername, client), "unix:/data/run/s");
  EXPECT_EQ(Name(getsockname, accepted), "unix:/data/run/s");
  EXPECT_EQ(Name(getsockname, client), "unix:");
  for (const int fd : {server, client, accepted}) close(fd);
}

TEST_F(SocketNamesTest, ANameIsGivenBackAsItWasWritten) {
  Grant("data", "/data");
  Start();
  ASSERT_TRUE(vfs_->ChangeDirectory(At("/data")).ok());
  for (const char* path : {"plain", "./dotted", "/data//slashes"}) {
    const int fd = Stream();
    ASSERT_EQ(Bind(fd, path), 0) << path;
    EXPECT_EQ(Name(getsockname, fd), std::string("unix:") + path);
    close(fd);
  }
}

TEST_F(SocketNamesTest, TheMountsDecide) {
  Grant("data", "/data");
  Grant("fixed", "/fixed", /*read_only=*/true);
  MakeFile("data/file");
  MakeDir("data/directory");
  Start();
  const int fd = Stream();
  EXPECT_EQ(Bind(fd, "/fixed/s"), EROFS);
  EXPECT_EQ(Bind(fd, "/data/file"), EADDRINUSE);
  EXPECT_EQ(Bind(fd, "/data/directory"), EADDRINUSE);
  EXPECT_EQ(Bind(fd, "/data/missing/s"), ENOENT);
  EXPECT_NE(Bind(fd, "/outside"), 0);
  EXPECT_EQ(Connect(fd, "/data/missing"), ENOENT);
  EXPECT_EQ(Connect(fd, "/data/file"), ECONNREFUSED);
  EXPECT_EQ(Connect(fd, "/dev/null"), ECONNREFUSED);
  EXPECT_EQ(Bind(fd, "/data/" + std::string(90, 'x')), ENAMETOOLONG);
  close(fd);
}

TEST_F(SocketNamesTest, ALinkDoesNotLeadOut) {
  Grant("data", "/data");
  MakeDir("outside");
  Start();
  const int server = Stream(), client = Stream();
  const SocketAddress host = Guest(Host("outside/s"));
  ASSERT_EQ(bind(server, host.get(), host.length()), 0);
  ASSERT_EQ(listen(server, 1), 0);
  MakeLink("data/absolute", Host("outside/s"));
  MakeLink("data/relative", "../outside/s");
  EXPECT_EQ(Connect(client, "/data/absolute"), ENOENT);
  EXPECT_EQ(Connect(client, "/data/relative"), ENOENT);
  EXPECT_EQ(Name(getsockname, server), "unix:") << "a host path stays unknown";
  close(server);
  close(client);
}

}  // namespace
}  // namespace slipway::host
