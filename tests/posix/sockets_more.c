// What servers do with sockets beyond connecting and sending: queues of errors,
// time stamps, sharing of ports, moving data inside the kernel, and waiting for
// a thousand of them.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

// Wants time.h before it.
// clang-format off
#include <linux/errqueue.h>
// clang-format on

#include "check.h"

static struct sockaddr_in loopback(in_port_t port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static int bound(int type, struct sockaddr_in* address) {
  const int fd = socket(AF_INET, type, 0);
  socklen_t size = sizeof(*address);
  CHECK(fd >= 0 && bind(fd, (struct sockaddr*)address, size) == 0);
  CHECK(getsockname(fd, (struct sockaddr*)address, &size) == 0);
  return fd;
}

// A connected pair of TCP sockets.
static void tcp_pair(int ends[2]) {
  struct sockaddr_in address = loopback(0);
  const int listener = bound(SOCK_STREAM, &address);
  CHECK(listen(listener, 1) == 0);
  ends[0] = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(connect(ends[0], (struct sockaddr*)&address, sizeof(address)) == 0);
  ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  CHECK(ends[1] >= 0 && fcntl(ends[1], F_GETFD) == FD_CLOEXEC);
  close(listener);
}

static void close_both(const int ends[2]) {
  close(ends[0]);
  close(ends[1]);
}

static void errors_are_queued(void) {
  struct sockaddr_in address = loopback(0);
  const int unused = bound(SOCK_DGRAM, &address);
  close(unused);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &(int){1}, 4) == 0);
  CHECK(sendto(fd, "lost", 4, 0, (struct sockaddr*)&address, sizeof(address)) ==
        4);
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  CHECK(poll(&waiting, 1, 5000) == 1 && (waiting.revents & POLLERR));
  char data[16], control[256];
  struct sockaddr_in about;
  struct iovec iov = {data, sizeof(data)};
  struct msghdr message = {.msg_name = &about,
                           .msg_namelen = sizeof(about),
                           .msg_iov = &iov,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
  CHECK(recvmsg(fd, &message, MSG_ERRQUEUE) == 4 && !memcmp(data, "lost", 4));
  CHECK((message.msg_flags & MSG_ERRQUEUE) &&
        about.sin_port == address.sin_port);
  const struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  CHECK(header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR);
  const struct sock_extended_err* error = (const void*)CMSG_DATA(header);
  CHECK(error->ee_errno == ECONNREFUSED &&
        error->ee_origin == SO_EE_ORIGIN_ICMP);
  CHECK(error->ee_type == 3 && error->ee_code == 3);
  CHECK_ERRNO(EAGAIN, recvmsg(fd, &message, MSG_ERRQUEUE));
  close(fd);
}

static void arrival_is_time_stamped(void) {
  struct sockaddr_in address = loopback(0);
  const int in = bound(SOCK_DGRAM, &address);
  CHECK(setsockopt(in, SOL_SOCKET, SO_TIMESTAMPNS, &(int){1}, 4) == 0);
  CHECK(setsockopt(in, IPPROTO_IP, IP_RECVTTL, &(int){1}, 4) == 0);
  const int out = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK(sendto(out, "t", 1, 0, (struct sockaddr*)&address, sizeof(address)) ==
        1);
  char data[16], control[256];
  struct iovec iov = {data, sizeof(data)};
  struct msghdr message = {.msg_iov = &iov,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
  CHECK(recvmsg(in, &message, 0) == 1);
  int stamps = 0, hops = 0;
  for (struct cmsghdr* header = CMSG_FIRSTHDR(&message); header != NULL;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == SOL_SOCKET &&
        header->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec at, now;
      memcpy(&at, CMSG_DATA(header), sizeof(at));
      CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0);
      CHECK(at.tv_sec <= now.tv_sec && at.tv_sec >= now.tv_sec - 60);
      ++stamps;
    }
    hops += header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_TTL;
  }
  CHECK(stamps == 1 && hops == 1);
  close(in);
  close(out);
}

static void long_datagrams_are_cut(void) {
  struct sockaddr_in address = loopback(0);
  const int in = bound(SOCK_DGRAM, &address);
  const int out = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK(connect(out, (struct sockaddr*)&address, sizeof(address)) == 0);
  for (int i = 0; i < 3; ++i) CHECK(send(out, "0123456789", 10, 0) == 10);
  char data[4];
  CHECK(recv(in, data, 4, MSG_PEEK | MSG_TRUNC) == 10);
  CHECK(recv(in, data, 4, MSG_TRUNC) == 10 && !memcmp(data, "0123", 4));
  CHECK(recv(in, data, 4, 0) == 4);
  struct iovec iov = {data, 4};
  struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
  CHECK(recvmsg(in, &message, 0) == 4 && message.msg_flags == MSG_TRUNC);
  close(in);
  close(out);
}

