// Every call that POSIX makes a cancellation point and that can wait: a thread
// that waits in it can be cancelled, and so can one that comes to it with a
// request pending.
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static int empty[2], full[2], pair[2], listener;
static struct sockaddr_storage address;
static socklen_t address_size;
static char buffer[65536];
static struct iovec part = {buffer, 1};
static const struct timespec long_time = {100, 0};
static sem_t semaphore;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sigset_t no_signals, one_signal;
static pid_t child;
static pthread_t sleeper;

static struct timespec later(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  time.tv_sec += 100;
  return time;
}

static void unlock(void* unused) {
  (void)unused;
  pthread_mutex_unlock(&mutex);
}

// ---- Calls that wait ----

static void call_read(void) { (void)!read(empty[0], buffer, 1); }
static void call_readv(void) { (void)!readv(empty[0], &part, 1); }
static void call_write(void) { (void)!write(full[1], buffer, 1); }
static void call_writev(void) { (void)!writev(full[1], &part, 1); }
static void call_recv(void) { recv(pair[0], buffer, 1, 0); }
static void call_recvfrom(void) { recvfrom(pair[0], buffer, 1, 0, NULL, NULL); }
static void call_recvmsg(void) {
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  recvmsg(pair[0], &message, 0);
}
static void fill_pair(void) {
  while (send(pair[0], buffer, sizeof(buffer), MSG_DONTWAIT) > 0) {
  }
}
static void call_send(void) {
  fill_pair();
  send(pair[0], buffer, sizeof(buffer), 0);
}
static void call_sendto(void) {
  fill_pair();
  sendto(pair[0], buffer, sizeof(buffer), 0, NULL, 0);
}
static void call_sendmsg(void) {
  fill_pair();
  struct iovec all = {buffer, sizeof(buffer)};
  struct msghdr message = {.msg_iov = &all, .msg_iovlen = 1};
  sendmsg(pair[0], &message, 0);
}
static void call_accept(void) { accept(listener, NULL, NULL); }
static void call_connect(void) {
  // A listener's queue that is full.
  for (int i = 0; i < 8; ++i) {
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    connect(fd, (struct sockaddr*)&address, address_size);
  }
}
static void call_poll(void) {
  poll(&(struct pollfd){empty[0], POLLIN, 0}, 1, -1);
}
static void call_ppoll(void) {
  ppoll(&(struct pollfd){empty[0], POLLIN, 0}, 1, NULL, NULL);
}
static void call_select(void) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(empty[0], &set);
  select(empty[0] + 1, &set, NULL, NULL, NULL);
}
static void call_pselect(void) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(empty[0], &set);
  pselect(empty[0] + 1, &set, NULL, NULL, NULL, NULL);
}
static void call_epoll_wait(void) {
  struct epoll_event event;
  epoll_wait(epoll_create1(EPOLL_CLOEXEC), &event, 1, -1);
}
static void call_nanosleep(void) { nanosleep(&long_time, NULL); }
static void call_clock_nanosleep(void) {
  clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, NULL);
}
static void call_sleep(void) { sleep(100); }
static void call_usleep(void) { usleep(100000000); }
static void call_thrd_sleep(void) { thrd_sleep(&long_time, NULL); }
static void call_pause(void) { pause(); }
static void call_sigsuspend(void) { sigsuspend(&no_signals); }
static void call_sigwait(void) {
  int signal;
  sigwait(&one_signal, &signal);
}
static void call_sigwaitinfo(void) { sigwaitinfo(&one_signal, NULL); }
static void call_sigtimedwait(void) {
  sigtimedwait(&one_signal, NULL, &long_time);
}
static void call_wait(void) { wait(NULL); }
static void call_waitpid(void) { waitpid(child, NULL, 0); }
static void call_waitid(void) {
  siginfo_t info;
  waitid(P_PID, (id_t)child, &info, WEXITED);
}
static void call_sem_wait(void) { sem_wait(&semaphore); }
static void call_sem_timedwait(void) {
  const struct timespec time = later();
  sem_timedwait(&semaphore, &time);
}
static void call_cond_wait(void) {
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(unlock, NULL);
  for (;;) pthread_cond_wait(&condition, &mutex);
  pthread_cleanup_pop(1);
}
static void call_cond_timedwait(void) {
  const struct timespec time = later();
  pthread_mutex_lock(&mutex);
  pthread_cleanup_push(unlock, NULL);
  for (;;) pthread_cond_timedwait(&condition, &mutex, &time);
  pthread_cleanup_pop(1);
}
static void call_join(void) { pthread_join(sleeper, NULL); }
static void call_lock(void) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  const int fd = open("locked", O_RDWR);
  fcntl(fd, F_SETLKW, &lock);
}
static void call_lockf(void) {
  (void)!lockf(open("locked", O_RDWR), F_LOCK, 0);
}
static void call_open(void) { open("fifo", O_RDONLY); }

// ---- Calls that do not wait here ----

static void call_close(void) { close(dup(0)); }
static void call_creat(void) { close(creat("file", 0600)); }
static void call_fsync(void) { fsync(open("file", O_RDWR)); }
static void call_fdatasync(void) { fdatasync(open("file", O_RDWR)); }
static void call_pread(void) {
  (void)!pread(open("file", O_RDWR), buffer, 1, 0);
}
static void call_pwrite(void) {
  (void)!pwrite(open("file", O_RDWR), buffer, 1, 0);
}
static void call_msync(void) {
  void* const at =
      mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  msync(at, 4096, MS_SYNC);
}
static void call_testcancel(void) { pthread_testcancel(); }
static void call_openat(void) { close(openat(AT_FDCWD, "file", O_RDONLY)); }

