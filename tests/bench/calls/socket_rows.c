// Sockets: a byte through a pair, and connections over loopback.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/calls/calls.h"

static int pair[2], listener;
static struct sockaddr_in address;

static void open_pair(void) {
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
}

static void close_pair(void) {
  close(pair[0]);
  close(pair[1]);
}

static void run_send_recv(long n) {
  char byte = 0;
  while (n-- > 0) {
    MUST(send(pair[0], &byte, 1, 0) == 1);
    MUST(recv(pair[1], &byte, 1, 0) == 1);
  }
}

static void open_listener(void) {
  MUST((listener = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
  address.sin_family = AF_INET;
  address.sin_port = 0;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  MUST(bind(listener, (struct sockaddr*)&address, sizeof(address)) == 0);
  socklen_t size = sizeof(address);
  MUST(getsockname(listener, (struct sockaddr*)&address, &size) == 0);
  MUST(listen(listener, 16) == 0);
}

static void close_listener(void) { close(listener); }

// A reset instead of a handshake at the end: no port is left in TIME_WAIT.
static void reset(int fd) {
  const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
  close(fd);
}

static void run_connect_accept(long n) {
  while (n-- > 0) {
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    MUST(connect(client, (struct sockaddr*)&address, sizeof(address)) == 0);
    const int server = accept(listener, NULL, NULL);
    MUST(server >= 0);
    reset(client);
    close(server);
  }
}

const struct row socket_rows[] = {
    {"send+recv-socketpair", open_pair, run_send_recv, close_pair},
    {"connect+accept+close", open_listener, run_connect_accept, close_listener},
    {NULL, NULL, NULL, NULL},
};
