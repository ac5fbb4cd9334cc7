// Names of hosts, services, protocols, users and groups: from the files of
// etc/, and from a name server that this program is itself, at 127.0.0.1:53 of
// a network of its own.
#include <arpa/inet.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pwd.h>
#include <resolv.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "check.h"

// ---- The name server ----

enum { kHeader = 12, kNoError = 0, kServerFailure = 2, kNoSuchName = 3 };
enum { kManyRecords = 40 };

struct reply {
  unsigned char data[4096];
  size_t size;
};

static void put(struct reply* reply, const void* data, size_t size) {
  memcpy(reply->data + reply->size, data, size);
  reply->size += size;
}
static void put16(struct reply* reply, unsigned value) {
  put(reply, (unsigned char[]){value >> 8, value}, 2);
}
// "a.b" as labels.
static void put_name(struct reply* reply, const char* name) {
  while (*name) {
    const size_t length = strcspn(name, ".");
    put(reply, &(unsigned char){length}, 1);
    put(reply, name, length);
    name += length + (name[length] == '.');
  }
  put(reply, "", 1);
}
static void put_record(struct reply* reply, const char* name, unsigned type,
                       const void* data, size_t size) {
  put_name(reply, name);
  put16(reply, type);
  put16(reply, 1);
  put(reply, (unsigned char[]){0, 0, 0, 60}, 4);
  put16(reply, size);
  put(reply, data, size);
  ++reply->data[7];
}

static void answer_many(struct reply* reply, const char* name) {
  for (int i = 0; i < kManyRecords; ++i) {
    put_record(reply, name, 1, (unsigned char[]){198, 51, 100, i + 1}, 4);
  }
}

static void answer(struct reply* reply, const char* name, unsigned type,
                   int stream) {
  static const unsigned char four[] = {192, 0, 2, 4};
  static const unsigned char six[16] = {0x20, 1, 0xd, 0xb8, [15] = 6};
  struct reply target = {.size = 0};
  put_name(&target, "four.example");
  unsigned code = kNoError;
  if (!strcasecmp(name, "four.example")) {
    if (type == 1) put_record(reply, name, 1, four, 4);
  } else if (!strcasecmp(name, "six.example")) {
    if (type == 28) put_record(reply, name, 28, six, 16);
  } else if (!strcasecmp(name, "alias.example")) {
    put_record(reply, name, 5, target.data, target.size);
    if (type == 1) put_record(reply, "four.example", 1, four, 4);
  } else if (!strcasecmp(name, "4.2.0.192.in-addr.arpa")) {
    if (type == 12) put_record(reply, name, 12, target.data, target.size);
  } else if (!strcasecmp(name, "many.example")) {
    if (!stream) reply->data[2] |= 2;  // truncated: ask again by TCP
    if (stream && type == 1) answer_many(reply, name);
  } else if (!strcasecmp(name, "broken.example")) {
    code = kServerFailure;
  } else {
    code = kNoSuchName;
  }
  reply->data[3] = 0x80 | code;
}

static void serve_one(const unsigned char* query, size_t size,
                      struct reply* reply, int stream) {
  char name[256] = "";
  size_t at = kHeader, used = 0;
  while (at < size && query[at] != 0) {
    if (used > 0) name[used++] = '.';
    memcpy(name + used, query + at + 1, query[at]);
    used += query[at];
    at += query[at] + 1;
  }
  const unsigned type = query[at + 1] << 8 | query[at + 2];
  reply->size = 0;
  put(reply, query, at + 5);
  reply->data[2] = 0x85;  // an answer, with authority
  memset(reply->data + 6, 0, 6);
  answer(reply, name, type, stream);
}

static void* serve_datagrams(void* argument) {
  const int fd = *(int*)argument;
  for (;;) {
    unsigned char query[512];
    struct sockaddr_in from;
    socklen_t from_size = sizeof(from);
    const ssize_t size = recvfrom(fd, query, sizeof(query), 0,
                                  (struct sockaddr*)&from, &from_size);
    if (size < kHeader) continue;
    struct reply reply;
    serve_one(query, size, &reply, 0);
    sendto(fd, reply.data, reply.size, 0, (struct sockaddr*)&from, from_size);
  }
}

