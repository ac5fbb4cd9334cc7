// Where the program is, in the words of the system, and that it can start
// itself.
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char** argv) {
  char path[4096] = "";
  if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0) return 1;
  const char* const started_as = (const char*)getauxval(AT_EXECFN);
  puts(strcmp(path, started_as) == 0 ? path : "two different paths");
  fflush(stdout);
  if (argc > 1) return 0;
  execl("/proc/self/exe", argv[0], "again", (char*)NULL);
  perror("execl");
  return 1;
}
