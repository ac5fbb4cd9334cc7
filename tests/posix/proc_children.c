// /proc of one's own children, and contents that are read again.
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "children.h"

static char text[1 << 18];

static size_t read_open(int fd) {
  size_t size = 0;
  for (ssize_t got;
       (got = read(fd, text + size, sizeof(text) - 1 - size)) > 0;) {
    size += (size_t)got;
  }
  text[size] = 0;
  return size;
}

static size_t read_file(const char* path) {
  const int fd = open(path, O_RDONLY);
  CHECK(fd >= 0);
  const size_t size = read_open(fd);
  CHECK(close(fd) == 0);
  return size;
}

static size_t read_of(pid_t pid, const char* name) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
  return read_file(path);
}

static void end(pid_t child) {
  CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
}

static int lists(const char* path, int number) {
  DIR* const directory = opendir(path);
  CHECK(directory != NULL);
  int found = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (isdigit((unsigned char)entry->d_name[0])) {
      found |= atoi(entry->d_name) == number;
    }
  }
  CHECK(closedir(directory) == 0);
  return found;
}

static void children_have_a_stat(void) {
  const pid_t child = waiting_child();
  read_of(child, "stat");
  int pid, parent, group;
  char state;
  CHECK(sscanf(text, "%d", &pid) == 1 && pid == child);
  CHECK(sscanf(strrchr(text, ')'), ") %c %d %d", &state, &parent, &group) == 3);
  CHECK((state == 'S' || state == 'R') && parent == getpid() &&
        group == getpgrp());
  end(child);
}

static void children_have_a_status(void) {
  const pid_t child = waiting_child();
  read_of(child, "status");
  char expected[64];
  snprintf(expected, sizeof(expected), "\nPid:\t%d\n", child);
  CHECK(strstr(text, expected) != NULL);
  snprintf(expected, sizeof(expected), "\nPPid:\t%d\n", getpid());
  CHECK(strstr(text, expected) != NULL);
  CHECK(strstr(text, "\nVmRSS:") != NULL);
  end(child);
}

static void children_have_a_command_line(void) {
  const pid_t child = waiting_child();
  static char own[1 << 12];
  const size_t size = read_of(getpid(), "cmdline");
  CHECK(size < sizeof(own));
  memcpy(own, text, size);
  CHECK(read_of(child, "cmdline") == size && !memcmp(own, text, size));
  read_of(child, "comm");
  CHECK(strchr(text, '\n') != NULL);
  read_of(child, "statm");
  long total, resident;
  CHECK(sscanf(text, "%ld %ld", &total, &resident) == 2 && total >= resident);
  end(child);
}

static int has_mapping(const void* at, const char* wanted) {
  for (char* line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    unsigned long start, stop;
    char permissions[5];
    CHECK(sscanf(line, "%lx-%lx %4s", &start, &stop, permissions) == 3);
    if (start <= (uintptr_t)at && (uintptr_t)at < stop) {
      return !strcmp(permissions, wanted);
    }
  }
  return 0;
}

static void children_have_mappings(void) {
  char* const at =
      mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const pid_t child = waiting_child();
  CHECK(munmap(at, 4096) == 0);
  read_of(child, "maps");
  CHECK(has_mapping(at, "r--s"));
  end(child);
}

static void mappings_without_permissions_are_shown(void) {
  char* const at =
      mmap(NULL, 3 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  read_file("/proc/self/maps");
  CHECK(has_mapping(at + 4096, "---p"));
  CHECK(munmap(at + 4096, 4096) == 0);
  read_file("/proc/self/maps");
  CHECK(!has_mapping(at + 4096, "---p"));
  read_file("/proc/self/maps");
  CHECK(has_mapping(at + 2 * 4096, "---p"));
  CHECK(munmap(at, 3 * 4096) == 0);
}

static void who_has_been_reaped_is_gone(void) {
  const pid_t child = waiting_child();
  char path[64];
  struct stat status;
  snprintf(path, sizeof(path), "/proc/%d", child);
  CHECK(stat(path, &status) == 0 && S_ISDIR(status.st_mode));
  CHECK(lists("/proc", child) && lists("/proc", getpid()));
  CHECK(kill(child, SIGKILL) == 0);
  siginfo_t info;
  CHECK(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == 0);
  read_of(child, "stat");
  CHECK(strstr(text, ") Z ") != NULL);
  CHECK(waitpid(child, NULL, 0) == child);
  CHECK_ERRNO(ENOENT, stat(path, &status));
  CHECK(!lists("/proc", child));
  snprintf(path, sizeof(path), "/proc/%d/stat", child);
  CHECK_ERRNO(ENOENT, open(path, O_RDONLY));
}

static void contents_are_made_anew(void) {
  const int fd = open("/proc/self/maps", O_RDONLY);
  CHECK(fd >= 0 && read_open(fd) > 0);
  char* const at =
      mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(lseek(fd, 0, SEEK_SET) == 0 && read_open(fd) > 0);
  CHECK(has_mapping(at, "r--s"));
  CHECK(munmap(at, 4096) == 0);
  const ssize_t size = pread(fd, text, sizeof(text) - 1, 0);
  CHECK(size > 0);
  text[size] = 0;
  CHECK(!has_mapping(at, "r--s"));
  CHECK(close(fd) == 0);
}

static void listings_are_made_anew(void) {
  DIR* const directory = opendir("/proc/self/fd");
  CHECK(directory != NULL);
  while (readdir(directory) != NULL) {
  }
  const int fd = dup(0);
  rewinddir(directory);
  int found = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    found |= atoi(entry->d_name) == fd && entry->d_name[0] != '.';
  }
  CHECK(found && closedir(directory) == 0 && close(fd) == 0);
}