static void* serve_streams(void* argument) {
  const int listener = *(int*)argument;
  for (;;) {
    const int fd = accept(listener, NULL, NULL);
    unsigned char query[514];
    const ssize_t size = recv(fd, query, sizeof(query), 0);
    if (size > 2 + kHeader) {
      struct reply reply;
      serve_one(query + 2, size - 2, &reply, 1);
      const unsigned char length[2] = {reply.size >> 8, reply.size};
      send(fd, length, 2, MSG_MORE);
      send(fd, reply.data, reply.size, 0);
    }
    close(fd);
  }
}

static int bound_to_the_name_port(int type) {
  const int fd = socket(AF_INET, type, 0);
  CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, 4) == 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(fd, (struct sockaddr*)&address, sizeof(address)) == 0);
  return fd;
}

static void start_the_server(void) {
  static int datagrams, streams;
  datagrams = bound_to_the_name_port(SOCK_DGRAM);
  streams = bound_to_the_name_port(SOCK_STREAM);
  CHECK(listen(streams, 8) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, serve_datagrams, &datagrams) == 0);
  CHECK(pthread_create(&thread, NULL, serve_streams, &streams) == 0);
}

// ---- The tests ----

// Numeric addresses of a name in one family, " a b"; or the error.
static const char* addresses(const char* name, int family) {
  static char text[4096];
  const struct addrinfo hints = {.ai_family = family,
                                 .ai_socktype = SOCK_STREAM};
  struct addrinfo* list;
  const int error = getaddrinfo(name, NULL, &hints, &list);
  if (error == EAI_NONAME) return "no such name";
  if (error == EAI_AGAIN) return "try again";
  if (error != 0) return "no address";
  text[0] = '\0';
  for (struct addrinfo* i = list; i != NULL; i = i->ai_next) {
    char host[64];
    CHECK(getnameinfo(i->ai_addr, i->ai_addrlen, host, sizeof(host), NULL, 0,
                      NI_NUMERICHOST) == 0);
    strcat(strcat(text, " "), host);
  }
  freeaddrinfo(list);
  return text;
}

static void hosts_come_from_the_file(void) {
  CHECK(!strcmp(addresses("filehost", AF_INET), " 192.0.2.77"));
  CHECK(!strcmp(addresses("filehost.example", AF_INET6), " 2001:db8::77"));
  CHECK(!strcmp(addresses("second.example", AF_INET), " 192.0.2.78"));
  const struct hostent* host = gethostbyname("filehost");
  CHECK(host != NULL && host->h_addrtype == AF_INET && host->h_length == 4);
  CHECK(!memcmp(host->h_addr_list[0], (unsigned char[]){192, 0, 2, 77}, 4));
}

static void hosts_come_from_the_server(void) {
  CHECK(!strcmp(addresses("four.example", AF_INET), " 192.0.2.4"));
  CHECK(!strcmp(addresses("six.example", AF_INET6), " 2001:db8::6"));
  CHECK(!strcmp(addresses("FOUR.example", AF_INET), " 192.0.2.4"));
}

static void short_names_are_searched_for(void) {
  CHECK(!strcmp(addresses("four", AF_INET), " 192.0.2.4"));
}

static void aliases_have_a_canonical_name(void) {
  const struct addrinfo hints = {.ai_flags = AI_CANONNAME,
                                 .ai_family = AF_INET,
                                 .ai_socktype = SOCK_STREAM};
  struct addrinfo* list;
  CHECK(getaddrinfo("alias.example", NULL, &hints, &list) == 0);
  CHECK(!strcmp(list->ai_canonname, "four.example"));
  freeaddrinfo(list);
}

static void long_answers_come_by_tcp(void) {
  const char* text = addresses("many.example", AF_INET);
  int count = 0;
  for (; *text; ++text) count += *text == ' ';
  CHECK(count == kManyRecords);
}

static void failures_have_names(void) {
  CHECK(!strcmp(addresses("missing.example", AF_INET), "no such name"));
  CHECK(!strcmp(addresses("broken.example.", AF_INET), "try again"));
  CHECK(gethostbyname("missing.example") == NULL && h_errno == HOST_NOT_FOUND);
}

