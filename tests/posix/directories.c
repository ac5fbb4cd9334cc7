// Directories, symbolic links, the working directory.
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static int by_name(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

static void print_entries(const char* path) {
  char* names[64];
  int count = 0;
  DIR* directory = opendir(path);
  CHECK(directory != NULL);
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    names[count++] = strdup(entry->d_name);
  }
  CHECK(closedir(directory) == 0);
  qsort(names, count, sizeof(*names), by_name);
  for (int i = 0; i < count; i++) printf("%s ", names[i]);
  puts("");
}

static void touch(const char* path) {
  const int fd = open(path, O_CREAT | O_WRONLY, 0600);
  CHECK(fd >= 0 && close(fd) == 0);
}

int main(void) {
  CHECK(mkdir("d", 0755) == 0);
  CHECK_ERRNO(EEXIST, mkdir("d", 0755));
  touch("d/a");
  touch("d/b");
  CHECK(mkdir("d/sub", 0700) == 0);
  CHECK(symlink("../a", "d/sub/up") == 0);
  print_entries("d");
  print_entries("d/sub");

  char target[PATH_MAX] = "";
  CHECK(readlink("d/sub/up", target, sizeof(target)) == 4);
  CHECK(strcmp(target, "../a") == 0);
  struct stat st, link;
  CHECK(stat("d/sub/up", &st) == 0 && S_ISREG(st.st_mode));
  CHECK(lstat("d/sub/up", &link) == 0 && S_ISLNK(link.st_mode));
  CHECK_ERRNO(ELOOP, open("d/sub/up", O_RDONLY | O_NOFOLLOW));
  CHECK(symlink("loop", "loop") == 0);
  CHECK_ERRNO(ELOOP, open("loop", O_RDONLY));

  char before[PATH_MAX], after[PATH_MAX];
  CHECK(getcwd(before, sizeof(before)) != NULL);
  CHECK(chdir("d/sub") == 0);
  CHECK(getcwd(after, sizeof(after)) != NULL);
  CHECK(strcmp(after + strlen(before), "/d/sub") == 0);
  CHECK(access("up", F_OK) == 0 && access("../b", F_OK) == 0);
  CHECK(chdir("../..") == 0);
  CHECK(realpath("d/sub/up", after) != NULL);
  CHECK(strcmp(after + strlen(before), "/d/a") == 0);

  const int fd = open("d", O_RDONLY | O_DIRECTORY);
  CHECK(fd >= 0);
  CHECK(fstatat(fd, "a", &st, 0) == 0 && S_ISREG(st.st_mode));
  CHECK(unlinkat(fd, "b", 0) == 0);
  CHECK_ERRNO(EISDIR, unlinkat(fd, "sub", 0));
  CHECK(renameat(fd, "a", fd, "c") == 0);
  CHECK(mkdirat(fd, "more", 0700) == 0);
  CHECK(unlinkat(fd, "more", AT_REMOVEDIR) == 0);
  CHECK(close(fd) == 0);
  print_entries("d");
  CHECK_ERRNO(ENOTEMPTY, rmdir("d"));
  CHECK_ERRNO(ENOTDIR, rmdir("d/c"));
  CHECK(unlink("d/c") == 0 && unlink("d/sub/up") == 0);
  CHECK(rmdir("d/sub") == 0 && rmdir("d") == 0);
  return 0;
}
