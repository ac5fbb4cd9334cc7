// Opening, reading, writing, positions, truncation, names.
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

static void positions(void) {
  const int fd = open("positions", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  CHECK(fd >= 0);
  CHECK(write(fd, "hello world", 11) == 11);
  CHECK(lseek(fd, 6, SEEK_SET) == 6);
  char buffer[32] = "";
  CHECK(read(fd, buffer, sizeof(buffer)) == 5);
  CHECK(memcmp(buffer, "world", 5) == 0);
  CHECK(read(fd, buffer, sizeof(buffer)) == 0);
  CHECK(pread(fd, buffer, 5, 0) == 5 && memcmp(buffer, "hello", 5) == 0);
  CHECK(pwrite(fd, "J", 1, 0) == 1);
  CHECK(lseek(fd, 0, SEEK_CUR) == 11);
  CHECK(lseek(fd, 100, SEEK_END) == 111);
  CHECK(write(fd, "!", 1) == 1);
  CHECK(pread(fd, buffer, 2, 50) == 2 && buffer[0] == 0 && buffer[1] == 0);
  CHECK_ERRNO(EINVAL, lseek(fd, -1, SEEK_SET));
  CHECK(ftruncate(fd, 5) == 0);
  struct stat st;
  CHECK(fstat(fd, &st) == 0);
  CHECK(st.st_size == 5 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0640);
  CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
  CHECK(close(fd) == 0);
  CHECK_ERRNO(EBADF, close(fd));
  CHECK_ERRNO(EEXIST, open("positions", O_CREAT | O_EXCL | O_WRONLY, 0600));
}

static void vectors(void) {
  const int fd = open("vectors", O_RDWR | O_CREAT | O_TRUNC, 0600);
  struct iovec out[3] = {{"one", 3}, {"", 0}, {"two", 3}};
  CHECK(writev(fd, out, 3) == 6);
  char a[2], b[10];
  struct iovec in[2] = {{a, 2}, {b, 10}};
  CHECK(lseek(fd, 0, SEEK_SET) == 0);
  CHECK(readv(fd, in, 2) == 6);
  CHECK(memcmp(a, "on", 2) == 0 && memcmp(b, "etwo", 4) == 0);
  CHECK_ERRNO(EINVAL, readv(fd, in, -1));
  CHECK(close(fd) == 0);
}

static void appending(void) {
  const int fd = open("append", O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int other = open("append", O_WRONLY);
  CHECK(write(fd, "abc", 3) == 3);
  CHECK(pwrite(other, "X", 1, 0) == 1);
  CHECK(lseek(fd, 0, SEEK_SET) == 0);
  CHECK(write(fd, "def", 3) == 3);
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_size == 6);
  char buffer[4];
  CHECK_ERRNO(EBADF, read(fd, buffer, 1));
  CHECK(close(fd) == 0 && close(other) == 0);
}

static void names(void) {
  CHECK(rename("append", "renamed") == 0);
  CHECK_ERRNO(ENOENT, open("append", O_RDONLY));
  const int fd = open("renamed", O_RDONLY);
  CHECK(fd >= 0 && unlink("renamed") == 0);
  char buffer[8];
  CHECK(read(fd, buffer, sizeof(buffer)) == 6 && buffer[0] == 'X');
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_nlink == 0);
  CHECK(close(fd) == 0);
  CHECK(link("positions", "linked") == 0);
  CHECK(stat("positions", &st) == 0 && st.st_nlink == 2);
  CHECK(access("linked", R_OK | W_OK) == 0);
  CHECK_ERRNO(ENOENT, access("nothing", F_OK));
  CHECK_ERRNO(ENOTDIR, open("linked/below", O_RDONLY));
  CHECK(chmod("linked", 0600) == 0);
  CHECK(stat("positions", &st) == 0 && (st.st_mode & 0777) == 0600);
  CHECK(unlink("linked") == 0);
}

static void descriptors(void) {
  char buffer[1];
  CHECK_ERRNO(EBADF, read(-1, buffer, 1));
  CHECK_ERRNO(EBADF, write(12345, buffer, 1));
  CHECK_ERRNO(EFAULT, write(open("positions", O_RDWR), (void*)8, 4));
  CHECK_ERRNO(EISDIR, open(".", O_WRONLY));
  CHECK_ERRNO(EFAULT, open((const char*)16, O_RDONLY));
}

int main(void) {
  umask(022);
  CASE(positions);
  CASE(vectors);
  CASE(appending);
  CASE(names);
  CASE(descriptors);
  puts("files ok");
  return 0;
}
