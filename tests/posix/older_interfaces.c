// Calls that C libraries replace by newer ones, but programs may still make.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "check.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#define CALL(name, ...) syscall(SYS_##name, ##__VA_ARGS__)
#define HERE ((long)AT_FDCWD)

static void files_without_directories(void) {
  struct stat st;
  const int fd = (int)CALL(creat, "file", 0600L);
  CHECK(fd >= 0 && close(fd) == 0);
  CHECK(CALL(open, "file", (long)O_RDWR, 0L) == fd && close(fd) == 0);
  CHECK(CALL(stat, "file", &st) == 0 && CALL(lstat, "file", &st) == 0);
  CHECK(CALL(access, "file", (long)R_OK) == 0 &&
        CALL(chmod, "file", 0644L) == 0);
  CHECK(CALL(link, "file", "hard") == 0 && CALL(unlink, "hard") == 0);
  CHECK(CALL(symlink, "file", "soft") == 0);
  char text[8];
  CHECK(CALL(readlink, "soft", text, 8L) == 4);
  CHECK(CALL(rename, "soft", "softer") == 0 && CALL(mkdir, "dir", 0700L) == 0);
  CHECK(CALL(rmdir, "dir") == 0 && CALL(truncate, "file", 3L) == 0);
  CHECK(CALL(chown, "file", -1L, -1L) == 0 &&
        CALL(lchown, "softer", -1L, -1L) == 0);
  CHECK(CALL(mknod, "fifo", (long)(S_IFIFO | 0600), 0L) == 0);
}

static void files_with_directories(void) {
  CHECK(CALL(faccessat, HERE, "file", (long)R_OK) == 0);
  CHECK(CALL(fchmodat, HERE, "file", 0600L) == 0);
  CHECK(CALL(renameat, HERE, "softer", HERE, "soft") == 0);
  CHECK(CALL(symlinkat, "file", HERE, "again") == 0);
  CHECK(CALL(mknodat, HERE, "node", (long)(S_IFREG | 0600), 0L) == 0);
  const struct timeval times[2] = {{5, 0}, {6, 0}};
  CHECK(CALL(futimesat, HERE, "file", times) == 0);
  struct stat st;
  CHECK(stat("file", &st) == 0 && st.st_mtime == 6);
}

static void newer_permissions(void) {
  CHECK(CALL(faccessat2, HERE, "file", (long)R_OK, (long)AT_EACCESS) == 0);
  const long result = CALL(fchmodat2, HERE, "file", 0640L, 0L);
  CHECK(result == 0 || errno == ENOSYS);  // Linux 6.6
}

static void directories_are_listed(void) {
  char records[4096];
  const int fd = open(".", O_RDONLY);
  const long old = CALL(getdents, (long)fd, records, (long)sizeof(records));
  CHECK(old > 0 && lseek(fd, 0, SEEK_SET) == 0);
  const long now = CALL(getdents64, (long)fd, records, (long)sizeof(records));
  CHECK(now > 0);
  CHECK_ERRNO(EINVAL, (int)(lseek(fd, 0, SEEK_SET),
                            CALL(getdents64, (long)fd, records, 10L)));
  close(fd);
}

static void descriptors_are_made(void) {
  int ends[2];
  CHECK(CALL(pipe, ends) == 0);
  CHECK(CALL(dup2, (long)ends[0], 50L) == 50 && CALL(dup, 50L) >= 0);
  const long epoll = CALL(epoll_create, 1L), event = CALL(eventfd, 1L);
  CHECK(epoll >= 0 && event >= 0);
  uint64_t mask = 1u << (SIGUSR1 - 1);
  const long signals = CALL(signalfd, -1L, &mask, 8L);
  CHECK(signals >= 0 && CALL(inotify_init) >= 0);
  CHECK(CALL(close_range, 50L, 50L, 0L) == 0);
  CHECK_ERRNO(EBADF, fcntl(50, F_GETFD));
  CHECK(CALL(close_range, 60L, ~0L, (long)(1 << 2)) == 0);
}

static void waiting_in_old_ways(void) {
  int ends[2];
  CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
  struct pollfd readable = {.fd = ends[0], .events = POLLIN};
  CHECK(CALL(poll, &readable, 1L, 0L) == 1);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  struct timeval none = {0, 0};
  CHECK(CALL(select, (long)(ends[0] + 1), &set, NULL, NULL, &none) == 1);
  const int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN};
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) == 0);
  CHECK(CALL(epoll_wait, (long)epoll, &event, 1L, 0L) == 1);
  const struct timespec limit = {0, 0};
  CHECK(CALL(epoll_pwait2, (long)epoll, &event, 1L, &limit, NULL, 8L) == 1);
  close(epoll), close(ends[0]), close(ends[1]);
}

static void clocks_are_read(void) {
  struct timeval now;
  time_t seconds;
  CHECK(CALL(gettimeofday, &now, NULL) == 0 && CALL(time, &seconds) == seconds);
  CHECK(seconds - now.tv_sec < 100);
  struct timespec resolution;
  CHECK(CALL(clock_getres, (long)CLOCK_MONOTONIC, &resolution) == 0);
  const struct timespec nap = {0, 1000};
  CHECK(CALL(nanosleep, &nap, NULL) == 0);
  CHECK(CALL(clock_nanosleep, (long)CLOCK_MONOTONIC, 0L, &nap, NULL) == 0);
  CHECK_ERRNO(EINVAL, (int)CALL(nanosleep, &(struct timespec){0, -1}, NULL));
  CHECK(CALL(alarm, 100L) == 0 && CALL(alarm, 0L) == 100);
}

