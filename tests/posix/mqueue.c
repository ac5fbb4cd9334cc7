// POSIX message queues: mq_overview(7).

#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "children.h"
#include "deadline.h"

enum { kSize = 64, kMessages = 4 };
static char name[32];

static mqd_t make(int flags) {
  struct mq_attr attributes = {.mq_maxmsg = kMessages, .mq_msgsize = kSize};
  const mqd_t queue =
      mq_open(name, O_RDWR | O_CREAT | O_EXCL | flags, 0600, &attributes);
  CHECK(queue != (mqd_t)-1);
  return queue;
}

static void finish(mqd_t queue) {
  CHECK(mq_close(queue) == 0);
  CHECK(mq_unlink(name) == 0);
}

static void send_text(mqd_t queue, const char* text, unsigned priority) {
  CHECK(mq_send(queue, text, strlen(text), priority) == 0);
}

static int next_is(mqd_t queue, const char* text, unsigned priority) {
  char buffer[kSize];
  unsigned got;
  const ssize_t size = mq_receive(queue, buffer, sizeof(buffer), &got);
  return size == (ssize_t)strlen(text) && memcmp(buffer, text, size) == 0 &&
         got == priority;
}

static void queue_exists_until_unlinked(void) {
  CHECK_ERRNO(ENOENT, mq_open(name, O_RDWR));
  const mqd_t queue = make(0);
  CHECK_ERRNO(EEXIST, mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
  CHECK(mq_unlink(name) == 0);
  CHECK_ERRNO(ENOENT, mq_unlink(name));
  CHECK_ERRNO(ENOENT, mq_open(name, O_RDWR));
  send_text(queue, "still usable", 0);
  CHECK(next_is(queue, "still usable", 0));
  CHECK(mq_close(queue) == 0);
  CHECK_ERRNO(EBADF, mq_close(queue));
}

static void priority_comes_before_order(void) {
  const mqd_t queue = make(0);
  send_text(queue, "low", 1);
  send_text(queue, "high", 9);
  send_text(queue, "also low", 1);
  send_text(queue, "highest", 32767);
  CHECK(next_is(queue, "highest", 32767));
  CHECK(next_is(queue, "high", 9));
  CHECK(next_is(queue, "low", 1));
  CHECK(next_is(queue, "also low", 1));
  CHECK_ERRNO(EINVAL, mq_send(queue, "x", 1, 32768));
  finish(queue);
}

static void attributes_are_those_of_its_making(void) {
  const mqd_t queue = make(0);
  struct mq_attr attributes;
  CHECK(mq_getattr(queue, &attributes) == 0);
  CHECK(attributes.mq_flags == 0 && attributes.mq_curmsgs == 0);
  CHECK(attributes.mq_maxmsg == kMessages && attributes.mq_msgsize == kSize);
  send_text(queue, "one", 0);
  struct mq_attr wanted = {.mq_flags = O_NONBLOCK};
  CHECK(mq_setattr(queue, &wanted, &attributes) == 0);
  CHECK(attributes.mq_flags == 0 && attributes.mq_curmsgs == 1);
  CHECK(mq_getattr(queue, &attributes) == 0);
  CHECK(attributes.mq_flags == O_NONBLOCK);
  CHECK((fcntl(queue, F_GETFL) & O_NONBLOCK) != 0);
  wanted.mq_flags = O_APPEND;
  CHECK_ERRNO(EINVAL, mq_setattr(queue, &wanted, NULL));
  finish(queue);
}

static void nonblocking_queue_answers_eagain(void) {
  const mqd_t queue = make(O_NONBLOCK);
  char buffer[kSize];
  CHECK_ERRNO(EAGAIN, mq_receive(queue, buffer, sizeof(buffer), NULL));
  for (int i = 0; i < kMessages; ++i) send_text(queue, "fill", 0);
  CHECK_ERRNO(EAGAIN, mq_send(queue, "one more", 8, 0));
  finish(queue);
}

static void sizes_are_checked(void) {
  const mqd_t queue = make(0);
  char buffer[kSize + 1];
  CHECK_ERRNO(EMSGSIZE, mq_send(queue, buffer, kSize + 1, 0));
  CHECK_ERRNO(EMSGSIZE, mq_receive(queue, buffer, kSize - 1, NULL));
  CHECK(mq_send(queue, buffer, 0, 0) == 0);
  CHECK(mq_receive(queue, buffer, kSize, NULL) == 0);
  finish(queue);
}

static void timed_calls_give_up(void) {
  const mqd_t queue = make(0);
  char buffer[kSize];
  struct timespec deadline = in_milliseconds(30);
  CHECK_ERRNO(ETIMEDOUT,
              mq_timedreceive(queue, buffer, kSize, NULL, &deadline));
  for (int i = 0; i < kMessages; ++i) send_text(queue, "fill", 0);
  deadline = in_milliseconds(30);
  CHECK_ERRNO(ETIMEDOUT, mq_timedsend(queue, "x", 1, 0, &deadline));
  deadline.tv_nsec = 1000000000;
  CHECK_ERRNO(EINVAL, mq_timedsend(queue, "x", 1, 0, &deadline));
  // A deadline does not matter when there is nothing to wait for.
  deadline = (struct timespec){0, 0};
  CHECK(mq_timedreceive(queue, buffer, kSize, NULL, &deadline) == 4);
  finish(queue);
}

static void access_mode_is_enforced(void) {
  const mqd_t queue = make(0);
  const mqd_t reader = mq_open(name, O_RDONLY);
  const mqd_t writer = mq_open(name, O_WRONLY);
  CHECK(reader != (mqd_t)-1 && writer != (mqd_t)-1);
  char buffer[kSize];
  CHECK_ERRNO(EBADF, mq_send(reader, "x", 1, 0));
  CHECK_ERRNO(EBADF, mq_receive(writer, buffer, kSize, NULL));
  send_text(writer, "through", 0);
  CHECK(next_is(reader, "through", 0));
  CHECK(mq_close(reader) == 0 && mq_close(writer) == 0);
  finish(queue);
}

static void other_descriptors_are_no_queues(void) {
  int fds[2];
  CHECK(pipe(fds) == 0);
  char buffer[kSize];
  struct mq_attr attributes;
  CHECK_ERRNO(EBADF, mq_send(fds[1], "x", 1, 0));
  CHECK_ERRNO(EBADF, mq_receive(fds[0], buffer, kSize, NULL));
  CHECK_ERRNO(EBADF, mq_getattr(fds[0], &attributes));
  CHECK_ERRNO(EBADF, mq_getattr(-1, &attributes));
  close(fds[0]);
  close(fds[1]);
}

static void queue_is_a_descriptor(void) {
  const mqd_t queue = make(0);
  CHECK((fcntl(queue, F_GETFD) & FD_CLOEXEC) != 0);
  struct stat st;
  CHECK(fstat(queue, &st) == 0 && (st.st_mode & 0777) == 0600);
  struct pollfd poll_fd = {queue, POLLIN | POLLOUT, 0};
  CHECK(poll(&poll_fd, 1, 0) == 1 && poll_fd.revents == POLLOUT);
  send_text(queue, "x", 0);
  CHECK(poll(&poll_fd, 1, 0) == 1);
  CHECK(poll_fd.revents == (POLLIN | POLLOUT));
  const mqd_t copy = dup(queue);
  CHECK(copy >= 0 && next_is(copy, "x", 0));
  CHECK(mq_close(copy) == 0);
  finish(queue);
}

static void child_shares_the_queue(void) {
  const mqd_t queue = make(0);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    for (int i = 0; i < 100; ++i) {
      char text[16];
      snprintf(text, sizeof(text), "%d", i);
      send_text(queue, text, 0);
    }
    _exit(0);
  }
  for (int i = 0; i < 100; ++i) {
    char text[16];
    snprintf(text, sizeof(text), "%d", i);
    CHECK(next_is(queue, text, 0));
  }
  CHECK(wait_for(pid) == 0);
  finish(queue);
}

