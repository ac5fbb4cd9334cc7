// Internet sockets on the loopback interface: TCP in its states, options, UDP.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static int listener, client, server;
static struct sockaddr_in address;

static void any_port(int fd) {
  address = (struct sockaddr_in){.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  CHECK(bind(fd, (struct sockaddr*)&address, length) == 0);
  CHECK(getsockname(fd, (struct sockaddr*)&address, &length) == 0);
  CHECK(address.sin_port != 0);
}

static void open_all(void) {
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  any_port(listener);
  CHECK(listen(listener, 16) == 0);
  client = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(connect(client, (struct sockaddr*)&address, sizeof(address)) == 0);
  server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  CHECK(server >= 0);
}
static void close_all(void) { close(client), close(server), close(listener); }

static void names_of_both_sides_match(void) {
  open_all();
  struct sockaddr_in own, peer;
  socklen_t length = sizeof(own);
  CHECK(getsockname(client, (struct sockaddr*)&own, &length) == 0);
  CHECK(getpeername(server, (struct sockaddr*)&peer, &length) == 0);
  CHECK(own.sin_port == peer.sin_port && length == sizeof(own));
  CHECK(getpeername(client, (struct sockaddr*)&peer, &length) == 0);
  CHECK(peer.sin_port == address.sin_port);
  close_all();
}

static void a_half_is_shut_down(void) {
  open_all();
  char text[8] = "";
  CHECK(write(client, "last", 4) == 4 && shutdown(client, SHUT_WR) == 0);
  CHECK(read(server, text, 8) == 4 && read(server, text, 8) == 0);
  CHECK(write(server, "back", 4) == 4 && read(client, text, 8) == 4);
  CHECK_ERRNO(EPIPE, send(client, "x", 1, MSG_NOSIGNAL));
  close_all();
}

static void a_reset_is_told(void) {
  open_all();
  const struct linger now = {1, 0};
  CHECK(setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof(now)) == 0);
  CHECK(close(client) == 0);
  struct pollfd hangup = {.fd = server, .events = POLLIN};
  CHECK(poll(&hangup, 1, 5000) == 1);
  CHECK((hangup.revents & (POLLERR | POLLHUP)) == (POLLERR | POLLHUP));
  char byte;
  CHECK_ERRNO(ECONNRESET, read(server, &byte, 1));
  client = socket(AF_INET, SOCK_STREAM, 0);
  close_all();
}

static void nobody_listening_is_refused(void) {
  open_all();
  close(listener);
  const int other = socket(AF_INET, SOCK_STREAM, 0);
  CHECK_ERRNO(ECONNREFUSED,
              connect(other, (struct sockaddr*)&address, sizeof(address)));
  listener = other;
  close_all();
}

static void connecting_without_waiting(void) {
  open_all();
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (connect(fd, (struct sockaddr*)&address, sizeof(address)) != 0) {
    CHECK(errno == EINPROGRESS);
  }
  struct pollfd writable = {.fd = fd, .events = POLLOUT};
  CHECK(poll(&writable, 1, 5000) == 1);
  int error = 1;
  socklen_t length = sizeof(error);
  CHECK(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 &&
        error == 0);
  // The first of these may tell of the success.
  (void)connect(fd, (struct sockaddr*)&address, sizeof(address));
  CHECK_ERRNO(EISCONN,
              connect(fd, (struct sockaddr*)&address, sizeof(address)));
  close(fd);
  close_all();
}

static void accepting_without_waiting(void) {
  open_all();
  CHECK(fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
  CHECK_ERRNO(EAGAIN, accept(listener, NULL, NULL));
  CHECK((fcntl(server, F_GETFL) & O_NONBLOCK) == 0);
  const int on = 1;
  CHECK(ioctl(server, FIONBIO, &on) == 0);
  char byte;
  CHECK_ERRNO(EAGAIN, read(server, &byte, 1));
  close_all();
}

static volatile sig_atomic_t urgent;
static void on_urgent(int signal) { urgent = signal; }

static void urgent_data_overtakes(void) {
  open_all();
  signal(SIGURG, on_urgent);
  CHECK(fcntl(server, F_SETOWN, getpid()) == 0);
  CHECK(send(client, "ab", 2, 0) == 2 && send(client, "!", 1, MSG_OOB) == 1);
  struct pollfd special = {.fd = server, .events = POLLPRI};
  CHECK(poll(&special, 1, 5000) == 1 && (special.revents & POLLPRI));
  char byte, text[8] = "";
  CHECK(recv(server, &byte, 1, MSG_OOB) == 1 && byte == '!' &&
        urgent == SIGURG);
  int at_mark = 1;
  CHECK(ioctl(server, SIOCATMARK, &at_mark) == 0 && at_mark == 0);
  CHECK(read(server, text, 8) == 2 && !strcmp(text, "ab"));
  CHECK(ioctl(server, SIOCATMARK, &at_mark) == 0 && at_mark == 1);
  close_all();
}

static void expect_option(int fd, int level, int name, int wanted) {
  int value = wanted;
  socklen_t length = sizeof(value);
  CHECK(setsockopt(fd, level, name, &value, length) == 0);
  value = -1;
  CHECK(getsockopt(fd, level, name, &value, &length) == 0);
  CHECK(value == wanted);
}

static void options_of_servers_are_kept(void) {
  open_all();
  expect_option(client, SOL_SOCKET, SO_KEEPALIVE, 1);
  expect_option(client, SOL_SOCKET, SO_REUSEADDR, 1);
  expect_option(client, SOL_SOCKET, SO_OOBINLINE, 1);
  expect_option(client, IPPROTO_TCP, TCP_NODELAY, 1);
  expect_option(client, IPPROTO_TCP, TCP_KEEPIDLE, 100);
  expect_option(client, IPPROTO_TCP, TCP_KEEPINTVL, 20);
  expect_option(client, IPPROTO_TCP, TCP_KEEPCNT, 3);
  expect_option(client, IPPROTO_TCP, TCP_USER_TIMEOUT, 5000);
  expect_option(client, IPPROTO_TCP, TCP_CORK, 1);
  expect_option(client, IPPROTO_TCP, TCP_QUICKACK, 1);
  expect_option(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
  expect_option(client, IPPROTO_IP, IP_TOS, 0x10);
  close_all();
}

static void buffers_have_sizes(void) {
  open_all();
  int size = 20000;
  socklen_t length = sizeof(size);
  CHECK(setsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, length) == 0);
  CHECK(setsockopt(client, SOL_SOCKET, SO_RCVBUF, &size, length) == 0);
  CHECK(getsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, &length) == 0);
  CHECK(size == 40000);  // the kernel counts twice
  close_all();
}

