// /proc of one's own process and of the machine, as programs read it.
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char text[1 << 20];

static size_t read_all(const char* path) {
  const int fd = open(path, O_RDONLY);
  CHECK(fd >= 0);
  size_t size = 0;
  for (ssize_t got;
       (got = read(fd, text + size, sizeof(text) - 1 - size)) > 0;) {
    size += (size_t)got;
  }
  text[size] = 0;
  CHECK(close(fd) == 0);
  return size;
}

static long field_of(const char* name) {
  const char* at = strstr(text, name);
  CHECK(at != NULL);
  return strtol(at + strlen(name), NULL, 10);
}

static void stat_has_its_fields(void) {
  read_all("/proc/self/stat");
  CHECK(atoi(text) == getpid());
  int fields = 2;
  for (const char* at = strrchr(text, ')') + 1; *at; ++at) {
    fields += *at == ' ';
  }
  CHECK(fields == 52);
  char state;
  int parent;
  CHECK(sscanf(strrchr(text, ')'), ") %c %d", &state, &parent) == 2);
  CHECK(state == 'R' && parent == getppid());
}

static void status_describes(void) {
  read_all("/proc/self/status");
  CHECK(field_of("\nPid:\t") == getpid() && field_of("\nPPid:\t") == getppid());
  CHECK(field_of("\nThreads:\t") == 1 && field_of("\nVmRSS:\t") > 0);
  CHECK(field_of("\nUid:\t") == (long)getuid());
}

static void statm_counts_pages(void) {
  long total, resident;
  read_all("/proc/self/statm");
  CHECK(sscanf(text, "%ld %ld", &total, &resident) == 2);
  CHECK(total >= resident && resident > 0);
}

static void maps_show_what_is_mapped(void) {
  char* const at =
      mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char* const other = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  read_all("/proc/self/maps");
  int found = 0, shared = 0;
  for (char* line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    unsigned long start, end;
    char permissions[5];
    CHECK(sscanf(line, "%lx-%lx %4s", &start, &end, permissions) == 3);
    if (start <= (uintptr_t)at && (uintptr_t)at + 8192 <= end) {
      found = !strcmp(permissions, "r--p");
    }
    if (start <= (uintptr_t)other && (uintptr_t)other < end) {
      shared = !strcmp(permissions, "rw-s");
    }
  }
  CHECK(found && shared);
  munmap(at, 8192);
  munmap(other, 4096);
}

static void smaps_add_up(void) {
  CHECK(read_all("/proc/self/smaps") > 0);
  CHECK(strstr(text, "\nRss:") != NULL &&
        strstr(text, "\nPrivate_Dirty:") != NULL);
}

static void descriptors_are_listed(void) {
  const int fd = dup(0);
  DIR* directory = opendir("/proc/self/fd");
  CHECK(directory != NULL);
  int count = 0, found = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    ++count;
    found |= atoi(entry->d_name) == fd;
  }
  CHECK(count >= 4 && found);
  CHECK(closedir(directory) == 0 && close(fd) == 0);
}

static void links_name_what_is_open(void) {
  int ends[2];
  char path[64], target[256];
  CHECK(pipe(ends) == 0);
  snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
  const ssize_t size = readlink(path, target, sizeof(target) - 1);
  CHECK(size > 6 && !memcmp(target, "pipe:[", 6));
  struct stat st;
  CHECK(lstat(path, &st) == 0 && S_ISLNK(st.st_mode));
  CHECK(stat(path, &st) == 0 && S_ISFIFO(st.st_mode));
  close(ends[0]);
  close(ends[1]);
}

static void ones_own_number_is_self(void) {
  char path[64];
  snprintf(path, sizeof(path), "/proc/%d/stat", getpid());
  read_all(path);
  CHECK(atoi(text) == getpid());
  read_all("/proc/thread-self/comm");
  CHECK(strchr(text, '\n') != NULL);
}

static void limits_are_a_table(void) {
  read_all("/proc/self/limits");
  CHECK(strstr(text, "Max open files") != NULL);
}

static void the_machine_is_described(void) {
  read_all("/proc/meminfo");
  CHECK(field_of("MemTotal:") > 0 && field_of("\nMemAvailable:") > 0);
  read_all("/proc/cpuinfo");
  CHECK(strstr(text, "processor") != NULL);
  double load;
  read_all("/proc/loadavg");
  CHECK(sscanf(text, "%lf", &load) == 1);
  double up;
  read_all("/proc/uptime");
  CHECK(sscanf(text, "%lf", &up) == 1 && up > 0);
  read_all("/proc/version");
  CHECK(!strncmp(text, "Linux version", 13));
  read_all("/proc/sys/net/core/somaxconn");
  CHECK(atoi(text) > 0);
  read_all("/proc/stat");
  CHECK(!strncmp(text, "cpu ", 4));
}

static void the_executable_has_a_name(void) {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  CHECK(size > 0 && path[0] == '/');
  const int fd = open("/proc/self/exe", O_RDONLY);
  struct stat st;
  CHECK(fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode));
  CHECK((st.st_mode & 0111) != 0 || access("/proc/self/exe", X_OK) == 0);
  CHECK(st.st_size > 0 && close(fd) == 0);
}

int main(void) {
  CASE(stat_has_its_fields);
  CASE(status_describes);
  CASE(statm_counts_pages);
  CASE(maps_show_what_is_mapped);
  CASE(smaps_add_up);
  CASE(descriptors_are_listed);
  CASE(links_name_what_is_open);
  CASE(ones_own_number_is_self);
  CASE(limits_are_a_table);
  CASE(the_machine_is_described);
  CASE(the_executable_has_a_name);
  return 0;
}
