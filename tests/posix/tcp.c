// A TCP server on epoll and a client on a thread: accept4, non-blocking I/O,
// half-close, options, names, refused connections.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

enum { kBytes = 1 << 20 };

static struct sockaddr_in server_address;

static int listening_socket(void) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  CHECK(fd >= 0);
  const int on = 1;
  CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(fd, (struct sockaddr*)&address, sizeof(address)) == 0);
  CHECK(listen(fd, 16) == 0);
  socklen_t length = sizeof(server_address);
  CHECK(getsockname(fd, (struct sockaddr*)&server_address, &length) == 0);
  CHECK(length == sizeof(server_address) && server_address.sin_port != 0);
  return fd;
}

static void check_options(int fd) {
  int on = 1, value = 0;
  socklen_t length = sizeof(value);
  CHECK(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
  CHECK(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &length) == 0);
  CHECK(value != 0 && length == sizeof(value));
  CHECK(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) == 0);
  CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &length) == 0);
  CHECK(value == 0);
  CHECK(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length) == 0);
  CHECK(value == SOCK_STREAM);
}

// Sends kBytes, ends its side, reads the answer.
static void* client(void* unused) {
  (void)unused;
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(connect(fd, (struct sockaddr*)&server_address,
                sizeof(server_address)) == 0);
  check_options(fd);
  struct sockaddr_in peer;
  socklen_t length = sizeof(peer);
  CHECK(getpeername(fd, (struct sockaddr*)&peer, &length) == 0);
  CHECK(peer.sin_port == server_address.sin_port);
  char* data = malloc(kBytes);
  for (int i = 0; i < kBytes; i++) data[i] = (char)(i * 7);
  for (size_t sent = 0; sent < kBytes;) {
    const ssize_t n = send(fd, data + sent, kBytes - sent, MSG_NOSIGNAL);
    CHECK(n > 0);
    sent += n;
  }
  CHECK(shutdown(fd, SHUT_WR) == 0);
  char answer[16];
  CHECK(recv(fd, answer, sizeof(answer), MSG_WAITALL) == 4);
  CHECK(memcmp(answer, "done", 4) == 0);
  free(data);
  CHECK(close(fd) == 0);
  return NULL;
}

static int answered;

static size_t drain(int fd, size_t total) {
  char buffer[32768];
  for (;;) {
    const ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
    if (n < 0) {
      CHECK(errno == EAGAIN);
      return total;
    }
    if (n == 0) {
      CHECK(total == kBytes);
      CHECK(send(fd, "done", 4, 0) == 4);
      CHECK(close(fd) == 0);
      answered = 1;
      return total;
    }
    for (ssize_t i = 0; i < n; i++) CHECK(buffer[i] == (char)((total + i) * 7));
    total += n;
  }
}

static void serve(int listener) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == 0);
  size_t total = 0;
  while (!answered) {
    struct epoll_event ready[8];
    const int count = epoll_wait(epoll, ready, 8, 10000);
    CHECK(count == 1);
    if (ready[0].data.fd != listener) {
      total = drain(ready[0].data.fd, total);
      continue;
    }
    struct sockaddr_in peer;
    socklen_t length = sizeof(peer);
    const int fd = accept4(listener, (struct sockaddr*)&peer, &length,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    CHECK(fd >= 0 && peer.sin_family == AF_INET);
    CHECK(peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    event = (struct epoll_event){.events = EPOLLIN | EPOLLET, .data.fd = fd};
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
    CHECK_ERRNO(EAGAIN, accept4(listener, NULL, NULL, 0));
  }
  CHECK(close(epoll) == 0);
}

int main(void) {
  const int listener = listening_socket();
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, client, NULL) == 0);
  serve(listener);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(close(listener) == 0);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  CHECK_ERRNO(ECONNREFUSED, connect(fd, (struct sockaddr*)&server_address,
                                    sizeof(server_address)));
  CHECK_ERRNO(ENOTCONN, getpeername(fd, (struct sockaddr*)&server_address,
                                    &(socklen_t){sizeof(server_address)}));
  CHECK_ERRNO(ENOTSOCK, listen(0, 1));
  puts("tcp ok");
  return 0;
}
