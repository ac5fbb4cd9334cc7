// UDP: unconnected and connected sockets, several messages in one call.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static int bound(struct sockaddr_in* address) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  *address = (struct sockaddr_in){.sin_family = AF_INET};
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(fd, (struct sockaddr*)address, sizeof(*address)) == 0);
  socklen_t length = sizeof(*address);
  CHECK(getsockname(fd, (struct sockaddr*)address, &length) == 0);
  return fd;
}

int main(void) {
  struct sockaddr_in a_address, b_address, from;
  const int a = bound(&a_address);
  const int b = bound(&b_address);
  CHECK(sendto(a, "hello", 5, 0, (struct sockaddr*)&b_address,
               sizeof(b_address)) == 5);
  char buffer[16];
  socklen_t length = sizeof(from);
  CHECK(recvfrom(b, buffer, sizeof(buffer), 0, (struct sockaddr*)&from,
                 &length) == 5);
  CHECK(from.sin_port == a_address.sin_port);
  CHECK_ERRNO(EDESTADDRREQ, send(a, "x", 1, 0));
  CHECK_ERRNO(EAGAIN, recv(b, buffer, sizeof(buffer), MSG_DONTWAIT));

  CHECK(connect(a, (struct sockaddr*)&b_address, sizeof(b_address)) == 0);
  struct iovec parts[2][1] = {{{"one", 3}}, {{"three", 5}}};
  struct mmsghdr out[2] = {{.msg_hdr = {.msg_iov = parts[0], .msg_iovlen = 1}},
                           {.msg_hdr = {.msg_iov = parts[1], .msg_iovlen = 1}}};
  CHECK(sendmmsg(a, out, 2, 0) == 2);
  CHECK(out[0].msg_len == 3 && out[1].msg_len == 5);
  char first[4], second[16], third[4];
  struct iovec into[3][1] = {{{first, 4}}, {{second, 16}}, {{third, 4}}};
  struct mmsghdr in[3] = {{.msg_hdr = {.msg_iov = into[0], .msg_iovlen = 1}},
                          {.msg_hdr = {.msg_iov = into[1], .msg_iovlen = 1}},
                          {.msg_hdr = {.msg_iov = into[2], .msg_iovlen = 1}}};
  CHECK(recvmmsg(b, in, 3, MSG_WAITFORONE, NULL) == 2);
  CHECK(in[0].msg_len == 3 && in[1].msg_len == 5);
  CHECK(memcmp(second, "three", 5) == 0);

  CHECK(send(a, "truncated", 9, 0) == 9);
  struct msghdr message = {.msg_iov = into[0], .msg_iovlen = 1};
  CHECK(recvmsg(b, &message, 0) == 4);
  CHECK((message.msg_flags & MSG_TRUNC) != 0);
  puts("udp ok");
  return 0;
}
