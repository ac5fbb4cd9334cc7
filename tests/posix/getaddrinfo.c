// Name resolution without a resolver: numeric hosts and services.
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "check.h"

static void show(const char* host, const char* service, int flags) {
  const struct addrinfo hints = {
      .ai_flags = flags | AI_NUMERICHOST | AI_NUMERICSERV,
      .ai_socktype = SOCK_STREAM};
  struct addrinfo* list = NULL;
  const int error = getaddrinfo(host, service, &hints, &list);
  printf("%s %s:", host ? host : "(null)", service);
  if (error != 0) {
    printf(" %s\n", error == EAI_NONAME ? "EAI_NONAME" : "another error");
    return;
  }
  for (struct addrinfo* entry = list; entry != NULL; entry = entry->ai_next) {
    char name[64], port[8];
    CHECK(getnameinfo(entry->ai_addr, entry->ai_addrlen, name, sizeof(name),
                      port, sizeof(port),
                      NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    printf(" family %d [%s] port %s", entry->ai_family, name, port);
  }
  puts("");
  freeaddrinfo(list);
}

int main(void) {
  show("127.0.0.1", "6379", 0);
  show("::1", "80", 0);
  show("10.20.30.40", "1", 0);
  show("not-numeric.invalid", "80", 0);
  struct in_addr four;
  struct in6_addr six;
  CHECK(inet_pton(AF_INET, "1.2.3.4", &four) == 1 &&
        ntohl(four.s_addr) == 0x01020304);
  CHECK(inet_pton(AF_INET, "1.2.3", &four) == 0);
  CHECK(inet_pton(AF_INET6, "fe80::1:2", &six) == 1);
  char text[INET6_ADDRSTRLEN];
  puts(inet_ntop(AF_INET6, &six, text, sizeof(text)));
  return 0;
}
