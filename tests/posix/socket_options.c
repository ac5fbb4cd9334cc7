// The socket options that servers set: each is set and read back, and what
// comes of it is printed, so that the guest's answers are compared with
// Linux's.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "check.h"

// Not in every libc's headers.
#ifndef SO_INCOMING_NAPI_ID
#define SO_INCOMING_NAPI_ID 56
#endif
#ifndef TCP_USER_TIMEOUT
#define TCP_USER_TIMEOUT 18
#endif

struct option {
  const char* name;
  int level, number;
  int value;
};
#define OPTION(level, name, value) {#name, level, name, value}

// Sets the option to an int and reads it; a value below 0 is only read.
static void try_option(int fd, const struct option* option) {
  int set = 0, set_errno = 0;
  if (option->value >= 0) {
    set = setsockopt(fd, option->level, option->number, &option->value,
                     sizeof(option->value));
    set_errno = set == 0 ? 0 : errno;
  }
  int value = -7;
  socklen_t size = sizeof(value);
  const int get = getsockopt(fd, option->level, option->number, &value, &size);
  printf("%s: set %d errno %d, get %d errno %d", option->name, set, set_errno,
         get, get == 0 ? 0 : errno);
  if (get == 0) printf(" value %d of %d bytes", value, (int)size);
  putchar('\n');
}

static void try_all(int family, int type, const struct option* options,
                    size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const int fd = socket(family, type, 0);
    CHECK(fd >= 0);
    try_option(fd, &options[i]);
    close(fd);
  }
}
#define TRY_ALL(family, type, options) \
  try_all(family, type, options, sizeof(options) / sizeof(options[0]))

static void redis_sets(void) {
  const struct option options[] = {
      OPTION(SOL_SOCKET, SO_REUSEADDR, 1),
      OPTION(SOL_SOCKET, SO_KEEPALIVE, 1),
      OPTION(SOL_SOCKET, SO_SNDBUF, 40000),
      OPTION(SOL_SOCKET, SO_ERROR, -1),
      OPTION(IPPROTO_TCP, TCP_NODELAY, 1),
      OPTION(IPPROTO_TCP, TCP_KEEPIDLE, 300),
      OPTION(IPPROTO_TCP, TCP_KEEPINTVL, 100),
      OPTION(IPPROTO_TCP, TCP_KEEPCNT, 3),
      OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT, 5000),
  };
  TRY_ALL(AF_INET, SOCK_STREAM, options);
  const struct option six[] = {OPTION(IPPROTO_IPV6, IPV6_V6ONLY, 1)};
  TRY_ALL(AF_INET6, SOCK_STREAM, six);
}

static void nginx_sets(void) {
  const struct option options[] = {
      OPTION(SOL_SOCKET, SO_REUSEPORT, 1),
      OPTION(SOL_SOCKET, SO_RCVBUF, 30000),
      OPTION(SOL_SOCKET, SO_SNDLOWAT, 1),
      OPTION(SOL_SOCKET, SO_RCVLOWAT, 5),
      OPTION(SOL_SOCKET, SO_TYPE, -1),
      OPTION(SOL_SOCKET, SO_PROTOCOL, -1),
      OPTION(IPPROTO_TCP, TCP_CORK, 1),
      OPTION(IPPROTO_TCP, TCP_DEFER_ACCEPT, 1),
      OPTION(IPPROTO_TCP, TCP_FASTOPEN, 5),
      OPTION(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1),
  };
  TRY_ALL(AF_INET, SOCK_STREAM, options);
  const struct option datagrams[] = {
      OPTION(IPPROTO_IP, IP_PKTINFO, 1),
      OPTION(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO),
      OPTION(IPPROTO_UDP, UDP_SEGMENT, 1200),
  };
  TRY_ALL(AF_INET, SOCK_DGRAM, datagrams);
  const struct option six[] = {
      OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1),
      OPTION(IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO),
  };
  TRY_ALL(AF_INET6, SOCK_DGRAM, six);
}

static void databases_set(void) {
  const struct option options[] = {
      OPTION(IPPROTO_IP, IP_TOS, 8),  // MySQL: IPTOS_THROUGHPUT
      OPTION(SOL_SOCKET, SO_OOBINLINE, 1),
      OPTION(SOL_SOCKET, SO_DONTROUTE, 1),
      OPTION(SOL_SOCKET, SO_ACCEPTCONN, -1),
      OPTION(SOL_SOCKET, SO_DOMAIN, -1),
      // memcached, for its NAPI ids.
      OPTION(SOL_SOCKET, SO_INCOMING_NAPI_ID, -1),
      OPTION(IPPROTO_TCP, TCP_SYNCNT, 3),
      OPTION(IPPROTO_TCP, TCP_LINGER2, 10),
      OPTION(IPPROTO_TCP, TCP_QUICKACK, 0),
      OPTION(IPPROTO_TCP, TCP_WINDOW_CLAMP, 40000),
      OPTION(IPPROTO_TCP, TCP_MAXSEG, 900),
  };
  TRY_ALL(AF_INET, SOCK_STREAM, options);
}

