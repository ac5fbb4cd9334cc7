// Flags of calls on files that the other tests leave out: synchronised and
// direct writing, vectors with flags, modes of fallocate, locks of open files,
// and what the devices promise.
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>

#include "check.h"

// A file system may lack a mode; the guest's answer is the kernel's either way.
static int supported(int result) {
  CHECK(result == 0 || errno == EOPNOTSUPP);
  return result == 0;
}

static int make_file(const char* name, const char* text) {
  const int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  return fd;
}

static void flags_of_writing_are_reported(void) {
  const int flags[] = {O_DSYNC, O_SYNC, O_APPEND, O_NONBLOCK, O_NOATIME};
  for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); ++i) {
    const int fd = open("flags", O_RDWR | O_CREAT | flags[i], 0600);
    CHECK(fd >= 0 && (fcntl(fd, F_GETFL) & flags[i]) == flags[i]);
    CHECK(write(fd, "x", 1) == 1);
    close(fd);
  }
  const int fd = open("flags", O_RDWR);
  CHECK(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK) == 0);
  // What opening alone can choose is ignored.
  CHECK(fcntl(fd, F_SETFL, O_APPEND | O_DSYNC) == 0);
  CHECK((fcntl(fd, F_GETFL) & (O_DSYNC | O_APPEND)) == O_APPEND);
  close(fd);
}

static void vectors_have_flags(void) {
  const int fd = make_file("vectors", "0123456789");
  char a[4] = "", b[4] = "";
  const struct iovec in[2] = {{a, 3}, {b, 3}};
  CHECK(preadv2(fd, in, 2, 2, 0) == 6 && !strcmp(a, "234") &&
        !strcmp(b, "567"));
  // At -1 the offset of the file is used, and moved.
  CHECK(lseek(fd, 1, SEEK_SET) == 1 && preadv2(fd, in, 2, -1, 0) == 6);
  CHECK(!strcmp(a, "123") && lseek(fd, 0, SEEK_CUR) == 7);
  const struct iovec out[2] = {{"AB", 2}, {"C", 1}};
  CHECK(pwritev2(fd, out, 2, 0, RWF_DSYNC) == 3);
  CHECK(pwritev2(fd, out, 2, 4, RWF_SYNC) == 3);
  CHECK(pwritev2(fd, out, 2, 0, RWF_APPEND) == 3);
  char text[32] = "";
  CHECK(pread(fd, text, sizeof(text), 0) == 13 &&
        !strcmp(text, "ABC3ABC789ABC"));
  CHECK(preadv2(fd, in, 2, 0, RWF_HIPRI) == 6);
  const ssize_t cached = preadv2(fd, in, 2, 0, RWF_NOWAIT);
  CHECK(cached == 6 || errno == EAGAIN || errno == EOPNOTSUPP);
  CHECK_ERRNO(EOPNOTSUPP, preadv2(fd, in, 2, 0, 0x40000000));
  CHECK_ERRNO(EINVAL, preadv2(fd, in, -1, 0, 0));
  CHECK_ERRNO(EINVAL, preadv2(fd, in, 2, -2, 0));
  close(fd);
}

static void space_has_modes(void) {
  char block[4096 * 4], read_back[4096 * 4];
  for (size_t i = 0; i < sizeof(block); ++i) block[i] = 'a' + i / 4096;
  const int fd = make_file("space", "");
  CHECK(write(fd, block, sizeof(block)) == sizeof(block));
  struct stat st;
  if (supported(fallocate(fd, FALLOC_FL_KEEP_SIZE, 65536, 4096))) {
    CHECK(fstat(fd, &st) == 0 && st.st_size == sizeof(block));
  }
  const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  if (supported(fallocate(fd, punch, 4096, 4096))) {
    CHECK(pread(fd, read_back, 4096, 4096) == 4096);
    CHECK(read_back[0] == 0 && read_back[4095] == 0);
  }
  if (supported(fallocate(fd, FALLOC_FL_ZERO_RANGE, 8192, 4096))) {
    CHECK(pread(fd, read_back, 4096, 8192) == 4096 && read_back[5] == 0);
  }
  if (supported(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096))) {
    CHECK(fstat(fd, &st) == 0 && st.st_size == sizeof(block) - 4096);
    CHECK(pread(fd, read_back, 1, 8192) == 1 && read_back[0] == 'd');
    CHECK(supported(fallocate(fd, FALLOC_FL_INSERT_RANGE, 0, 4096)));
    CHECK(fstat(fd, &st) == 0 && st.st_size == sizeof(block));
  }
  CHECK_ERRNO(EOPNOTSUPP, fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 4096));
  CHECK_ERRNO(EINVAL, fallocate(fd, 0, -1, 4096));
  CHECK_ERRNO(EINVAL, fallocate(fd, 0, 0, 0));
  CHECK(posix_fallocate(fd, 0, 100000) == 0);
  CHECK(fstat(fd, &st) == 0 && st.st_size == 100000);
  close(fd);
}

