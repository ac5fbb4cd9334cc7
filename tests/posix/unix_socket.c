// Unix sockets: paths in both directions, datagrams, passed descriptors,
// credentials, pairs.
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

static socklen_t make(struct sockaddr_un* address, const char* path) {
  memset(address, 0, sizeof(*address));
  address->sun_family = AF_UNIX;
  strcpy(address->sun_path, path);
  return offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1;
}

static int bound(int type, const char* path) {
  const int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {0};
  CHECK(bind(fd, (struct sockaddr*)&address, make(&address, path)) == 0);
  return fd;
}

static void expect_name(int (*query)(int, struct sockaddr*, socklen_t*), int fd,
                        const char* path) {
  struct sockaddr_un name;
  socklen_t length = sizeof(name);
  CHECK(query(fd, (struct sockaddr*)&name, &length) == 0);
  CHECK(name.sun_family == AF_UNIX);
  const size_t header = offsetof(struct sockaddr_un, sun_path);
  if (path == NULL) {
    CHECK(length == header);
  } else {
    CHECK(strcmp(name.sun_path, path) == 0);
    CHECK(length == header + strlen(path) + 1);
  }
}

static void streams(void) {
  CHECK(mkdir("dir", 0700) == 0);
  const int listener = bound(SOCK_STREAM, "dir/stream.sock");
  CHECK(listen(listener, 4) == 0);
  expect_name(getsockname, listener, "dir/stream.sock");
  struct stat st;
  CHECK(stat("dir/stream.sock", &st) == 0 && S_ISSOCK(st.st_mode));

  const int client = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address;
  const socklen_t length = make(&address, "dir/stream.sock");
  CHECK_ERRNO(EADDRINUSE, bind(client, (struct sockaddr*)&address, length));
  CHECK(connect(client, (struct sockaddr*)&address, length) == 0);
  expect_name(getpeername, client, "dir/stream.sock");
  expect_name(getsockname, client, NULL);
  const int server = accept(listener, NULL, NULL);
  CHECK(server >= 0);
  expect_name(getsockname, server, "dir/stream.sock");
  expect_name(getpeername, server, NULL);
  CHECK(write(client, "hi", 2) == 2);
  char buffer[8];
  CHECK(read(server, buffer, sizeof(buffer)) == 2);
  struct ucred peer;
  socklen_t size = sizeof(peer);
  CHECK(getsockopt(server, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0);
  CHECK(peer.pid == getpid() && peer.uid == geteuid());
  close(client), close(server), close(listener);

  const int late = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK_ERRNO(ECONNREFUSED, connect(late, (struct sockaddr*)&address, length));
  CHECK(unlink("dir/stream.sock") == 0);
  CHECK_ERRNO(ENOENT, connect(late, (struct sockaddr*)&address, length));
  close(late);
}

static void datagrams(void) {
  const int a = bound(SOCK_DGRAM, "a.sock");
  const int b = bound(SOCK_DGRAM, "./b.sock");
  struct sockaddr_un address = {0};
  CHECK(sendto(a, "ping", 4, 0, (struct sockaddr*)&address,
               make(&address, "b.sock")) == 4);
  char buffer[8];
  struct sockaddr_un from;
  socklen_t length = sizeof(from);
  CHECK(recvfrom(b, buffer, sizeof(buffer), 0, (struct sockaddr*)&from,
                 &length) == 4);
  CHECK(strcmp(from.sun_path, "a.sock") == 0);
  expect_name(getsockname, b, "./b.sock");
  close(a), close(b);
}

static void send_fd(int socket, int fd) {
  char byte = 'f', control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &fd, sizeof(int));
  CHECK(sendmsg(socket, &message, 0) == 1);
}

static int receive_fd(int socket) {
  char byte, control[CMSG_SPACE(sizeof(int))];
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
  CHECK(recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && byte == 'f');
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  CHECK(header != NULL && header->cmsg_type == SCM_RIGHTS);
  int fd;
  memcpy(&fd, CMSG_DATA(header), sizeof(int));
  return fd;
}

static void pairs(void) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  const int file = open("file", O_RDWR | O_CREAT, 0600);
  CHECK(write(file, "content", 7) == 7);
  send_fd(pair[0], file);
  CHECK(close(file) == 0);
  const int received = receive_fd(pair[1]);
  char buffer[8] = "";
  CHECK(fcntl(received, F_GETFD) == FD_CLOEXEC);
  CHECK(pread(received, buffer, 7, 0) == 7 && strcmp(buffer, "content") == 0);
  CHECK(close(received) == 0);

  int packets[2];
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, packets) == 0);
  CHECK(send(packets[0], "one", 3, 0) == 3 && send(packets[0], "3", 1, 0) == 1);
  CHECK(recv(packets[1], buffer, 8, 0) == 3);
  CHECK(recv(packets[1], buffer, 8, MSG_DONTWAIT) == 1);
  CHECK_ERRNO(EAGAIN, recv(packets[1], buffer, 8, MSG_DONTWAIT));
  CHECK(close(packets[0]) == 0);
  CHECK(recv(packets[1], buffer, 8, 0) == 0);
}

int main(void) {
  CASE(streams);
  CASE(datagrams);
  CASE(pairs);
  puts("unix sockets ok");
  return 0;
}