static void addresses_have_names(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(4242)};
  CHECK(inet_pton(AF_INET, "192.0.2.4", &address.sin_addr) == 1);
  char host[256], service[32];
  CHECK(getnameinfo((struct sockaddr*)&address, sizeof(address), host,
                    sizeof(host), service, sizeof(service), 0) == 0);
  CHECK(!strcmp(host, "four.example") && !strcmp(service, "slipway-test"));
  CHECK(inet_pton(AF_INET, "192.0.2.77", &address.sin_addr) == 1);
  CHECK(getnameinfo((struct sockaddr*)&address, sizeof(address), host,
                    sizeof(host), NULL, 0, 0) == 0);
  CHECK(!strcmp(host, "filehost.example"));
  CHECK(inet_pton(AF_INET, "192.0.2.99", &address.sin_addr) == 1);
  CHECK(getnameinfo((struct sockaddr*)&address, sizeof(address), host,
                    sizeof(host), NULL, 0, NI_NAMEREQD) == EAI_NONAME);
}

static void raw_answers_are_parsed(void) {
  unsigned char data[1024];
  const int size =
      res_query("four.example", ns_c_in, ns_t_a, data, sizeof(data));
  CHECK(size > kHeader);
  ns_msg message;
  ns_rr record;
  CHECK(ns_initparse(data, size, &message) == 0);
  CHECK(ns_msg_count(message, ns_s_an) == 1);
  CHECK(ns_parserr(&message, ns_s_an, 0, &record) == 0);
  CHECK(ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == 4);
  CHECK(!memcmp(ns_rr_rdata(record), (unsigned char[]){192, 0, 2, 4}, 4));
}

static void services_and_protocols_have_numbers(void) {
  const struct servent* service = getservbyname("slipway-alias", "tcp");
  CHECK(service != NULL && ntohs(service->s_port) == 4242);
  service = getservbyname("slipway-datagrams", "udp");
  CHECK(service != NULL && ntohs(service->s_port) == 4243);
  CHECK(getservbyname("slipway-datagrams", "tcp") == NULL);
  service = getservbyport(htons(4242), "tcp");
  CHECK(service != NULL && !strcmp(service->s_name, "slipway-test"));
  const struct protoent* protocol = getprotobyname("udp");
  CHECK(protocol != NULL && protocol->p_proto == IPPROTO_UDP);
  CHECK(!strcmp(getprotobynumber(6)->p_name, "tcp"));
  struct addrinfo* list;
  const struct addrinfo hints = {.ai_family = AF_INET,
                                 .ai_socktype = SOCK_STREAM};
  CHECK(getaddrinfo("127.0.0.1", "slipway-test", &hints, &list) == 0);
  CHECK(((struct sockaddr_in*)list->ai_addr)->sin_port == htons(4242));
  freeaddrinfo(list);
}

static void users_and_groups_are_listed(void) {
  const struct passwd* user = getpwnam("alice");
  CHECK(user != NULL && user->pw_uid == 1001 && user->pw_gid == 1002);
  CHECK(!strcmp(user->pw_dir, "/home/alice") &&
        !strcmp(user->pw_gecos, "Alice Example,,,"));
  CHECK(!strcmp(getpwuid(1001)->pw_name, "alice"));
  const struct group* group = getgrnam("team");
  CHECK(group != NULL && group->gr_gid == 1002);
  CHECK(!strcmp(group->gr_mem[0], "alice") &&
        !strcmp(group->gr_mem[1], "bob") && group->gr_mem[2] == NULL);
  gid_t groups[8];
  int count = 8;
  CHECK(getgrouplist("alice", 500, groups, &count) >= 0);
  CHECK(count == 3 && groups[0] == 500 && groups[1] == 1002 &&
        groups[2] == 1003);
  setpwent();
  int users = 0;
  while (getpwent() != NULL) ++users;
  endpwent();
  CHECK(users == 2);
}

int main(void) {
  start_the_server();
  CASE(hosts_come_from_the_file);
  CASE(hosts_come_from_the_server);
  CASE(short_names_are_searched_for);
  CASE(aliases_have_a_canonical_name);
  CASE(long_answers_come_by_tcp);
  CASE(failures_have_names);
  CASE(addresses_have_names);
  CASE(raw_answers_are_parsed);
  CASE(services_and_protocols_have_numbers);
  CASE(users_and_groups_are_listed);
  return 0;
}
