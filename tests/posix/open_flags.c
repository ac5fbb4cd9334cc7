// open: each flag, and each way to fail.
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void make(const char* name) {
  const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  CHECK(fd >= 0 && write(fd, "content", 7) == 7 && close(fd) == 0);
}

static void the_lowest_number_is_taken(void) {
  const int a = open("/dev/null", O_RDONLY), b = open("/dev/null", O_RDONLY);
  CHECK(b == a + 1 && close(a) == 0);
  CHECK(open("/dev/null", O_RDONLY) == a);
  close(a);
  close(b);
}

static void exclusive_creation_wants_a_new_name(void) {
  const int fd = open("new", O_WRONLY | O_CREAT | O_EXCL, 0600);
  CHECK(fd >= 0 && close(fd) == 0);
  CHECK_ERRNO(EEXIST, open("new", O_WRONLY | O_CREAT | O_EXCL, 0600));
  CHECK(symlink("nothing", "dangling") == 0);
  CHECK_ERRNO(EEXIST, open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0600));
}

static void creation_follows_a_dangling_link(void) {
  CHECK(symlink("target", "link") == 0);
  const int fd = open("link", O_WRONLY | O_CREAT, 0600);
  CHECK(fd >= 0 && close(fd) == 0 && access("target", F_OK) == 0);
}

static void the_mode_is_masked(void) {
  const mode_t old = umask(027);
  const int fd = open("masked", O_WRONLY | O_CREAT, 0666);
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0640);
  umask(old);
  close(fd);
}

static void truncation_empties(void) {
  make("full");
  const int fd = open("full", O_WRONLY | O_TRUNC);
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_size == 0 && close(fd) == 0);
}

static void nofollow_refuses_links(void) {
  make("real");
  CHECK(symlink("real", "soft") == 0);
  CHECK_ERRNO(ELOOP, open("soft", O_RDONLY | O_NOFOLLOW));
  const int fd = open("soft", O_RDONLY);
  CHECK(fd >= 0 && close(fd) == 0);
}

static void directory_refuses_files(void) {
  make("plain");
  CHECK_ERRNO(ENOTDIR, open("plain", O_RDONLY | O_DIRECTORY));
  CHECK_ERRNO(ENOTDIR, open("plain/x", O_RDONLY));
  CHECK_ERRNO(EISDIR, open(".", O_RDWR));
  CHECK_ERRNO(EISDIR, open("no/", O_WRONLY | O_CREAT, 0600));
}

static void names_have_limits(void) {
  char name[NAME_MAX + 2], path[PATH_MAX + 2];
  memset(name, 'n', sizeof(name));
  name[NAME_MAX + 1] = 0;
  CHECK_ERRNO(ENAMETOOLONG, open(name, O_RDONLY));
  name[NAME_MAX] = 0;
  CHECK_ERRNO(ENOENT, open(name, O_RDONLY));
  memset(path, '/', sizeof(path));
  path[PATH_MAX + 1] = 0;
  CHECK_ERRNO(ENAMETOOLONG, open(path, O_RDONLY));
  CHECK_ERRNO(ENOENT, open("", O_RDONLY));
  CHECK_ERRNO(EFAULT, open((const char*)8, O_RDONLY));
}

static void loops_are_found(void) {
  CHECK(symlink("b", "a") == 0 && symlink("a", "b") == 0);
  CHECK_ERRNO(ELOOP, open("a", O_RDONLY));
  CHECK_ERRNO(ELOOP, open("a/x", O_RDONLY));
}

static void a_path_descriptor_only_names(void) {
  make("named");
  char byte;
  const int path = open("named", O_PATH);
  struct stat st;
  CHECK(path >= 0 && fstat(path, &st) == 0 && st.st_size == 7);
  CHECK_ERRNO(EBADF, read(path, &byte, 1));
  CHECK_ERRNO(EBADF, (int)syscall(SYS_fchmod, (long)path, 0600L));
  CHECK_ERRNO(EBADF, ftruncate(path, 0));
  CHECK((fcntl(path, F_GETFL) & O_PATH) != 0);
  CHECK(symlink("named", "path-link") == 0);
  const int link = open("path-link", O_PATH | O_NOFOLLOW);
  CHECK(fstat(link, &st) == 0 && S_ISLNK(st.st_mode));
  char text[16];
  CHECK(readlinkat(link, "", text, sizeof(text)) == 5);
  close(link);
  close(path);
}

static void a_path_descriptor_of_a_directory_is_a_base(void) {
  CHECK(mkdir("base", 0700) == 0);
  make("base/file");
  const int base = open("base", O_PATH | O_DIRECTORY);
  const int fd = openat(base, "file", O_RDONLY);
  CHECK(fd >= 0 && close(fd) == 0);
  CHECK(fchdir(base) == 0 && access("file", F_OK) == 0 && chdir("..") == 0);
  close(base);
}

static void a_temporary_file_can_get_a_name(void) {
  const int fd = open(".", O_RDWR | O_TMPFILE, 0600);
  if (fd < 0 && errno == EOPNOTSUPP) return;  // not on every file system
  CHECK(fd >= 0 && write(fd, "kept", 4) == 4);
  char path[64];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  CHECK(linkat(AT_FDCWD, path, AT_FDCWD, "was-nameless", AT_SYMLINK_FOLLOW) ==
        0);
  struct stat st;
  CHECK(stat("was-nameless", &st) == 0 && st.st_size == 4 && st.st_nlink == 1);
  close(fd);
}