static void proxies_set(void) {
  const struct option options[] = {
      OPTION(SOL_SOCKET, SO_PRIORITY, 5),
      OPTION(SOL_SOCKET, SO_TIMESTAMP, 1),
      OPTION(SOL_SOCKET, SO_TIMESTAMPNS, 1),
      OPTION(IPPROTO_IP, IP_TTL, 33),
      OPTION(IPPROTO_IP, IP_MINTTL, 2),
      OPTION(IPPROTO_IP, IP_FREEBIND, 1),
      OPTION(IPPROTO_TCP, TCP_SAVE_SYN, 1),
      OPTION(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1),
      OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 16384),
      OPTION(IPPROTO_TCP, TCP_INQ, 1),
  };
  TRY_ALL(AF_INET, SOCK_STREAM, options);
  const struct option datagrams[] = {
      OPTION(SOL_SOCKET, SO_BROADCAST, 1),
      OPTION(SOL_SOCKET, SO_RXQ_OVFL, 1),
      OPTION(IPPROTO_IP, IP_RECVTOS, 1),
      OPTION(IPPROTO_IP, IP_RECVTTL, 1),
      OPTION(IPPROTO_IP, IP_RECVERR, 1),
      OPTION(IPPROTO_IP, IP_RECVORIGDSTADDR, 1),
      OPTION(IPPROTO_IP, IP_MULTICAST_TTL, 4),
      OPTION(IPPROTO_IP, IP_MULTICAST_LOOP, 0),
      OPTION(IPPROTO_IP, IP_MULTICAST_ALL, 0),
      OPTION(IPPROTO_UDP, UDP_CORK, 1),
      OPTION(IPPROTO_UDP, UDP_GRO, 1),
  };
  TRY_ALL(AF_INET, SOCK_DGRAM, datagrams);
  const struct option six[] = {
      OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9),
      OPTION(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 9),
      OPTION(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0),
      OPTION(IPPROTO_IPV6, IPV6_TCLASS, 16),
      OPTION(IPPROTO_IPV6, IPV6_RECVTCLASS, 1),
      OPTION(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1),
      OPTION(IPPROTO_IPV6, IPV6_RECVERR, 1),
      OPTION(IPPROTO_IPV6, IPV6_DONTFRAG, 1),
  };
  TRY_ALL(AF_INET6, SOCK_DGRAM, six);
}

static void structures_are_kept(void) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const struct linger linger = {.l_onoff = 1, .l_linger = 7};
  CHECK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) == 0);
  struct linger kept = {0};
  socklen_t size = sizeof(kept);
  CHECK(getsockopt(fd, SOL_SOCKET, SO_LINGER, &kept, &size) == 0);
  CHECK(kept.l_onoff == 1 && kept.l_linger == 7 && size == sizeof(kept));
  const struct timeval wait = {.tv_sec = 3, .tv_usec = 500000};
  for (int i = 0; i < 2; ++i) {
    const int option = i == 0 ? SO_RCVTIMEO : SO_SNDTIMEO;
    CHECK(setsockopt(fd, SOL_SOCKET, option, &wait, sizeof(wait)) == 0);
    struct timeval kept_wait = {0};
    size = sizeof(kept_wait);
    CHECK(getsockopt(fd, SOL_SOCKET, option, &kept_wait, &size) == 0);
    CHECK(kept_wait.tv_sec == 3 && kept_wait.tv_usec == 500000);
  }
  char name[16] = "";
  size = sizeof(name);
  CHECK(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size) == 0);
  CHECK(strlen(name) > 0);
  CHECK(setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) == 0);
  size = sizeof(name);
  CHECK(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size) == 0);
  CHECK(!strcmp(name, "reno"));
  CHECK_ERRNO(ENOENT, setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "none", 4));
  close(fd);
}

static void short_and_wrong_values_are_refused(void) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int one = 1;
  CHECK_ERRNO(EINVAL, setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, 1));
  CHECK_ERRNO(EFAULT, setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, NULL, 4));
  CHECK_ERRNO(ENOPROTOOPT, setsockopt(fd, SOL_SOCKET, 9999, &one, 4));
  CHECK_ERRNO(ENOPROTOOPT, setsockopt(fd, IPPROTO_TCP, 9999, &one, 4));
  int value;
  socklen_t size = sizeof(value);
  CHECK_ERRNO(ENOPROTOOPT, getsockopt(fd, IPPROTO_IP, 9999, &value, &size));
  CHECK_ERRNO(EINVAL, setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &(int){1000000},
                                 sizeof(int)));
  // A short buffer gets as much as fits.
  unsigned char byte = 9;
  size = 1;
  CHECK(getsockopt(fd, SOL_SOCKET, SO_TYPE, &byte, &size) == 0);
  CHECK(size == 1 && byte == SOCK_STREAM);
  close(fd);
  CHECK_ERRNO(EBADF, setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, 4));
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK_ERRNO(ENOTSOCK, setsockopt(ends[0], SOL_SOCKET, SO_KEEPALIVE, &one, 4));
  close(ends[0]);
  close(ends[1]);
}

int main(void) {
  CASE(redis_sets);
  CASE(nginx_sets);
  CASE(databases_set);
  CASE(proxies_set);
  CASE(structures_are_kept);
  CASE(short_and_wrong_values_are_refused);
  return 0;
}
