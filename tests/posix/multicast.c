// Multicast on the loopback interface: joining groups, sending to them, and
// choosing what is received. See ip(7), ipv6(7), RFC 3678.
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "check.h"

#define GROUP "239.10.20.30"
#define GROUP6 "ff11::1234"

// A socket that receives what is sent to the group; its port goes to `port`.
static int receiver(in_port_t* port) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK(fd >= 0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = inet_addr(GROUP);
  CHECK(bind(fd, (struct sockaddr*)&address, sizeof(address)) == 0);
  socklen_t size = sizeof(address);
  CHECK(getsockname(fd, (struct sockaddr*)&address, &size) == 0);
  *port = address.sin_port;
  return fd;
}

static int sender(void) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  const struct in_addr loopback = {htonl(INADDR_LOOPBACK)};
  CHECK(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback,
                   sizeof(loopback)) == 0);
  return fd;
}

static void send_to_group(int fd, in_port_t port, const char* text) {
  struct sockaddr_in group = {.sin_family = AF_INET, .sin_port = port};
  group.sin_addr.s_addr = inet_addr(GROUP);
  CHECK(sendto(fd, text, strlen(text), 0, (struct sockaddr*)&group,
               sizeof(group)) == (ssize_t)strlen(text));
}

static int arrives(int fd, const char* text) {
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  if (poll(&waiting, 1, 200) == 0) return 0;
  char data[64] = "";
  CHECK(recv(fd, data, sizeof(data) - 1, 0) == (ssize_t)strlen(text));
  CHECK(!strcmp(data, text));
  return 1;
}

static struct ip_mreq membership(void) {
  struct ip_mreq request;
  request.imr_multiaddr.s_addr = inet_addr(GROUP);
  request.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
  return request;
}

static void members_receive(void) {
  in_port_t port;
  const int in = receiver(&port), out = sender();
  CHECK(setsockopt(in, IPPROTO_IP, IP_MULTICAST_ALL, &(int){0}, 4) == 0);
  send_to_group(out, port, "before");
  CHECK(!arrives(in, "before"));
  const struct ip_mreq request = membership();
  CHECK(setsockopt(in, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request,
                   sizeof(request)) == 0);
  send_to_group(out, port, "member");
  CHECK(arrives(in, "member"));
  CHECK_ERRNO(EADDRINUSE, setsockopt(in, IPPROTO_IP, IP_ADD_MEMBERSHIP,
                                     &request, sizeof(request)));
  CHECK(setsockopt(in, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request,
                   sizeof(request)) == 0);
  send_to_group(out, port, "after");
  CHECK(!arrives(in, "after"));
  CHECK_ERRNO(EADDRNOTAVAIL, setsockopt(in, IPPROTO_IP, IP_DROP_MEMBERSHIP,
                                        &request, sizeof(request)));
  close(in);
  close(out);
}

static void looping_back_can_be_off(void) {
  in_port_t port;
  const int in = receiver(&port), out = sender();
  const struct ip_mreq request = membership();
  CHECK(setsockopt(in, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request,
                   sizeof(request)) == 0);
  struct in_addr interface = {0};
  socklen_t size = sizeof(interface);
  CHECK(getsockopt(out, IPPROTO_IP, IP_MULTICAST_IF, &interface, &size) == 0);
  CHECK(interface.s_addr == htonl(INADDR_LOOPBACK));
  CHECK(setsockopt(out, IPPROTO_IP, IP_MULTICAST_TTL, &(int){0}, 4) == 0);
  send_to_group(out, port, "not beyond this machine");
  CHECK(arrives(in, "not beyond this machine"));
  close(in);
  close(out);
}

static void sources_can_be_chosen(void) {
  in_port_t port;
  const int in = receiver(&port), out = sender();
  struct ip_mreq_source request;
  request.imr_multiaddr.s_addr = inet_addr(GROUP);
  request.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
  request.imr_sourceaddr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(setsockopt(in, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &request,
                   sizeof(request)) == 0);
  send_to_group(out, port, "from loopback");
  CHECK(arrives(in, "from loopback"));
  CHECK(setsockopt(in, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &request,
                   sizeof(request)) == 0);
  close(in);
  close(out);
}

static void groups_of_either_family_are_joined_alike(void) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct group_req request = {.gr_interface = 1};
  struct sockaddr_in* group = (struct sockaddr_in*)&request.gr_group;
  group->sin_family = AF_INET;
  group->sin_addr.s_addr = inet_addr(GROUP);
  CHECK(setsockopt(fd, IPPROTO_IP, MCAST_JOIN_GROUP, &request,
                   sizeof(request)) == 0);
  CHECK(setsockopt(fd, IPPROTO_IP, MCAST_LEAVE_GROUP, &request,
                   sizeof(request)) == 0);
  close(fd);
}

static void groups_of_ipv6_are_joined(void) {
  const int in = socket(AF_INET6, SOCK_DGRAM, 0);
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_scope_id = 1};
  CHECK(inet_pton(AF_INET6, GROUP6, &address.sin6_addr) == 1);
  CHECK(bind(in, (struct sockaddr*)&address, sizeof(address)) == 0);
  socklen_t size = sizeof(address);
  CHECK(getsockname(in, (struct sockaddr*)&address, &size) == 0);
  const struct ipv6_mreq request = {address.sin6_addr, 1};
  CHECK(setsockopt(in, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request,
                   sizeof(request)) == 0);
  // The loopback interface need not have a route for groups of IPv6.
  CHECK_ERRNO(EADDRINUSE, setsockopt(in, IPPROTO_IPV6, IPV6_JOIN_GROUP,
                                     &request, sizeof(request)));
  CHECK(setsockopt(in, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &request,
                   sizeof(request)) == 0);
  close(in);
}

static void mistakes_are_told(void) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  const struct ip_mreq request = membership();
  CHECK_ERRNO(EINVAL,
              setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, 4));
  CHECK_ERRNO(EFAULT, setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, NULL,
                                 sizeof(request)));
  close(fd);
}

int main(void) {
  CASE(members_receive);
  CASE(looping_back_can_be_off);
  CASE(sources_can_be_chosen);
  CASE(groups_of_either_family_are_joined_alike);
  CASE(groups_of_ipv6_are_joined);
  CASE(mistakes_are_told);
  return 0;
}