static int in_child(int (*function)(int), int fd) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) _exit(function(fd));
  int status;
  CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
  return WEXITSTATUS(status);
}

static int lock_inherited(int fd) { return flock(fd, LOCK_EX | LOCK_NB) != 0; }
static int lock_again(int fd) {
  const int other = open("locked", O_RDWR);
  const int failed =
      flock(other, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  return failed + 2 * (flock(other, LOCK_SH | LOCK_NB) != 0) + 0 * fd;
}
static int unlock(int fd) { return flock(fd, LOCK_UN) != 0; }

static void file_locks_belong_to_the_open_file(void) {
  const int fd = make_file("locked", "");
  CHECK(flock(fd, LOCK_EX) == 0);
  CHECK(in_child(lock_inherited, fd) == 0);
  CHECK(in_child(lock_again, fd) == 3);
  CHECK(flock(fd, LOCK_SH) == 0 && in_child(lock_again, fd) == 1);
  CHECK(in_child(unlock, fd) == 0);
  CHECK(in_child(lock_again, fd) == 0);
  CHECK_ERRNO(EINVAL, flock(fd, 0));
  close(fd);
}

static struct flock whole(short type) {
  return (struct flock){.l_type = type, .l_whence = SEEK_SET};
}
static int take_ofd(int fd) {
  struct flock lock = whole(F_WRLCK);
  return fcntl(fd, F_OFD_SETLK, &lock) != 0;
}
static int take_ofd_elsewhere(int unused) {
  return take_ofd(open("ofd", O_RDWR)) + 0 * unused;
}

static void open_file_locks_cross_fork(void) {
  const int fd = make_file("ofd", "");
  CHECK(take_ofd(fd) == 0);
  CHECK(in_child(take_ofd, fd) == 0 && in_child(take_ofd_elsewhere, 0) == 1);
  // A child that closes its copy does not unlock.
  CHECK(in_child(close, fd) == 0 && in_child(take_ofd_elsewhere, 0) == 1);
  struct flock lock = whole(F_UNLCK);
  CHECK(fcntl(fd, F_OFD_SETLK, &lock) == 0 &&
        in_child(take_ofd_elsewhere, 0) == 0);
  lock = whole(F_WRLCK);
  lock.l_pid = 1;
  CHECK_ERRNO(EINVAL, fcntl(fd, F_OFD_SETLK, &lock));
  close(fd);
}

static void attributes_obey_their_flags(void) {
  const int fd = make_file("attributes", "");
  if (!supported(fsetxattr(fd, "user.a", "1", 1, XATTR_CREATE))) return;
  CHECK_ERRNO(EEXIST, fsetxattr(fd, "user.a", "2", 1, XATTR_CREATE));
  CHECK_ERRNO(ENODATA, fsetxattr(fd, "user.b", "2", 1, XATTR_REPLACE));
  CHECK(fsetxattr(fd, "user.a", "two", 3, XATTR_REPLACE) == 0);
  char value[8] = "";
  CHECK(fgetxattr(fd, "user.a", NULL, 0) == 3);
  CHECK_ERRNO(ERANGE, fgetxattr(fd, "user.a", value, 2));
  CHECK(getxattr("attributes", "user.a", value, 8) == 3 &&
        !strcmp(value, "two"));
  CHECK_ERRNO(ENODATA, fgetxattr(fd, "user.none", value, 8));
  char list[64];
  CHECK(flistxattr(fd, list, sizeof(list)) == 7 && !strcmp(list, "user.a"));
  CHECK(fremovexattr(fd, "user.a") == 0);
  CHECK_ERRNO(ENODATA, fremovexattr(fd, "user.a"));
  close(fd);
}

static void devices_keep_their_promises(void) {
  char data[64];
  memset(data, 'x', sizeof(data));
  int fd = open("/dev/zero", O_RDWR);
  CHECK(read(fd, data, 64) == 64 && data[0] == 0 && data[63] == 0);
  CHECK(write(fd, data, 64) == 64);
  void* memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  CHECK(memory != MAP_FAILED && *(char*)memory == 0);
  CHECK(munmap(memory, 4096) == 0 && close(fd) == 0);
  fd = open("/dev/null", O_RDWR);
  CHECK(read(fd, data, 64) == 0 && write(fd, data, 64) == 64);
  CHECK(lseek(fd, 100, SEEK_SET) == 0 && close(fd) == 0);
  fd = open("/dev/full", O_RDWR);
  CHECK(read(fd, data, 64) == 64 && data[9] == 0);
  CHECK_ERRNO(ENOSPC, write(fd, data, 1));
  close(fd);
  fd = open("/dev/urandom", O_RDONLY);
  char more[64];
  CHECK(read(fd, data, 64) == 64 && read(fd, more, 64) == 64);
  CHECK(memcmp(data, more, 64) != 0 && close(fd) == 0);
  struct stat st;
  CHECK(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
  CHECK(st.st_rdev == 0x103 && stat("/dev/fd", &st) == 0);
}

static volatile sig_atomic_t resized;
static void count_resize(int signal) { resized += signal == SIGWINCH; }

static void windows_that_change_send_a_signal(void) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
  char name[64];
  CHECK(ptsname_r(master, name, sizeof(name)) == 0);
  int ready[2];
  CHECK(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    CHECK(setsid() > 0 && signal(SIGWINCH, count_resize) != SIG_ERR);
    const int slave = open(name, O_RDWR | O_NOCTTY);
    CHECK(slave >= 0 && ioctl(slave, TIOCSCTTY, 0) == 0);
    CHECK(tcgetpgrp(slave) == getpid() && tcgetsid(slave) == getpid());
    sigset_t none, blocked;
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGWINCH);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    CHECK(write(ready[1], "r", 1) == 1);
    while (!resized) sigsuspend(&none);
    struct winsize size;
    CHECK(ioctl(slave, TIOCGWINSZ, &size) == 0 && size.ws_row == 50);
    _exit(0);
  }
  char byte;
  CHECK(read(ready[0], &byte, 1) == 1);
  const struct winsize size = {.ws_row = 50, .ws_col = 132};
  CHECK(ioctl(master, TIOCSWINSZ, &size) == 0);
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  close(master);
}