static void all_can_be_waited_for(void) {
  int ends[2];
  tcp_pair(ends);
  if (fork() == 0) {
    for (int i = 0; i < 4; ++i) {
      CHECK(send(ends[0], "abcde", 5, 0) == 5);
      nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    _exit(0);
  }
  char data[20];
  CHECK(recv(ends[1], data, 20, MSG_WAITALL) == 20);
  CHECK(!memcmp(data, "abcdeabcdeabcdeabcde", 20));
  close_both(ends);
}

static void lingering_for_no_time_resets(void) {
  int ends[2];
  tcp_pair(ends);
  const struct linger none = {1, 0};
  CHECK(setsockopt(ends[0], SOL_SOCKET, SO_LINGER, &none, sizeof(none)) == 0);
  CHECK(close(ends[0]) == 0);
  char byte;
  CHECK_ERRNO(ECONNRESET, recv(ends[1], &byte, 1, 0));
  close(ends[1]);
}

static void a_port_is_shared(void) {
  struct sockaddr_in address = loopback(0);
  int listeners[2];
  for (int i = 0; i < 2; ++i) {
    listeners[i] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(setsockopt(listeners[i], SOL_SOCKET, SO_REUSEPORT, &(int){1}, 4) ==
          0);
    socklen_t size = sizeof(address);
    CHECK(bind(listeners[i], (struct sockaddr*)&address, size) == 0);
    CHECK(getsockname(listeners[i], (struct sockaddr*)&address, &size) == 0);
    CHECK(listen(listeners[i], 64) == 0);
    CHECK(fcntl(listeners[i], F_SETFL, O_NONBLOCK) == 0);
  }
  enum { kClients = 40 };
  int clients[kClients];
  for (int i = 0; i < kClients; ++i) {
    clients[i] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(clients[i], (struct sockaddr*)&address, sizeof(address)) ==
          0);
  }
  int accepted[2] = {0, 0};
  for (int i = 0; i < 2; ++i) {
    int fd;
    while ((fd = accept4(listeners[i], NULL, NULL, SOCK_NONBLOCK)) >= 0) {
      CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
      ++accepted[i];
      close(fd);
    }
    CHECK(errno == EAGAIN);
    close(listeners[i]);
  }
  CHECK(accepted[0] + accepted[1] == kClients && accepted[0] > 0 &&
        accepted[1] > 0);
  for (int i = 0; i < kClients; ++i) close(clients[i]);
}

static void data_moves_inside_the_kernel(void) {
  int ends[2], through[2], copy[2];
  tcp_pair(ends);
  CHECK(pipe(through) == 0 && pipe(copy) == 0);
  const int file = open("sent", O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(write(file, "from a file", 11) == 11);
  off_t at = 5;
  CHECK(sendfile(ends[0], file, &at, 100) == 6 && at == 11);
  CHECK(splice(ends[1], NULL, through[1], NULL, 100, SPLICE_F_MOVE) == 6);
  CHECK(tee(through[0], copy[1], 100, 0) == 6);
  char text[64] = "";
  CHECK(read(copy[0], text, 64) == 6 && !memcmp(text, "a file", 6));
  CHECK(splice(through[0], NULL, ends[0], NULL, 6, SPLICE_F_MORE) == 6);
  CHECK(recv(ends[1], text, 64, 0) == 6 && !memcmp(text, "a file", 6));
  CHECK_ERRNO(EINVAL, splice(ends[0], NULL, ends[1], NULL, 1, 0));
  CHECK_ERRNO(EAGAIN,
              splice(through[0], NULL, ends[0], NULL, 1, SPLICE_F_NONBLOCK));
  close(file);
  close_both(ends);
  close_both(through);
  close_both(copy);
}

static void memory_moves_through_pipes(void) {
  int ends[2], through[2];
  tcp_pair(ends);
  CHECK(pipe(through) == 0);
  char first[] = "pages ", second[] = "of memory";
  const struct iovec parts[2] = {{first, 6}, {second, 9}};
  CHECK(vmsplice(through[1], parts, 2, 0) == 15);
  CHECK(splice(through[0], NULL, ends[0], NULL, 15, 0) == 15);
  char text[32] = "";
  CHECK(recv(ends[1], text, 32, 0) == 15 && !strcmp(text, "pages of memory"));
  CHECK(write(through[1], "back", 4) == 4);
  const struct iovec room = {text, 4};
  CHECK(vmsplice(through[0], &room, 1, 0) == 4 && !memcmp(text, "back", 4));
  CHECK_ERRNO(EBADF, vmsplice(ends[0], parts, 2, 0));
  CHECK_ERRNO(EFAULT, vmsplice(through[1], &(struct iovec){(void*)8, 4}, 1, 0));
  close_both(ends);
  close_both(through);
}

static void a_thousand_are_selected_from(void) {
  enum { kPairs = 490 };
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = 1024 < limit.rlim_max ? 1024 : limit.rlim_max;
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == 1024);
  static int pairs[kPairs][2];
  fd_set readable;
  FD_ZERO(&readable);
  int highest = 0;
  for (int i = 0; i < kPairs; ++i) {
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]) == 0);
    FD_SET(pairs[i][0], &readable);
    FD_SET(pairs[i][1], &readable);
    if (pairs[i][1] > highest) highest = pairs[i][1];
  }
  CHECK(highest > 970);
  for (int i = 0; i < kPairs; i += 10) CHECK(write(pairs[i][0], "x", 1) == 1);
  struct timeval none = {0, 0};
  CHECK(select(highest + 1, &readable, NULL, NULL, &none) == kPairs / 10);
  for (int i = 0; i < kPairs; ++i) {
    CHECK(!FD_ISSET(pairs[i][0], &readable));
    CHECK(!!FD_ISSET(pairs[i][1], &readable) == (i % 10 == 0));
    close_both(pairs[i]);
  }
}