static volatile sig_atomic_t handled;
static siginfo_t received;
static void on_signal(int signal, siginfo_t* info, void* context) {
  (void)context;
  received = *info;
  handled = signal;
}

static void handle(int signal, int flags) {
  struct sigaction action = {.sa_sigaction = on_signal,
                             .sa_flags = SA_SIGINFO | flags};
  CHECK(sigaction(signal, &action, NULL) == 0);
  handled = 0;
}

static void signal_interrupts_waiting(void) {
  const mqd_t queue = make(0);
  char buffer[kSize];
  handle(SIGALRM, 0);
  const struct itimerval often = {{0, 10000}, {0, 10000}};
  const struct itimerval never = {{0, 0}, {0, 0}};
  CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
  CHECK_ERRNO(EINTR, mq_receive(queue, buffer, kSize, NULL));
  CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
  CHECK(handled == SIGALRM);
  finish(queue);
}

static void waiting_restarts_with_sa_restart(void) {
  const mqd_t queue = make(0);
  handle(SIGUSR1, SA_RESTART);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    usleep(20000);
    CHECK(kill(getppid(), SIGUSR1) == 0);
    usleep(20000);
    send_text(queue, "after the signal", 0);
    _exit(0);
  }
  CHECK(next_is(queue, "after the signal", 0));
  CHECK(handled == SIGUSR1);
  CHECK(wait_for(pid) == 0);
  finish(queue);
}