static void flags_are_reported(void) {
  make("flags");
  const int fd = open("flags", O_RDWR | O_APPEND | O_NONBLOCK | O_DSYNC);
  const int flags = fcntl(fd, F_GETFL);
  CHECK((flags & O_ACCMODE) == O_RDWR && (flags & O_APPEND));
  CHECK((flags & O_NONBLOCK) && (flags & O_DSYNC));
  CHECK(fcntl(fd, F_SETFL, O_RDWR) == 0);
  CHECK((fcntl(fd, F_GETFL) & (O_APPEND | O_NONBLOCK)) == 0);
  CHECK(fcntl(fd, F_GETFD) == 0);
  close(fd);
  const int cloexec = open("flags", O_RDONLY | O_CLOEXEC);
  CHECK(fcntl(cloexec, F_GETFD) == FD_CLOEXEC);
  CHECK(fcntl(cloexec, F_SETFD, 0) == 0 && fcntl(cloexec, F_GETFD) == 0);
  close(cloexec);
}

static void direct_transfers_are_aligned(void) {
  make("direct");
  const int fd = open("direct", O_RDWR | O_DIRECT);
  if (fd < 0 && errno == EINVAL) return;  // not on every file system
  void* block = NULL;
  CHECK(fd >= 0 && posix_memalign(&block, 4096, 4096) == 0);
  memset(block, 'd', 4096);
  CHECK(pwrite(fd, block, 4096, 0) == 4096 &&
        pread(fd, block, 4096, 0) == 4096);
  free(block);
  close(fd);
}

static void fifos_wait_for_the_other_side(void) {
  CHECK(mkfifo("fifo", 0600) == 0);
  CHECK_ERRNO(ENXIO, open("fifo", O_WRONLY | O_NONBLOCK));
  const int reader = open("fifo", O_RDONLY | O_NONBLOCK);
  const int writer = open("fifo", O_WRONLY | O_NONBLOCK);
  CHECK(reader >= 0 && writer >= 0);
  char byte;
  CHECK_ERRNO(EAGAIN, read(reader, &byte, 1));
  close(reader);
  close(writer);
  const pid_t child = fork();
  if (child == 0) _exit(open("fifo", O_WRONLY) < 0);
  const int blocking = open("fifo", O_RDONLY);
  CHECK(blocking >= 0);
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(read(blocking, &byte, 1) == 0 && close(blocking) == 0);
}

static void openat_starts_at_its_directory(void) {
  CHECK(mkdir("there", 0700) == 0);
  const int base = open("there", O_RDONLY | O_DIRECTORY);
  const int fd = openat(base, "inner", O_WRONLY | O_CREAT, 0600);
  CHECK(fd >= 0 && close(fd) == 0 && access("there/inner", F_OK) == 0);
  CHECK(faccessat(base, "inner", R_OK, 0) == 0);
  CHECK_ERRNO(ENOTDIR, openat(0, "inner", O_RDONLY));
  CHECK_ERRNO(EBADF, openat(999, "inner", O_RDONLY));
  const int up = openat(base, "../there/inner", O_RDONLY);
  CHECK(up >= 0 && close(up) == 0 && close(base) == 0);
}

static void openat2_takes_a_structure(void) {
  struct {
    unsigned long long flags, mode, resolve;
  } how = {O_RDWR | O_CREAT, 0600, 0};
  const long fd =
      syscall(SYS_openat2, (long)AT_FDCWD, "how", &how, sizeof(how));
  CHECK(fd >= 0 && close((int)fd) == 0);
  how.flags = O_RDONLY;
  CHECK_ERRNO(EINVAL, (int)syscall(SYS_openat2, (long)AT_FDCWD, "how", &how,
                                   sizeof(how)));  // a mode without creation
  CHECK_ERRNO(EINVAL,
              (int)syscall(SYS_openat2, (long)AT_FDCWD, "how", &how, 8L));
}

static void devices_are_there(void) {
  char bytes[16] = {1};
  const int zero = open("/dev/zero", O_RDONLY);
  CHECK(read(zero, bytes, 16) == 16 && bytes[0] == 0 && close(zero) == 0);
  const int full = open("/dev/full", O_WRONLY);
  CHECK_ERRNO(ENOSPC, write(full, "x", 1));
  CHECK(close(full) == 0);
  const int null = open("/dev/null", O_RDWR);
  CHECK(write(null, "x", 1) == 1 && read(null, bytes, 1) == 0);
  CHECK(close(null) == 0);
  const int random = open("/dev/urandom", O_RDONLY);
  CHECK(read(random, bytes, 16) == 16 && close(random) == 0);
}

static void descriptors_have_names(void) {
  make("self");
  const int fd = open("self", O_RDONLY);
  char name[32], target[4096];
  snprintf(name, sizeof(name), "/dev/fd/%d", fd);
  const int again = open(name, O_RDONLY);
  CHECK(again >= 0 && close(again) == 0);
  snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(name, target, sizeof(target) - 1);
  CHECK(size > 0);
  target[size] = 0;
  CHECK(!strcmp(strrchr(target, '/'), "/self"));
  close(fd);
}

int main(void) {
  CASE(the_lowest_number_is_taken);
  CASE(exclusive_creation_wants_a_new_name);
  CASE(creation_follows_a_dangling_link);
  CASE(the_mode_is_masked);
  CASE(truncation_empties);
  CASE(nofollow_refuses_links);
  CASE(directory_refuses_files);
  CASE(names_have_limits);
  CASE(loops_are_found);
  CASE(a_path_descriptor_only_names);
  CASE(a_path_descriptor_of_a_directory_is_a_base);
  CASE(a_temporary_file_can_get_a_name);
  CASE(flags_are_reported);
  CASE(direct_transfers_are_aligned);
  CASE(fifos_wait_for_the_other_side);
  CASE(openat_starts_at_its_directory);
  CASE(openat2_takes_a_structure);
  CASE(devices_are_there);
  CASE(descriptors_have_names);
  return 0;
}