static void limits_and_groups(void) {
  struct rlimit limit;
  CHECK(CALL(getrlimit, (long)RLIMIT_NOFILE, &limit) == 0);
  CHECK(CALL(setrlimit, (long)RLIMIT_NOFILE, &limit) == 0);
  CHECK(CALL(getpgrp) == getpgrp() && CALL(getppid) == getppid());
  CHECK(CALL(sched_yield) == 0 && CALL(getpriority, 0L, 0L) > 0);
}

static void the_system_is_described(void) {
  struct utsname name;
  CHECK(CALL(uname, &name) == 0 && !strcmp(name.sysname, "Linux"));
  struct sysinfo info;
  CHECK(sysinfo(&info) == 0 && info.totalram > 0 && info.uptime > 0);
  char bytes[8] = {0}, more[8] = {0};
  CHECK(CALL(getrandom, bytes, 8L, 0L) == 8 &&
        CALL(getrandom, more, 8L, 0L) == 8);
  CHECK(memcmp(bytes, more, 8) != 0);
  unsigned cpu = 99999;
  CHECK(CALL(getcpu, &cpu, NULL, NULL) == 0 && cpu < 99999);
  CHECK(CALL(personality, 0xffffffffL) == 0);
}

static void threads_are_known_to_the_kernel(void) {
  CHECK(CALL(gettid) == getpid());
  int word = 0;
  CHECK_ERRNO(EAGAIN, (int)CALL(futex, &word, 0L, 1L, NULL, NULL, 0L));
  CHECK(CALL(futex, &word, 1L, 1L, NULL, NULL, 0L) == 0);
  const long commands = CALL(membarrier, 0L, 0L, 0L);
  CHECK(commands > 0);
  void* head = NULL;
  size_t length = 0;
  CHECK(CALL(get_robust_list, 0L, &head, &length) == 0 && length == 24);
  CHECK(CALL(set_robust_list, head, 24L) == 0);
  CHECK_ERRNO(EINVAL, (int)CALL(set_robust_list, head, 1L));
}

static void capabilities_can_be_asked(void) {
  struct {
    uint32_t version;
    int pid;
  } header = {0x20080522, 0};
  uint32_t data[6];
  CHECK(CALL(capget, &header, data) == 0);
  header.version = 0;
  CHECK_ERRNO(EINVAL, (int)CALL(capget, &header, data));
  CHECK(header.version == 0x20080522);
}

static void signals_with_information(void) {
  siginfo_t info;
  memset(&info, 0, sizeof(info));
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
  info.si_signo = SIGUSR1;
  info.si_code = SI_QUEUE;
  info.si_value.sival_int = 3;
  CHECK(CALL(rt_sigqueueinfo, (long)getpid(), (long)SIGUSR1, &info) == 0);
  CHECK(sigwaitinfo(&set, &info) == SIGUSR1 && info.si_value.sival_int == 3);
  info.si_code = SI_QUEUE;
  CHECK(CALL(rt_tgsigqueueinfo, (long)getpid(), (long)gettid(), (long)SIGUSR1,
             &info) == 0);
  CHECK(sigwaitinfo(&set, &info) == SIGUSR1);
}

static void processes_are_cloned(void) {
  const long child = CALL(clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
  if (child == 0) _exit(4);
  int status;
  CHECK(child > 0 && waitpid((pid_t)child, &status, 0) == child);
  CHECK(status == 4 << 8);
}

static void times_in_old_units(void) {
  const struct utimbuf seconds = {7, 8};
  const struct timeval micro[2] = {{9, 0}, {10, 0}};
  struct stat st;
  CHECK(CALL(utime, "file", &seconds) == 0 && stat("file", &st) == 0);
  CHECK(st.st_mtime == 8);
  CHECK(CALL(utimes, "file", micro) == 0 && stat("file", &st) == 0);
  CHECK(st.st_mtime == 10);
}

static void vectors_with_flags(void) {
  char text[4] = "";
  const struct iovec in = {text, 3};
  const int fd = open("vector", O_RDWR | O_CREAT, 0600);
  CHECK(write(fd, "0123", 4) == 4);
  CHECK(CALL(preadv2, (long)fd, &in, 1L, 1L, 0L, 0L) == 3 &&
        !strcmp(text, "123"));
  CHECK_ERRNO(EOPNOTSUPP,
              (int)CALL(preadv2, (long)fd, &in, 1L, 0L, 0L, 1L << 20));
  close(fd);
}

static void messages_in_one_call(void) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  struct iovec data = {"ab", 2};
  struct mmsghdr messages[2];
  memset(messages, 0, sizeof(messages));
  for (int i = 0; i < 2; ++i) {
    messages[i].msg_hdr.msg_iov = &data;
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  CHECK(CALL(sendmmsg, (long)pair[0], messages, 2L, 0L) == 2);
  CHECK(messages[1].msg_len == 2);
  close(pair[0]), close(pair[1]);
}

static void everything_is_locked(void) {
  CHECK(mlockall(MCL_CURRENT) == 0 || errno == ENOMEM || errno == EPERM);
  CHECK(munlockall() == 0);
}

int main(void) {
  CASE(files_without_directories);
  CASE(files_with_directories);
  CASE(newer_permissions);
  CASE(directories_are_listed);
  CASE(descriptors_are_made);
  CASE(waiting_in_old_ways);
  CASE(clocks_are_read);
  CASE(limits_and_groups);
  CASE(the_system_is_described);
  CASE(threads_are_known_to_the_kernel);
  CASE(capabilities_can_be_asked);
  CASE(signals_with_information);
  CASE(processes_are_cloned);
  CASE(times_in_old_units);
  CASE(vectors_with_flags);
  CASE(messages_in_one_call);
  CASE(everything_is_locked);
  return 0;
}