static void the_state_can_be_asked(void) {
  open_all();
  struct tcp_info info;
  socklen_t length = sizeof(info);
  CHECK(getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &length) == 0);
  CHECK(info.tcpi_state == TCP_ESTABLISHED);
  int value = 0;
  length = sizeof(value);
  CHECK(getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0);
  CHECK(value == 1);
  close_all();
}

static void ports_are_reused_on_request(void) {
  const int one = socket(AF_INET, SOCK_STREAM, 0);
  const int two = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  CHECK(setsockopt(one, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0);
  CHECK(setsockopt(two, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0);
  any_port(one);
  CHECK(bind(two, (struct sockaddr*)&address, sizeof(address)) == 0);
  CHECK(listen(one, 1) == 0 && listen(two, 1) == 0);
  const int three = socket(AF_INET, SOCK_STREAM, 0);
  CHECK_ERRNO(EADDRINUSE,
              bind(three, (struct sockaddr*)&address, sizeof(address)));
  close(one), close(two), close(three);
}

static void datagrams_are_sent_and_connected(void) {
  const int one = socket(AF_INET, SOCK_DGRAM, 0),
            two = socket(AF_INET, SOCK_DGRAM, 0);
  any_port(one);
  char text[8] = "";
  CHECK(sendto(two, "to", 2, 0, (struct sockaddr*)&address, sizeof(address)) ==
        2);
  struct sockaddr_in from;
  socklen_t length = sizeof(from);
  CHECK(recvfrom(one, text, 8, 0, (struct sockaddr*)&from, &length) == 2);
  CHECK(connect(one, (struct sockaddr*)&from, length) == 0);
  CHECK(send(one, "back", 4, 0) == 4 && recv(two, text, 8, 0) == 4);
  CHECK_ERRNO(EDESTADDRREQ, send(two, "x", 1, 0));
  const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  CHECK(connect(one, &nobody, sizeof(nobody)) == 0);
  CHECK_ERRNO(EDESTADDRREQ, send(one, "x", 1, 0));
  close(one), close(two);
}

static void packet_information_is_received(void) {
  const int one = socket(AF_INET, SOCK_DGRAM, 0),
            two = socket(AF_INET, SOCK_DGRAM, 0);
  any_port(one);
  const int on = 1;
  CHECK(setsockopt(one, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) == 0);
  CHECK(sendto(two, "x", 1, 0, (struct sockaddr*)&address, sizeof(address)) ==
        1);
  char byte, control[128];
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
  CHECK(recvmsg(one, &message, 0) == 1);
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  CHECK(header && header->cmsg_level == IPPROTO_IP &&
        header->cmsg_type == IP_PKTINFO);
  struct in_pktinfo info;
  memcpy(&info, CMSG_DATA(header), sizeof(info));
  CHECK(info.ipi_addr.s_addr == htonl(INADDR_LOOPBACK));
  close(one), close(two);
}

int main(void) {
  CASE(names_of_both_sides_match);
  CASE(a_half_is_shut_down);
  CASE(a_reset_is_told);
  CASE(nobody_listening_is_refused);
  CASE(connecting_without_waiting);
  CASE(accepting_without_waiting);
  CASE(urgent_data_overtakes);
  CASE(options_of_servers_are_kept);
  CASE(buffers_have_sizes);
  CASE(the_state_can_be_asked);
  CASE(ports_are_reused_on_request);
  CASE(datagrams_are_sent_and_connected);
  CASE(packet_information_is_received);
  return 0;
}
