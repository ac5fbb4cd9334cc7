// The machine's network interfaces: by getifaddrs and if_nameindex (netlink),
// and by the ioctls of netdevice(7). Only the loopback interface is the same
// everywhere.
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "check.h"

// Beside libc's headers these of Linux only.
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

static void interfaces_have_names_and_numbers(void) {
  const unsigned index = if_nametoindex("lo");
  CHECK(index != 0);
  char name[IF_NAMESIZE] = "";
  CHECK(if_indextoname(index, name) == name && !strcmp(name, "lo"));
  CHECK(if_nametoindex("no-such-one") == 0 && errno == ENODEV);
  CHECK(if_indextoname(1000000, name) == NULL && errno == ENXIO);
  struct if_nameindex* list = if_nameindex();
  CHECK(list != NULL);
  int found = 0;
  for (struct if_nameindex* i = list; i->if_index != 0; ++i) {
    found += i->if_index == index && !strcmp(i->if_name, "lo");
  }
  CHECK(found == 1);
  if_freenameindex(list);
}

static void addresses_are_listed(void) {
  struct ifaddrs* list;
  CHECK(getifaddrs(&list) == 0);
  int links = 0, loopbacks = 0;
  for (struct ifaddrs* i = list; i != NULL; i = i->ifa_next) {
    if (strcmp(i->ifa_name, "lo") != 0 || i->ifa_addr == NULL) continue;
    CHECK(i->ifa_flags & IFF_LOOPBACK);
    if (i->ifa_addr->sa_family == AF_PACKET) ++links;
    if (i->ifa_addr->sa_family != AF_INET) continue;
    const struct sockaddr_in* in = (struct sockaddr_in*)i->ifa_addr;
    const struct sockaddr_in* mask = (struct sockaddr_in*)i->ifa_netmask;
    if (in->sin_addr.s_addr != htonl(INADDR_LOOPBACK)) continue;
    CHECK(mask->sin_addr.s_addr == htonl(0xff000000));
    ++loopbacks;
  }
  CHECK(links == 1 && loopbacks == 1);
  freeifaddrs(list);
}

static void requests_describe_an_interface(void) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct ifreq request = {0};
  strcpy(request.ifr_name, "lo");
  CHECK(ioctl(fd, SIOCGIFFLAGS, &request) == 0);
  CHECK((request.ifr_flags & (IFF_UP | IFF_LOOPBACK)) ==
        (IFF_UP | IFF_LOOPBACK));
  CHECK(ioctl(fd, SIOCGIFADDR, &request) == 0);
  const struct sockaddr_in* in = (struct sockaddr_in*)&request.ifr_addr;
  CHECK(in->sin_addr.s_addr == htonl(INADDR_LOOPBACK));
  CHECK(ioctl(fd, SIOCGIFNETMASK, &request) == 0);
  CHECK(in->sin_addr.s_addr == htonl(0xff000000));
  CHECK(ioctl(fd, SIOCGIFMTU, &request) == 0 && request.ifr_mtu > 1000);
  CHECK(ioctl(fd, SIOCGIFHWADDR, &request) == 0);
  CHECK(request.ifr_hwaddr.sa_data[0] == 0);
  strcpy(request.ifr_name, "none");
  CHECK_ERRNO(ENODEV, ioctl(fd, SIOCGIFFLAGS, &request));
  CHECK_ERRNO(EFAULT, ioctl(fd, SIOCGIFFLAGS, NULL));
  close(fd);
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK_ERRNO(ENOTTY, ioctl(ends[0], SIOCGIFFLAGS, &request));
  close(ends[0]);
  close(ends[1]);
}

static void configured_interfaces_are_listed(void) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct ifconf list = {0};
  CHECK(ioctl(fd, SIOCGIFCONF, &list) == 0);
  const int size = list.ifc_len;
  CHECK(size > 0 && size % sizeof(struct ifreq) == 0);
  list.ifc_buf = malloc(size);
  CHECK(ioctl(fd, SIOCGIFCONF, &list) == 0 && list.ifc_len == size);
  int found = 0;
  for (size_t i = 0; i < size / sizeof(struct ifreq); ++i) {
    found += !strcmp(list.ifc_req[i].ifr_name, "lo");
  }
  CHECK(found >= 1);
  free(list.ifc_buf);
  close(fd);
}

static void netlink_sockets_have_addresses(void) {
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  CHECK(fd >= 0);
  struct sockaddr_nl name = {.nl_family = AF_NETLINK};
  CHECK(bind(fd, (struct sockaddr*)&name, sizeof(name)) == 0);
  socklen_t size = sizeof(name);
  CHECK(getsockname(fd, (struct sockaddr*)&name, &size) == 0);
  CHECK(size == sizeof(name) && name.nl_pid != 0 && name.nl_groups == 0);
  close(fd);
}

static void links_are_dumped(void) {
  const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  struct {
    struct nlmsghdr header;
    struct rtgenmsg general;
  } request = {{.nlmsg_len = sizeof(request),
                .nlmsg_type = RTM_GETLINK,
                .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                .nlmsg_seq = 7},
               {.rtgen_family = AF_UNSPEC}};
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  CHECK(sendto(fd, &request, sizeof(request), 0, (struct sockaddr*)&kernel,
               sizeof(kernel)) == sizeof(request));
  _Alignas(struct nlmsghdr) char data[65536];
  int links = 0, done = 0;
  while (!done) {
    struct sockaddr_nl from;
    socklen_t size = sizeof(from);
    const ssize_t got =
        recvfrom(fd, data, sizeof(data), 0, (struct sockaddr*)&from, &size);
    CHECK(got > 0 && from.nl_pid == 0);
    unsigned left = (unsigned)got;
    for (struct nlmsghdr* header = (struct nlmsghdr*)data;
         NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      CHECK(header->nlmsg_seq == 7);
      done |= header->nlmsg_type == NLMSG_DONE;
      links += header->nlmsg_type == RTM_NEWLINK;
    }
  }
  CHECK(links >= 1);
  close(fd);
}

int main(void) {
  CASE(interfaces_have_names_and_numbers);
  CASE(addresses_are_listed);
  CASE(requests_describe_an_interface);
  CASE(configured_interfaces_are_listed);
  CASE(netlink_sockets_have_addresses);
  CASE(links_are_dumped);
  return 0;
}