static void background_writers_can_be_stopped(void) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
  char name[64];
  CHECK(ptsname_r(master, name, sizeof(name)) == 0);
  const pid_t leader = fork();
  if (leader == 0) {
    CHECK(setsid() > 0);
    const int slave = open(name, O_RDWR);
    struct termios modes;
    CHECK(slave >= 0 && tcgetattr(slave, &modes) == 0);
    modes.c_lflag |= TOSTOP;
    CHECK(tcsetattr(slave, TCSANOW, &modes) == 0);
    const pid_t writer = fork();
    if (writer == 0) {
      setpgid(0, 0);
      _exit(write(slave, "x", 1) != 1);
    }
    int status;
    CHECK(waitpid(writer, &status, WUNTRACED) == writer);
    CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU);
    signal(SIGTTOU, SIG_IGN);
    CHECK(tcsetpgrp(slave, writer) == 0 && kill(-writer, SIGCONT) == 0);
    CHECK(waitpid(writer, &status, 0) == writer && status == 0);
    _exit(0);
  }
  int status;
  CHECK(waitpid(leader, &status, 0) == leader && status == 0);
  close(master);
}

int main(void) {
  CASE(flags_of_writing_are_reported);
  CASE(vectors_have_flags);
  CASE(space_has_modes);
  CASE(file_locks_belong_to_the_open_file);
  CASE(open_file_locks_cross_fork);
  CASE(attributes_obey_their_flags);
  CASE(devices_keep_their_promises);
  CASE(windows_that_change_send_a_signal);
  CASE(background_writers_can_be_stopped);
  return 0;
}
