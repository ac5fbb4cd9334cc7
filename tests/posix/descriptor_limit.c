// What happens when there is no descriptor left.
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

enum { kLimit = 40 };
static int last;

// Takes every number that is left.
static void fill(void) {
  const struct rlimit limit = {kLimit, kLimit};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  for (int fd; (fd = dup(0)) >= 0;) last = fd;
  CHECK(errno == EMFILE && last == kLimit - 1);
}

static void new_descriptors_are_refused(void) {
  int ends[2];
  CHECK_ERRNO(EMFILE, open("/dev/null", O_RDONLY));
  CHECK_ERRNO(EMFILE, pipe(ends));
  CHECK_ERRNO(EMFILE, socket(AF_UNIX, SOCK_STREAM, 0));
  CHECK_ERRNO(EMFILE, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  CHECK_ERRNO(EMFILE, epoll_create1(0));
  CHECK_ERRNO(EMFILE, eventfd(0, 0));
  CHECK_ERRNO(EMFILE, fcntl(0, F_DUPFD, 0));
  CHECK_ERRNO(EINVAL, fcntl(0, F_DUPFD, kLimit));
  CHECK_ERRNO(EBADF, dup2(0, kLimit));
}

static void a_pipe_needs_two(void) {
  int ends[2];
  CHECK(close(last) == 0);
  CHECK_ERRNO(EMFILE, pipe(ends));
  CHECK(dup(0) == last);
}

static void replacing_needs_none(void) { CHECK(dup2(0, last) == last); }

static void an_unaccepted_connection_stays_queued(void) {
  close(last);
  close(last - 1);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  CHECK(bind(listener, (struct sockaddr*)&address, length) == 0);
  CHECK(listen(listener, 5) == 0);
  CHECK(getsockname(listener, (struct sockaddr*)&address, &length) == 0);
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(connect(client, (struct sockaddr*)&address, length) == 0);
  CHECK_ERRNO(EMFILE, accept(listener, NULL, NULL));
  struct pollfd waiting = {.fd = listener, .events = POLLIN};
  CHECK(poll(&waiting, 1, 5000) == 1);
  CHECK(close(3) == 0);  // makes room
  const int accepted = accept(listener, NULL, NULL);
  CHECK(accepted == 3);
  CHECK(write(client, "x", 1) == 1);
  char byte;
  CHECK(read(accepted, &byte, 1) == 1);
}

int main(void) {
  fill();
  CASE(new_descriptors_are_refused);
  CASE(a_pipe_needs_two);
  CASE(replacing_needs_none);
  CASE(an_unaccepted_connection_stays_queued);
  return 0;
}