static void notification_by_signal(void) {
  const mqd_t queue = make(0);
  handle(SIGUSR1, 0);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                           .sigev_signo = SIGUSR1,
                           .sigev_value = {.sival_int = 1234}};
  CHECK(mq_notify(queue, &event) == 0);
  CHECK_ERRNO(EBUSY, mq_notify(queue, &event));
  send_text(queue, "first", 0);
  CHECK(handled == SIGUSR1);
  CHECK(received.si_code == SI_MESGQ);
  CHECK(received.si_value.sival_int == 1234);
  CHECK(received.si_pid == getpid() && received.si_uid == getuid());
  // Once only, and only for a queue that was empty.
  handled = 0;
  CHECK(mq_notify(queue, &event) == 0);
  send_text(queue, "second", 0);
  CHECK(handled == 0);
  CHECK(mq_notify(queue, NULL) == 0);
  CHECK(mq_notify(queue, &event) == 0);
  event.sigev_signo = 1000;
  CHECK_ERRNO(EINVAL, mq_notify(queue, &event));
  finish(queue);
}

static sem_t notified;
static int notified_value;
static void on_message(union sigval value) {
  notified_value = value.sival_int;
  sem_post(&notified);
}

static void notification_by_thread(void) {
  const mqd_t queue = make(0);
  CHECK(sem_init(&notified, 0, 0) == 0);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD,
                           .sigev_notify_function = on_message,
                           .sigev_value = {.sival_int = 77}};
  for (int i = 0; i < 2; ++i) {
    notified_value = 0;
    CHECK(mq_notify(queue, &event) == 0);
    send_text(queue, "wake", 0);
    CHECK(sem_wait(&notified) == 0);
    CHECK(notified_value == 77);
    CHECK(next_is(queue, "wake", 0));
  }
  finish(queue);
}

static void notification_of_nothing_occupies_the_queue(void) {
  const mqd_t queue = make(0);
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  CHECK(mq_notify(queue, &event) == 0);
  CHECK_ERRNO(EBUSY, mq_notify(queue, &event));
  CHECK(mq_notify(queue, NULL) == 0);
  finish(queue);
}

static void bad_names_are_refused(void) {
  char long_name[NAME_MAX + 3] = "/";
  memset(long_name + 1, 'n', NAME_MAX + 1);
  CHECK_ERRNO(ENAMETOOLONG, mq_open(long_name, O_RDWR | O_CREAT, 0600, NULL));
  CHECK_ERRNO(EACCES, mq_open("/one/two", O_RDWR | O_CREAT, 0600, NULL));
  struct mq_attr attributes = {.mq_maxmsg = 0, .mq_msgsize = 1};
  CHECK_ERRNO(EINVAL, mq_open(name, O_RDWR | O_CREAT, 0600, &attributes));
}

int main(void) {
  snprintf(name, sizeof(name), "/slipway-test-%d", getpid());
  CASE(queue_exists_until_unlinked);
  CASE(priority_comes_before_order);
  CASE(attributes_are_those_of_its_making);
  CASE(nonblocking_queue_answers_eagain);
  CASE(sizes_are_checked);
  CASE(timed_calls_give_up);
  CASE(access_mode_is_enforced);
  CASE(other_descriptors_are_no_queues);
  CASE(queue_is_a_descriptor);
  CASE(child_shares_the_queue);
  CASE(signal_interrupts_waiting);
  CASE(waiting_restarts_with_sa_restart);
  CASE(notification_by_signal);
  CASE(notification_by_thread);
  CASE(notification_of_nothing_occupies_the_queue);
  CASE(bad_names_are_refused);
  return 0;
}
