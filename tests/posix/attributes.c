// What a file is like: stat, permissions, owners, times, extended attributes.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "check.h"

static struct stat st;

static void make(const char* name) {
  const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  CHECK(fd >= 0 && write(fd, "content", 7) == 7 && close(fd) == 0);
}

static void stat_describes(void) {
  make("file");
  CHECK(stat("file", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 7);
  CHECK(st.st_nlink == 1 && st.st_uid == geteuid() && st.st_gid == getegid());
  CHECK(st.st_blksize > 0 && st.st_ino != 0);
  CHECK(time(NULL) - st.st_mtime < 1000);
  CHECK(stat(".", &st) == 0 && S_ISDIR(st.st_mode));
  CHECK(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
  CHECK(major(st.st_rdev) == 1 && minor(st.st_rdev) == 3);
  CHECK_ERRNO(ENOENT, stat("missing", &st));
  CHECK_ERRNO(ENOTDIR, stat("file/x", &st));
}

static void fstat_knows_what_is_open(void) {
  int ends[2];
  CHECK(pipe(ends) == 0 && fstat(ends[0], &st) == 0 && S_ISFIFO(st.st_mode));
  close(ends[0]);
  close(ends[1]);
  CHECK_ERRNO(EBADF, fstat(ends[0], &st));
  CHECK(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH) == 0 && S_ISDIR(st.st_mode));
  CHECK_ERRNO(EINVAL, fstatat(AT_FDCWD, "file", &st, 1 << 25));
}

static void statx_describes_more(void) {
  struct statx stx;
  memset(&stx, 0, sizeof(stx));
  CHECK(syscall(SYS_statx, (long)AT_FDCWD, "file", 0L, (long)STATX_ALL, &stx) ==
        0);
  CHECK(stat("file", &st) == 0);
  CHECK(stx.stx_ino == st.st_ino && stx.stx_size == 7);
  CHECK((stx.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
  CHECK(makedev(stx.stx_dev_major, stx.stx_dev_minor) == st.st_dev);
  CHECK_ERRNO(EINVAL, (int)syscall(SYS_statx, (long)AT_FDCWD, "file", 1L << 25,
                                   (long)STATX_ALL, &stx));
}

static void permissions_change(void) {
  CHECK(chmod("file", 04751) == 0 && stat("file", &st) == 0);
  CHECK((st.st_mode & 07777) == 04751);
  const int fd = open("file", O_RDONLY);
  CHECK(fchmod(fd, 0600) == 0 && fstat(fd, &st) == 0 && close(fd) == 0);
  CHECK((st.st_mode & 07777) == 0600);
  CHECK(fchmodat(AT_FDCWD, "file", 0640, 0) == 0 && stat("file", &st) == 0);
  CHECK((st.st_mode & 07777) == 0640);
  CHECK_ERRNO(ENOENT, chmod("missing", 0));
}

static void the_mask_is_the_process(void) {
  const mode_t old = umask(077);
  CHECK(umask(old) == 077);
}

static void owners_stay_ones_own(void) {
  CHECK(chown("file", getuid(), getgid()) == 0);
  CHECK(chown("file", -1, -1) == 0);
  CHECK(symlink("nothing", "dangling") == 0);
  CHECK(lchown("dangling", getuid(), -1) == 0);
  CHECK_ERRNO(ENOENT, chown("dangling", getuid(), -1));
  CHECK(fchownat(AT_FDCWD, "dangling", -1, getgid(), AT_SYMLINK_NOFOLLOW) == 0);
}

static void access_checks(void) {
  CHECK(chmod("file", 0644) == 0 && access("file", R_OK | W_OK) == 0);
  CHECK_ERRNO(EACCES, access("file", X_OK));
  CHECK(access("file", F_OK) == 0 && access(".", X_OK) == 0);
  CHECK_ERRNO(ENOENT, access("missing", F_OK));
  CHECK_ERRNO(EINVAL, access("file", 64));
  CHECK(faccessat(AT_FDCWD, "file", R_OK, AT_EACCESS) == 0);
}

static void times_are_set(void) {
  const struct timespec times[2] = {{1000, 5}, {2000, 999999999}};
  CHECK(utimensat(AT_FDCWD, "file", times, 0) == 0 && stat("file", &st) == 0);
  CHECK(st.st_atim.tv_sec == 1000 && st.st_atim.tv_nsec == 5);
  CHECK(st.st_mtim.tv_sec == 2000 && st.st_mtim.tv_nsec == 999999999);
}

static void times_can_be_left_or_now(void) {
  const struct timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
  const int fd = open("file", O_RDWR);
  CHECK(futimens(fd, times) == 0 && fstat(fd, &st) == 0 && close(fd) == 0);
  CHECK(st.st_atim.tv_sec == 1000 && time(NULL) - st.st_mtime < 1000);
  const struct timespec wrong[2] = {{0, 1000000000}, {0, 0}};
  CHECK_ERRNO(EINVAL, utimensat(AT_FDCWD, "file", wrong, 0));
}

static void older_calls_set_times_too(void) {
  const struct utimbuf seconds = {111, 222};
  CHECK(utime("file", &seconds) == 0 && stat("file", &st) == 0);
  CHECK(st.st_atime == 111 && st.st_mtime == 222);
  const struct timeval micro[2] = {{333, 7}, {444, 8}};
  CHECK(utimes("file", micro) == 0 && stat("file", &st) == 0);
  CHECK(st.st_atime == 333 && st.st_mtim.tv_nsec == 8000);
}

static void times_of_a_link_itself(void) {
  const struct timespec times[2] = {{5, 0}, {6, 0}};
  CHECK(utimensat(AT_FDCWD, "dangling", times, AT_SYMLINK_NOFOLLOW) == 0);
  CHECK(lstat("dangling", &st) == 0 && st.st_mtime == 6);
}

static void reading_and_writing_move_times(void) {
  make("times");
  const struct timespec past[2] = {{100, 0}, {100, 0}};
  CHECK(utimensat(AT_FDCWD, "times", past, 0) == 0);
  const int fd = open("times", O_WRONLY);
  CHECK(write(fd, "x", 1) == 1 && fstat(fd, &st) == 0 && close(fd) == 0);
  CHECK(st.st_mtime > 100 && st.st_atime == 100 && st.st_ctime >= st.st_mtime);
}

static void attributes_are_kept(void) {
  char value[64] = "";
  if (setxattr("file", "user.name", "value", 5, 0) != 0) {
    CHECK(errno == ENOTSUP || errno == EPERM);  // not on every file system
    return;
  }
  CHECK(getxattr("file", "user.name", value, sizeof(value)) == 5);
  CHECK(!strcmp(value, "value") && getxattr("file", "user.name", NULL, 0) == 5);
  CHECK_ERRNO(ERANGE, getxattr("file", "user.name", value, 2));
  CHECK_ERRNO(ENODATA, getxattr("file", "user.other", value, 64));
  CHECK_ERRNO(EEXIST, setxattr("file", "user.name", "", 0, XATTR_CREATE));
  CHECK_ERRNO(ENODATA, setxattr("file", "user.x", "", 0, XATTR_REPLACE));
  CHECK(listxattr("file", value, sizeof(value)) >= 10);
  const int fd = open("file", O_RDWR);
  CHECK(fsetxattr(fd, "user.name", "v2", 2, XATTR_REPLACE) == 0);
  CHECK(fgetxattr(fd, "user.name", value, 64) == 2 &&
        flistxattr(fd, value, 64) > 0);
  CHECK(fremovexattr(fd, "user.name") == 0);
  CHECK_ERRNO(ENODATA, fgetxattr(fd, "user.name", value, 64));
  close(fd);
}

static void attributes_of_links(void) {
  char value[8];
  CHECK(lgetxattr("dangling", "user.x", value, 8) == -1);
  CHECK(errno == ENODATA || errno == ENOTSUP);
  CHECK_ERRNO(ENOENT, getxattr("dangling", "user.x", value, 8));
  CHECK(llistxattr("dangling", NULL, 0) >= 0 || errno == ENOTSUP);
  CHECK(lsetxattr("dangling", "user.x", "v", 1, 0) == -1 &&
        (errno == EPERM || errno == ENOTSUP));
  CHECK(lremovexattr("dangling", "user.x") == -1);
  if (setxattr("file", "user.gone", "", 0, 0) == 0) {
    CHECK(removexattr("file", "user.gone") == 0);
  }
}

static void file_systems_are_described(void) {
  struct statfs fs;
  struct statvfs vfs;
  CHECK(statfs(".", &fs) == 0 && fs.f_bsize > 0 && fs.f_namelen >= 255);
  const int fd = open("file", O_RDONLY);
  struct statfs same;
  CHECK(fstatfs(fd, &same) == 0 && same.f_type == fs.f_type && close(fd) == 0);
  CHECK(statvfs(".", &vfs) == 0 &&
        vfs.f_namemax == (unsigned long)fs.f_namelen);
  CHECK_ERRNO(ENOENT, statfs("missing", &fs));
}

int main(void) {
  CASE(stat_describes);
  CASE(fstat_knows_what_is_open);
  CASE(statx_describes_more);
  CASE(permissions_change);
  CASE(the_mask_is_the_process);
  CASE(owners_stay_ones_own);
  CASE(access_checks);
  CASE(times_are_set);
  CASE(times_can_be_left_or_now);
  CASE(older_calls_set_times_too);
  CASE(times_of_a_link_itself);
  CASE(reading_and_writing_move_times);
  CASE(attributes_are_kept);
  CASE(attributes_of_links);
  CASE(file_systems_are_described);
  return 0;
}
