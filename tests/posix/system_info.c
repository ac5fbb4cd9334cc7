// uname, sysconf and what else a server asks about its machine.
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  struct utsname name;
  CHECK(uname(&name) == 0);
  puts(name.sysname);
  CHECK(strlen(name.machine) > 0 && strlen(name.nodename) > 0);
  int major = 0, minor = 0;
  CHECK(sscanf(name.release, "%d.%d", &major, &minor) == 2 && major >= 5);
  char host[256];
  CHECK(gethostname(host, sizeof(host)) == 0 &&
        strcmp(host, name.nodename) == 0);
  CHECK(sysconf(_SC_PAGESIZE) == 4096 && getpagesize() == 4096);
  CHECK(sysconf(_SC_NPROCESSORS_ONLN) >= 1 && sysconf(_SC_PHYS_PAGES) > 1000);
  CHECK(sysconf(_SC_CLK_TCK) == 100 && sysconf(_SC_OPEN_MAX) > 16);
  CHECK(sysconf(_SC_IOV_MAX) == 1024 && sysconf(_SC_NPROCESSORS_CONF) >= 1);
  struct sysinfo info;
  CHECK(sysinfo(&info) == 0 && info.totalram > 0 && info.uptime > 0);
  CHECK(sched_yield() == 0);
  cpu_set_t cpus;
  CHECK(sched_getaffinity(0, sizeof(cpus), &cpus) == 0 &&
        CPU_COUNT(&cpus) >= 1);
  const int fd = open("/proc/self/stat", O_RDONLY);
  char text[1024] = "";
  CHECK(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 &&
        atoi(text) == getpid());
  CHECK(close(fd) == 0);
  printf("%d %d %d\n", (int)sizeof(void*), (int)sizeof(long),
         (int)sizeof(long double));
  const unsigned one = 1;
  printf("little-endian %d\n", *(const char*)&one);
  return 0;
}
