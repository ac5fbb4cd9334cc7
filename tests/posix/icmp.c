// Echo requests to the loopback interface: over raw sockets and over the
// datagram sockets of icmp(7), as ping does.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>

#include "check.h"

// linux/icmp.h does not go with every libc's netinet/ip_icmp.h.
#define SLIPWAY_ICMP_FILTER 1

static uint16_t checksum(const void* data, size_t size) {
  const uint16_t* words = data;
  uint32_t sum = 0;
  for (size_t i = 0; i < size / 2; ++i) sum += words[i];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

struct echo {
  struct icmphdr header;
  char text[8];
};

static struct echo request(uint16_t id, uint16_t sequence) {
  struct echo echo = {.header = {.type = ICMP_ECHO}, .text = "payload"};
  echo.header.un.echo.id = htons(id);
  echo.header.un.echo.sequence = htons(sequence);
  echo.header.checksum = checksum(&echo, sizeof(echo));
  return echo;
}

static struct sockaddr_in loopback(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static void wait_for(int fd) {
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  CHECK(poll(&waiting, 1, 5000) == 1);
}

static void raw_sockets_see_the_header(void) {
  const int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  CHECK(fd >= 0);
  const struct sockaddr_in to = loopback();
  const struct echo echo = request(77, 1);
  CHECK(sendto(fd, &echo, sizeof(echo), 0, (struct sockaddr*)&to, sizeof(to)) ==
        sizeof(echo));
  for (;;) {
    unsigned char data[256];
    struct sockaddr_in from;
    socklen_t size = sizeof(from);
    wait_for(fd);
    const ssize_t got =
        recvfrom(fd, data, sizeof(data), 0, (struct sockaddr*)&from, &size);
    CHECK(got == (ssize_t)(sizeof(struct iphdr) + sizeof(echo)));
    struct iphdr ip;
    struct echo reply;
    memcpy(&ip, data, sizeof(ip));
    memcpy(&reply, data + sizeof(ip), sizeof(reply));
    CHECK(ip.protocol == IPPROTO_ICMP && ip.saddr == htonl(INADDR_LOOPBACK));
    if (reply.header.type == ICMP_ECHO) continue;  // the request comes by, too
    CHECK(reply.header.type == ICMP_ECHOREPLY);
    CHECK(ntohs(reply.header.un.echo.id) == 77 &&
          !strcmp(reply.text, "payload"));
    break;
  }
  close(fd);
}

static void types_are_filtered(void) {
  const int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  const uint32_t all_but_replies = ~(1u << ICMP_ECHOREPLY);
  CHECK(setsockopt(fd, SOL_RAW, SLIPWAY_ICMP_FILTER, &all_but_replies, 4) == 0);
  const struct sockaddr_in to = loopback();
  const struct echo echo = request(78, 1);
  CHECK(sendto(fd, &echo, sizeof(echo), 0, (struct sockaddr*)&to, sizeof(to)) ==
        sizeof(echo));
  unsigned char data[256];
  wait_for(fd);
  CHECK(recv(fd, data, sizeof(data), 0) > 20 && data[20] == ICMP_ECHOREPLY);
  close(fd);
}

static void datagram_sockets_get_their_replies_only(void) {
  const int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
  CHECK(fd >= 0);
  const struct sockaddr_in to = loopback();
  CHECK(connect(fd, (const struct sockaddr*)&to, sizeof(to)) == 0);
  struct sockaddr_in own;
  socklen_t size = sizeof(own);
  const struct echo echo = request(0, 9);
  CHECK(send(fd, &echo, sizeof(echo), 0) == sizeof(echo));
  CHECK(getsockname(fd, (struct sockaddr*)&own, &size) == 0 &&
        own.sin_port != 0);
  struct echo reply;
  wait_for(fd);
  CHECK(recv(fd, &reply, sizeof(reply), 0) == sizeof(reply));
  CHECK(reply.header.type == ICMP_ECHOREPLY);
  CHECK(reply.header.un.echo.id == own.sin_port);
  CHECK(ntohs(reply.header.un.echo.sequence) == 9);
  close(fd);
}

int main(void) {
  CASE(raw_sockets_see_the_header);
  CASE(types_are_filtered);
  CASE(datagram_sockets_get_their_replies_only);
  return 0;
}