static void many_messages_in_one_call(void) {
  struct sockaddr_in address = loopback(0);
  const int in = bound(SOCK_DGRAM, &address);
  const int out = socket(AF_INET, SOCK_DGRAM, 0);
  struct mmsghdr messages[3] = {0};
  struct iovec parts[3] = {{"a", 1}, {"bb", 2}, {"ccc", 3}};
  for (int i = 0; i < 3; ++i) {
    messages[i].msg_hdr = (struct msghdr){.msg_name = &address,
                                          .msg_namelen = sizeof(address),
                                          .msg_iov = &parts[i],
                                          .msg_iovlen = 1};
  }
  CHECK(sendmmsg(out, messages, 3, 0) == 3 && messages[2].msg_len == 3);
  char data[4][8];
  struct sockaddr_in from[4];
  struct mmsghdr received[4] = {0};
  struct iovec rooms[4];
  for (int i = 0; i < 4; ++i) {
    rooms[i] = (struct iovec){data[i], sizeof(data[i])};
    received[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                          .msg_namelen = sizeof(from[i]),
                                          .msg_iov = &rooms[i],
                                          .msg_iovlen = 1};
  }
  CHECK(recvmmsg(in, received, 4, MSG_WAITFORONE, NULL) == 3);
  CHECK(received[1].msg_len == 2 && !memcmp(data[1], "bb", 2));
  CHECK(received[2].msg_hdr.msg_namelen == sizeof(address) &&
        from[2].sin_addr.s_addr == address.sin_addr.s_addr);
  CHECK_ERRNO(EAGAIN, recvmmsg(in, received, 4, MSG_DONTWAIT, NULL));
  close(in);
  close(out);
}

static void sets_of_sets_tell_of_their_members(void) {
  int ends[2];
  tcp_pair(ends);
  const int inner = epoll_create1(EPOLL_CLOEXEC), outer = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u64 = 7};
  CHECK(epoll_ctl(inner, EPOLL_CTL_ADD, ends[1], &event) == 0);
  event.data.u64 = 8;
  CHECK(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event) == 0);
  CHECK(epoll_wait(outer, &event, 1, 0) == 0);
  CHECK(shutdown(ends[0], SHUT_WR) == 0);
  CHECK(epoll_wait(outer, &event, 1, 5000) == 1 && event.data.u64 == 8);
  CHECK(epoll_wait(inner, &event, 1, 0) == 1 && event.data.u64 == 7);
  CHECK(event.events == (EPOLLIN | EPOLLRDHUP));
  event.events = EPOLLIN;
  CHECK_ERRNO(ELOOP, epoll_ctl(inner, EPOLL_CTL_ADD, outer, &event));
  close(inner);
  close(outer);
  close_both(ends);
}

static void tcp_may_have_many_paths(void) {
  struct sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  const int listener = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
  if (listener < 0) {  // of a kernel without it, or where it is switched off
    CHECK(errno == EPROTONOSUPPORT || errno == ENOPROTOOPT);
    return;
  }
  CHECK(bind(listener, (struct sockaddr*)&address, size) == 0);
  CHECK(getsockname(listener, (struct sockaddr*)&address, &size) == 0);
  CHECK(listen(listener, 1) == 0);
  int ends[2] = {socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)}, protocol;
  CHECK(connect(ends[0], (struct sockaddr*)&address, size) == 0);
  ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  size = sizeof(protocol);
  CHECK(getsockopt(ends[0], SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0);
  CHECK(protocol == IPPROTO_MPTCP);
  CHECK(setsockopt(ends[0], IPPROTO_TCP, TCP_NODELAY, &(int){1}, 4) == 0);
  char data[4];
  CHECK(send(ends[0], "ping", 4, MSG_NOSIGNAL) == 4);
  CHECK(recv(ends[1], data, 4, MSG_WAITALL) == 4 && !memcmp(data, "ping", 4));
  close(listener);
  close_both(ends);
}

int main(void) {
  CASE(errors_are_queued);
  CASE(arrival_is_time_stamped);
  CASE(long_datagrams_are_cut);
  CASE(all_can_be_waited_for);
  CASE(lingering_for_no_time_resets);
  CASE(a_port_is_shared);
  CASE(data_moves_inside_the_kernel);
  CASE(memory_moves_through_pipes);
  CASE(a_thousand_are_selected_from);
  CASE(many_messages_in_one_call);
  CASE(sets_of_sets_tell_of_their_members);
  CASE(tcp_may_have_many_paths);
  return 0;
}
