// SA_RESTART call by call: which calls go on after a handler, which never do,
// and that all of them end with EINTR without it (signal(7)).
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t handled;
static int pipe_ends[2], full[2], pair[2], listener, epoll, locked;
static struct sockaddr_storage address;
static const socklen_t address_size = sizeof(sa_family_t) + sizeof("socket");
static char buffer[65536];
static struct iovec part = {buffer, 1};
static pthread_t main_thread;
static sem_t semaphore;
static int child_gate[2];

static void on_signal(int signal) { handled += signal == SIGUSR1; }

// ---- The calls, and what lets them go on ----

static long call_read(void) { return read(pipe_ends[0], buffer, 1); }
static long call_readv(void) { return readv(pipe_ends[0], &part, 1); }
static void feed_pipe(void) { CHECK(write(pipe_ends[1], "x", 1) == 1); }
static void drain_pipe(void) { (void)!read(pipe_ends[0], buffer, 1); }

static long call_write(void) { return write(full[1], buffer, 1); }
static long call_writev(void) { return writev(full[1], &part, 1); }
static void make_room(void) { CHECK(read(full[0], buffer, 4096) == 4096); }
static void fill_up(void) {
  CHECK(fcntl(full[1], F_SETFL, O_NONBLOCK) == 0);
  while (write(full[1], buffer, 4096) == 4096) {
  }
  while (write(full[1], buffer, 1) == 1) {
  }
  CHECK(fcntl(full[1], F_SETFL, 0) == 0);
}

static long call_recv(void) { return recv(pair[0], buffer, 1, 0); }
static long call_recvmsg(void) {
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  return recvmsg(pair[0], &message, 0);
}
static void feed_pair(void) { CHECK(write(pair[1], "x", 1) == 1); }
static void drain_pair(void) { recv(pair[0], buffer, 1, 0); }
static void limit_pair(void) {
  const struct timeval limit = {10, 0};
  CHECK(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
        0);
}
static void unlimit_pair(void) {
  const struct timeval none = {0, 0};
  CHECK(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &none, sizeof(none)) == 0);
  drain_pair();
}

static int accepted = -1;
static long call_accept(void) {
  accepted = accept(listener, NULL, NULL);
  return accepted >= 0 ? 1 : -1;
}
static void connect_once(void) {
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(connect(fd, (struct sockaddr*)&address, address_size) == 0);
  close(fd);
}
static void accept_rest(void) {
  if (accepted < 0) accepted = accept(listener, NULL, NULL);
  close(accepted);
  accepted = -1;
}

static long call_waitpid(void) { return waitpid(-1, NULL, 0) > 0 ? 1 : -1; }
static long call_waitid(void) {
  siginfo_t info;
  return waitid(P_ALL, 0, &info, WEXITED) == 0 ? 1 : -1;
}
static void make_child(void) {
  CHECK(pipe(child_gate) == 0);
  if (fork() == 0) {
    close(child_gate[1]);
    (void)!read(child_gate[0], buffer, 1);
    _exit(0);
  }
  close(child_gate[0]);
}
static void let_child_go(void) { close(child_gate[1]); }
static void reap(void) {
  while (waitpid(-1, NULL, 0) > 0) {
  }
}

static long call_sem_wait(void) { return sem_wait(&semaphore) == 0 ? 1 : -1; }
static void post(void) { CHECK(sem_post(&semaphore) == 0); }
static void unpost(void) { sem_trywait(&semaphore); }

static int opened = -1, opposite = -1;
static long call_open_fifo(void) {
  opened = open("fifo", O_RDONLY);
  return opened >= 0 ? 1 : -1;
}
static void open_opposite(void) {
  // Also when nobody waits any more.
  opposite = open("fifo", O_RDWR);
  CHECK(opposite >= 0);
}
static void close_fifo(void) {
  close(opened);
  close(opposite);
}

static long call_flock(void) {
  const int fd = open("locked", O_RDWR);
  const int result = flock(fd, LOCK_EX);
  const int error = errno;
  close(fd);
  errno = error;
  return result == 0 ? 1 : -1;
}
static void lock_file(void) { CHECK(flock(locked, LOCK_EX) == 0); }
static void unlock_file(void) { CHECK(flock(locked, LOCK_UN) == 0); }

static long call_poll(void) {
  return poll(&(struct pollfd){pipe_ends[0], POLLIN, 0}, 1, 10000);
}
static long call_ppoll(void) {
  const struct timespec limit = {10, 0};
  return ppoll(&(struct pollfd){pipe_ends[0], POLLIN, 0}, 1, &limit, NULL);
}
static long call_select(void) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(pipe_ends[0], &set);
  return select(pipe_ends[0] + 1, &set, NULL, NULL, NULL);
}
static long call_epoll_wait(void) {
  struct epoll_event event;
  return epoll_wait(epoll, &event, 1, 10000);
}
static long call_nanosleep(void) {
  const struct timespec wanted = {10, 0};
  return nanosleep(&wanted, NULL);
}
static long call_clock_nanosleep(void) {
  const struct timespec wanted = {10, 0};
  errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &wanted, NULL);
  return -1;
}
static long call_pause(void) { return pause(); }
static long call_sigtimedwait(void) {
  const struct timespec limit = {10, 0};
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  // By number: musl's goes on.
  return syscall(SYS_rt_sigtimedwait, &set, NULL, &limit, 8L);
}
static void nothing(void) {}