struct point {
  const char* name;
  void (*call)(void);
};
#define POINT(name) {#name, call_##name}

static const struct point waiting[] = {
    POINT(read),
    POINT(readv),
    POINT(write),
    POINT(writev),
    POINT(recv),
    POINT(recvfrom),
    POINT(recvmsg),
    POINT(send),
    POINT(sendto),
    POINT(sendmsg),
    POINT(accept),
    POINT(connect),
    POINT(poll),
    POINT(ppoll),
    POINT(select),
    POINT(pselect),
    POINT(epoll_wait),
    POINT(nanosleep),
    POINT(clock_nanosleep),
    POINT(sleep),
    POINT(usleep),
    POINT(thrd_sleep),
    POINT(pause),
    POINT(sigsuspend),
    POINT(sigwait),
    POINT(sigwaitinfo),
    POINT(sigtimedwait),
    POINT(wait),
    POINT(waitpid),
    POINT(waitid),
    POINT(sem_wait),
    POINT(sem_timedwait),
    POINT(cond_wait),
    POINT(cond_timedwait),
    POINT(join),
    POINT(lock),
    POINT(lockf),
    POINT(open),
};
static const struct point passing[] = {
    POINT(close),     POINT(creat),      POINT(fsync),
    POINT(fdatasync), POINT(pread),      POINT(pwrite),
    POINT(msync),     POINT(testcancel), POINT(openat),
};

static atomic_int started, go;

static void* wait_in(void* point) {
  atomic_store(&started, 1);
  ((const struct point*)point)->call();
  return NULL;
}

// Comes to the call with a request pending.
static void* come_to(void* point) {
  int old;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
  atomic_store(&started, 1);
  while (!atomic_load(&go)) usleep(100);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
  ((const struct point*)point)->call();
  return NULL;
}

static void cancel(void* (*body)(void*), const struct point* point) {
  pthread_t thread;
  void* result;
  atomic_store(&started, 0);
  atomic_store(&go, 0);
  CHECK(pthread_create(&thread, NULL, body, (void*)point) == 0);
  while (!atomic_load(&started)) usleep(100);
  if (body == wait_in) usleep(5000);
  CHECK(pthread_cancel(thread) == 0);
  atomic_store(&go, 1);
  CHECK(pthread_join(thread, &result) == 0);
  if (result != PTHREAD_CANCELED) fprintf(stderr, "%s\n", point->name);
  CHECK(result == PTHREAD_CANCELED);
}

static void* sleep_on(void* unused) {
  sleep(100);
  return unused;
}

static void prepare(void) {
  CHECK(pipe(empty) == 0 && pipe(full) == 0);
  CHECK(fcntl(full[1], F_SETFL, O_NONBLOCK) == 0);
  while (write(full[1], buffer, 4096) > 0) {
  }
  CHECK(fcntl(full[1], F_SETFL, 0) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK((listener = socket(AF_UNIX, SOCK_STREAM, 0)) >= 0);
  address.ss_family = AF_UNIX;
  strcpy(((struct sockaddr*)&address)->sa_data, "socket");
  address_size = sizeof(sa_family_t) + sizeof("socket");
  unlink("socket");
  CHECK(bind(listener, (struct sockaddr*)&address, address_size) == 0);
  CHECK(listen(listener, 1) == 0);
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  sigemptyset(&no_signals);
  sigemptyset(&one_signal);
  sigaddset(&one_signal, SIGUSR1);
  unlink("fifo");
  CHECK(mkfifo("fifo", 0600) == 0);
  CHECK(pthread_create(&sleeper, NULL, sleep_on, NULL) == 0);
  const int locked = open("locked", O_RDWR | O_CREAT, 0600);
  CHECK(locked >= 0 && close(creat("file", 0600)) == 0);
  int ready[2];
  char byte;
  CHECK(pipe(ready) == 0);
  if ((child = fork()) == 0) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    CHECK(fcntl(locked, F_SETLK, &lock) == 0 && write(ready[1], "x", 1) == 1);
    for (;;) pause();
  }
  CHECK(read(ready[0], &byte, 1) == 1);
}

static void who_waits_is_cancelled(void) {
  for (size_t i = 0; i < sizeof(waiting) / sizeof(*waiting); ++i) {
    cancel(wait_in, &waiting[i]);
  }
}

static void who_comes_with_a_request_is_cancelled(void) {
  for (size_t i = 0; i < sizeof(waiting) / sizeof(*waiting); ++i) {
    cancel(come_to, &waiting[i]);
  }
  for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); ++i) {
    cancel(come_to, &passing[i]);
  }
}

// What has not been lost: the byte that nobody read, the lock of the condition.
static void nothing_is_lost(void) {
  CHECK(write(empty[1], "b", 1) == 1 && read(empty[0], buffer, 1) == 1);
  CHECK(buffer[0] == 'b');
  CHECK(pthread_mutex_trylock(&mutex) == 0);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
  CHECK(pthread_cancel(sleeper) == 0 && pthread_join(sleeper, NULL) == 0);
}

int main(void) {
  prepare();
  CASE(who_waits_is_cancelled);
  CASE(who_comes_with_a_request_is_cancelled);
  CASE(nothing_is_lost);
  return 0;
}