static void descriptors_are_described(void) {
  const int fd = open("file", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
  CHECK(fd >= 0 && write(fd, "12345", 5) == 5);
  char path[64];
  snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
  read_file(path);
  long position, flags;
  CHECK(sscanf(text, "pos: %ld flags: %lo", &position, &flags) == 2);
  CHECK(position == 5 && (flags & O_APPEND) && (flags & O_ACCMODE) == O_RDWR);
  CHECK(lists("/proc/self/fdinfo", fd) && close(fd) == 0);
  CHECK_ERRNO(ENOENT, open(path, O_RDONLY));
}

static _Atomic pid_t tid;
static _Atomic int done;
static void* named_thread(void* unused) {
  CHECK(pthread_setname_np(pthread_self(), "a-thread") == 0);
  tid = (pid_t)syscall(SYS_gettid);
  while (!done) usleep(1000);
  return unused;
}

static void threads_are_listed(void) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, named_thread, NULL) == 0);
  while (!tid) usleep(1000);
  CHECK(lists("/proc/self/task", tid) && lists("/proc/self/task", getpid()));
  char path[64];
  snprintf(path, sizeof(path), "/proc/self/task/%d/comm", tid);
  read_file(path);
  CHECK(!strcmp(text, "a-thread\n"));
  snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
  read_file(path);
  CHECK(atoi(text) == tid);
  snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
  read_file(path);
  CHECK(strstr(text, "\nThreads:\t2\n") != NULL);
  done = 1;
  CHECK(pthread_join(thread, NULL) == 0);
}

static void limits_are_ones_own(void) {
  const struct rlimit descriptors = {77, 88};
  const pid_t child = fork();
  if (child == 0) {
    CHECK(setrlimit(RLIMIT_NOFILE, &descriptors) == 0);
    read_file("/proc/self/limits");
    const char* const line = strstr(text, "Max open files");
    CHECK(line != NULL);
    int soft, hard;
    CHECK(sscanf(line + 14, "%d %d", &soft, &hard) == 2);
    CHECK(soft == 77 && hard == 88 && strstr(line, "files     \n") != NULL);
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void more_is_described(void) {
  const size_t size = read_file("/proc/self/environ");
  CHECK(size == 0 || text[size - 1] == 0);
  read_file("/proc/self/smaps_rollup");
  CHECK(strstr(text, "[rollup]\n") != NULL && strstr(text, "\nRss:") != NULL);
  read_file("/proc/self/mountinfo");
  CHECK(strstr(text, " - ") != NULL);
  read_file("/proc/mounts");
  CHECK(strchr(text, '/') != NULL);
  read_file("/proc/self/cgroup");
  CHECK(strstr(text, ":/") != NULL);
  read_file("/proc/sys/kernel/pid_max");
  CHECK(atoi(text) > 300);
  read_file("/proc/sys/kernel/ostype");
  CHECK(!strcmp(text, "Linux\n"));
  read_file("/proc/sys/kernel/osrelease");
  CHECK(isdigit((unsigned char)text[0]));
}

int main(void) {
  CASE(children_have_a_stat);
  CASE(children_have_a_status);
  CASE(children_have_a_command_line);
  CASE(children_have_mappings);
  CASE(mappings_without_permissions_are_shown);
  CASE(who_has_been_reaped_is_gone);
  CASE(contents_are_made_anew);
  CASE(listings_are_made_anew);
  CASE(descriptors_are_described);
  CASE(threads_are_listed);
  CASE(limits_are_ones_own);
  CASE(more_is_described);
  return 0;
}