static const struct row {
  const char* name;
  long (*call)(void);
  void (*before)(void), (*release)(void), (*after)(void);
  int restarts;
} rows[] = {
    {"read", call_read, nothing, feed_pipe, drain_pipe, 1},
    {"readv", call_readv, nothing, feed_pipe, drain_pipe, 1},
    {"write", call_write, fill_up, make_room, nothing, 1},
    {"writev", call_writev, fill_up, make_room, nothing, 1},
    {"recv", call_recv, nothing, feed_pair, drain_pair, 1},
    {"recvmsg", call_recvmsg, nothing, feed_pair, drain_pair, 1},
    {"accept", call_accept, nothing, connect_once, accept_rest, 1},
    {"waitpid", call_waitpid, make_child, let_child_go, reap, 1},
    {"waitid", call_waitid, make_child, let_child_go, reap, 1},
    {"open of a fifo", call_open_fifo, nothing, open_opposite, close_fifo, 1},
    {"flock", call_flock, lock_file, unlock_file, unlock_file, 1},
    {"recv with a limit", call_recv, limit_pair, feed_pair, unlimit_pair, 0},
    {"poll", call_poll, nothing, feed_pipe, drain_pipe, 0},
    {"ppoll", call_ppoll, nothing, feed_pipe, drain_pipe, 0},
    {"select", call_select, nothing, feed_pipe, drain_pipe, 0},
    {"epoll_wait", call_epoll_wait, nothing, feed_pipe, drain_pipe, 0},
    {"nanosleep", call_nanosleep, nothing, nothing, nothing, 0},
    {"clock_nanosleep", call_clock_nanosleep, nothing, nothing, nothing, 0},
    {"pause", call_pause, nothing, nothing, nothing, 0},
    {"sigtimedwait", call_sigtimedwait, nothing, nothing, nothing, 0},
};
// libc's own, over a futex: musl ends them with EINTR only after a handler
// without SA_RESTART.
static const struct row semaphore_row = {"sem_wait", call_sem_wait, nothing,
                                         post,       unpost,        1};

static atomic_bool ended;
static int expected;

// Sends signals until the call has ended, if it is one that they end: nobody
// knows when it begins to wait. The others get some, and what they wait for.
static void* disturb(void* row) {
  sigset_t set;
  sigfillset(&set);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  const int most = expected ? 1000 : 3;
  for (int i = 0; i < most && !ended; ++i) {
    usleep(10000);
    CHECK(pthread_kill(main_thread, SIGUSR1) == 0);
  }
  usleep(10000);
  ((const struct row*)row)->release();
  return NULL;
}

static void try(const struct row* row, int flags) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  pthread_t thread;
  handled = 0;
  ended = false;
  expected = !(flags & SA_RESTART) || !row->restarts;
  row->before();
  CHECK(pthread_create(&thread, NULL, disturb, (void*)row) == 0);
  errno = 0;
  const long result = row->call();
  const int interrupted = result == -1 && errno == EINTR;
  ended = true;
  if (interrupted != expected) fprintf(stderr, "%s\n", row->name);
  CHECK(interrupted == expected && (interrupted || result == 1));
  CHECK(handled >= 1 && pthread_join(thread, NULL) == 0);
  // A call that was interrupted left what it would have taken.
  if (interrupted || row->release == connect_once)
    row->after();
  else if (row->after == close_fifo || row->after == unlock_file)
    row->after();
}

static void without_it_calls_are_interrupted(void) {
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) try(&rows[i], 0);
  try(&semaphore_row, 0);
}

static void with_it_some_go_on(void) {
  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
    try(&rows[i], SA_RESTART);
  }
  try(&semaphore_row, SA_RESTART);
}

int main(void) {
  main_thread = pthread_self();
  CHECK(pipe(pipe_ends) == 0 && pipe(full) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  address.ss_family = AF_UNIX;
  strcpy(((struct sockaddr*)&address)->sa_data, "socket");
  unlink("socket");
  CHECK((listener = socket(AF_UNIX, SOCK_STREAM, 0)) >= 0);
  CHECK(bind(listener, (struct sockaddr*)&address, address_size) == 0);
  CHECK(listen(listener, 1) == 0 && sem_init(&semaphore, 0, 0) == 0);
  CHECK((epoll = epoll_create1(EPOLL_CLOEXEC)) >= 0);
  struct epoll_event event = {.events = EPOLLIN};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, pipe_ends[0], &event) == 0);
  unlink("fifo");
  CHECK(mkfifo("fifo", 0600) == 0);
  CHECK((locked = open("locked", O_RDWR | O_CREAT, 0600)) >= 0);
  CASE(without_it_calls_are_interrupted);
  CASE(with_it_some_go_on);
  return 0;
}
