// Files and directories through wasi-libc, in an empty current directory.

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/posix/check.h"

static void put(const char* path, const char* text) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  CHECK(fd >= 0);
  CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  CHECK(close(fd) == 0);
}

static const char* get(const char* path) {
  static char text[256];
  const int fd = open(path, O_RDONLY);
  CHECK(fd >= 0);
  const ssize_t size = read(fd, text, sizeof(text) - 1);
  CHECK(size >= 0);
  text[size] = 0;
  CHECK(close(fd) == 0);
  return text;
}

static void what_is_written_is_read(void) {
  put("a", "one two");
  CHECK(strcmp(get("a"), "one two") == 0);
  put("a", "three");
  CHECK(strcmp(get("a"), "three") == 0);
}

static void append_goes_to_the_end(void) {
  put("a", "12");
  const int fd = open("a", O_WRONLY | O_APPEND);
  CHECK(lseek(fd, 0, SEEK_SET) == 0);
  CHECK(write(fd, "34", 2) == 2);
  CHECK(fcntl(fd, F_GETFL) & O_APPEND);
  close(fd);
  CHECK(strcmp(get("a"), "1234") == 0);
}

static void exclusive_creation_finds_what_exists(void) {
  put("a", "x");
  CHECK_ERRNO(EEXIST, open("a", O_CREAT | O_EXCL | O_WRONLY, 0666));
  CHECK_ERRNO(ENOENT, open("nothing", O_RDONLY));
  CHECK_ERRNO(ENOTDIR, open("a", O_RDONLY | O_DIRECTORY));
  CHECK_ERRNO(ENOTDIR, open("a/b", O_RDONLY));
  CHECK_ERRNO(EISDIR, open(".", O_RDWR));
}

static void positions_move(void) {
  put("a", "0123456789");
  const int fd = open("a", O_RDWR);
  char text[4] = "";
  CHECK(lseek(fd, 4, SEEK_SET) == 4);
  CHECK(lseek(fd, 2, SEEK_CUR) == 6);
  CHECK(lseek(fd, -3, SEEK_END) == 7);
  CHECK(read(fd, text, 2) == 2 && strcmp(text, "78") == 0);
  CHECK_ERRNO(EINVAL, lseek(fd, -1, SEEK_SET));
  CHECK(pread(fd, text, 3, 1) == 3 && strcmp(text, "123") == 0);
  CHECK(pwrite(fd, "xy", 2, 2) == 2);
  CHECK(lseek(fd, 0, SEEK_CUR) == 9);
  close(fd);
  CHECK(strcmp(get("a"), "01xy456789") == 0);
}

static void access_modes_are_kept(void) {
  char byte = 0;
  put("a", "x");
  int fd = open("a", O_RDONLY);
  CHECK_ERRNO(EBADF, write(fd, "y", 1));
  CHECK_ERRNO(EINVAL, ftruncate(fd, 0));
  close(fd);
  fd = open("a", O_WRONLY);
  CHECK_ERRNO(EBADF, read(fd, &byte, 1));
  close(fd);
  CHECK_ERRNO(EBADF, close(fd));
  fd = open(".", O_RDONLY | O_DIRECTORY);
  CHECK_ERRNO(EISDIR, read(fd, &byte, 1));
  close(fd);
}

static void sizes_change(void) {
  struct stat st;
  put("a", "0123456789");
  const int fd = open("a", O_RDWR);
  CHECK(ftruncate(fd, 4) == 0);
  CHECK(fstat(fd, &st) == 0 && st.st_size == 4 && S_ISREG(st.st_mode));
  CHECK(ftruncate(fd, 100000) == 0);
  CHECK(posix_fallocate(fd, 0, 200000) == 0);
  CHECK(stat("a", &st) == 0 && st.st_size == 200000);
  CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL) == 0);
  CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
  close(fd);
}

static void directories_come_and_go(void) {
  struct stat st;
  CHECK(mkdir("d", 0777) == 0);
  CHECK_ERRNO(EEXIST, mkdir("d", 0777));
  CHECK_ERRNO(ENOENT, mkdir("e/f", 0777));
  CHECK(stat("d", &st) == 0 && S_ISDIR(st.st_mode));
  put("d/file", "x");
  CHECK_ERRNO(ENOTEMPTY, rmdir("d"));
  CHECK_ERRNO(EISDIR, unlink("d"));
  CHECK_ERRNO(ENOTDIR, rmdir("d/file"));
  CHECK(unlink("d/file") == 0);
  CHECK_ERRNO(ENOENT, unlink("d/file"));
  CHECK(rmdir("d") == 0);
}

static void renaming_replaces(void) {
  put("a", "first");
  put("b", "second");
  CHECK(rename("a", "b") == 0);
  CHECK(strcmp(get("b"), "first") == 0);
  CHECK_ERRNO(ENOENT, rename("a", "c"));
  CHECK(mkdir("d", 0777) == 0);
  CHECK(rename("b", "d/b") == 0);
  put("a", "third");
  CHECK_ERRNO(EISDIR, rename("a", "d"));
  CHECK(rename("d", "e") == 0);
  CHECK(strcmp(get("e/b"), "first") == 0);
  CHECK(unlink("e/b") == 0 && rmdir("e") == 0);
}

static void links_are_one_file(void) {
  struct stat a, b;
  put("a", "x");
  CHECK(link("a", "b") == 0);
  CHECK(stat("a", &a) == 0 && stat("b", &b) == 0);
  CHECK(a.st_ino == b.st_ino && a.st_nlink == 2);
  CHECK_ERRNO(EEXIST, link("a", "b"));
  CHECK(unlink("b") == 0);
}

static void symbolic_links_are_followed(void) {
  struct stat st;
  char text[16] = "";
  put("a", "target");
  CHECK(symlink("a", "s") == 0);
  CHECK(readlink("s", text, sizeof(text)) == 1 && text[0] == 'a');
  CHECK_ERRNO(EINVAL, readlink("a", text, sizeof(text)));
  CHECK(lstat("s", &st) == 0 && S_ISLNK(st.st_mode) && st.st_size == 1);
  CHECK(stat("s", &st) == 0 && S_ISREG(st.st_mode));
  CHECK(strcmp(get("s"), "target") == 0);
  CHECK_ERRNO(ELOOP, open("s", O_RDONLY | O_NOFOLLOW));
  CHECK(unlink("a") == 0);
  CHECK_ERRNO(ENOENT, open("s", O_RDONLY));
  CHECK(unlink("s") == 0);
  CHECK(symlink("loop", "loop") == 0);
  CHECK_ERRNO(ELOOP, open("loop", O_RDONLY));
  CHECK(unlink("loop") == 0);
}

static int by_name(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

static void directories_list_what_is_in_them(void) {
  char* names[300];
  size_t count = 0;
  CHECK(mkdir("d", 0777) == 0);
  for (int i = 0; i < 250; ++i) {
    char name[64];
    snprintf(name, sizeof(name), "d/a file with a longer name %d", i);
    put(name, "");
  }
  DIR* dir = opendir("d");
  CHECK(dir != NULL);
  for (struct dirent* entry; (entry = readdir(dir)) != NULL;) {
    CHECK(count < 300);
    names[count++] = strdup(entry->d_name);
  }
  CHECK(closedir(dir) == 0);
  qsort(names, count, sizeof(*names), by_name);
  printf("%zu entries, %s, %s, %s\n", count, names[0], names[1], names[251]);
  for (size_t i = 2; i < count; ++i) {
    char name[300];
    snprintf(name, sizeof(name), "d/%s", names[i]);
    CHECK(unlink(name) == 0);
  }
  CHECK(rmdir("d") == 0);
}

static void positions_in_a_directory_can_be_kept(void) {
  CHECK(mkdir("d", 0777) == 0);
  put("d/a", "");
  put("d/b", "");
  put("d/c", "");
  DIR* dir = opendir("d");
  CHECK(dir != NULL && readdir(dir) != NULL && readdir(dir) != NULL);
  const long position = telldir(dir);
  char third[256];
  strcpy(third, readdir(dir)->d_name);
  CHECK(readdir(dir) != NULL);
  seekdir(dir, position);
  CHECK(strcmp(readdir(dir)->d_name, third) == 0);
  rewinddir(dir);
  int count = 0;
  while (readdir(dir) != NULL) ++count;
  CHECK(count == 5);
  closedir(dir);
  CHECK(unlink("d/a") == 0 && unlink("d/b") == 0 && unlink("d/c") == 0);
  CHECK(rmdir("d") == 0);
}

static void times_are_set(void) {
  struct stat st;
  const struct timespec times[2] = {{1000000000, 123456789}, {1234567890, 42}};
  put("a", "x");
  CHECK(utimensat(AT_FDCWD, "a", times, 0) == 0);
  CHECK(stat("a", &st) == 0);
  CHECK(st.st_atim.tv_sec == 1000000000 && st.st_atim.tv_nsec == 123456789);
  CHECK(st.st_mtim.tv_sec == 1234567890 && st.st_mtim.tv_nsec == 42);
  const int fd = open("a", O_RDWR);
  const struct timespec others[2] = {{1, 0}, {2, 999999999}};
  CHECK(futimens(fd, others) == 0);
  CHECK(fstat(fd, &st) == 0);
  CHECK(st.st_atim.tv_sec == 1 && st.st_mtim.tv_nsec == 999999999);
  close(fd);
}

static void paths_relative_to_a_descriptor(void) {
  struct stat st;
  CHECK(mkdir("d", 0777) == 0);
  const int dir = open("d", O_RDONLY | O_DIRECTORY);
  const int fd = openat(dir, "file", O_CREAT | O_WRONLY, 0666);
  CHECK(dir >= 0 && fd >= 0);
  close(fd);
  CHECK(fstatat(dir, "file", &st, 0) == 0 && S_ISREG(st.st_mode));
  CHECK(mkdirat(dir, "sub", 0777) == 0);
  CHECK(renameat(dir, "file", dir, "sub/file") == 0);
  CHECK(unlinkat(dir, "sub/file", 0) == 0);
  CHECK(unlinkat(dir, "sub", AT_REMOVEDIR) == 0);
  CHECK_ERRNO(ENOENT, openat(dir, "file", O_RDONLY));
  close(dir);
  CHECK(rmdir("d") == 0);
}

static void numbers_are_reused_from_the_lowest(void) {
  put("a", "x");
  const int first = open("a", O_RDONLY);
  const int second = open("a", O_RDONLY);
  CHECK(second == first + 1);
  CHECK(close(first) == 0);
  CHECK(open("a", O_RDONLY) == first);
  CHECK(close(first) == 0 && close(second) == 0);
}

int main(void) {
  CASE(what_is_written_is_read);
  CASE(append_goes_to_the_end);
  CASE(exclusive_creation_finds_what_exists);
  CASE(positions_move);
  CASE(access_modes_are_kept);
  CASE(sizes_change);
  CASE(directories_come_and_go);
  CASE(renaming_replaces);
  CASE(links_are_one_file);
  CASE(symbolic_links_are_followed);
  CASE(directories_list_what_is_in_them);
  CASE(positions_in_a_directory_can_be_kept);
  CASE(times_are_set);
  CASE(paths_relative_to_a_descriptor);
  CASE(numbers_are_reused_from_the_lowest);
  return 0;
}
