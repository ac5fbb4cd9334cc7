// POSIX shared memory objects: shm_overview(7). No test names a directory, so
// that a guest has what it has when nothing is granted.

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>

#include "check.h"
#include "children.h"

enum { kPage = 4096 };
static char name[32];
static char path[48];  // of the object of that name

static int make(void) {
  const int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
  CHECK(fd >= 0);
  return fd;
}

static void finish(int fd) {
  CHECK(close(fd) == 0);
  CHECK(shm_unlink(name) == 0);
}

static char* map(int fd, size_t size, int protection) {
  char* const at = mmap(NULL, size, protection, MAP_SHARED, fd, 0);
  CHECK(at != MAP_FAILED);
  return at;
}

static void object_exists_until_unlinked(void) {
  CHECK_ERRNO(ENOENT, shm_open(name, O_RDWR, 0));
  const int fd = make();
  CHECK_ERRNO(EEXIST, shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
  const int again = shm_open(name, O_RDONLY, 0);
  CHECK(again >= 0);
  CHECK(close(again) == 0);
  CHECK(shm_unlink(name) == 0);
  CHECK_ERRNO(ENOENT, shm_unlink(name));
  CHECK_ERRNO(ENOENT, shm_open(name, O_RDWR, 0));
  CHECK(ftruncate(fd, kPage) == 0);
  CHECK(close(fd) == 0);
}

static void new_object_is_empty_and_grows_with_zeroes(void) {
  const int fd = make();
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_size == 0 && S_ISREG(st.st_mode));
  CHECK((st.st_mode & 0777) == 0600);
  CHECK(st.st_uid == geteuid() && st.st_gid == getegid());
  CHECK(ftruncate(fd, 3 * kPage) == 0);
  char* const at = map(fd, 3 * kPage, PROT_READ | PROT_WRITE);
  for (int i = 0; i < 3 * kPage; ++i) CHECK(at[i] == 0);
  CHECK(munmap(at, 3 * kPage) == 0);
  finish(fd);
}

static void descriptor_is_closed_by_exec(void) {
  const int fd = make();
  CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  finish(fd);
}

static void mappings_of_related_and_unrelated_openers_agree(void) {
  const int fd = make();
  CHECK(ftruncate(fd, kPage) == 0);
  char* const one = map(fd, kPage, PROT_READ | PROT_WRITE);
  const int other_fd = shm_open(name, O_RDWR, 0);
  CHECK(other_fd >= 0);
  char* const two = map(other_fd, kPage, PROT_READ | PROT_WRITE);
  CHECK(close(other_fd) == 0);
  strcpy(one, "hello");
  CHECK(strcmp(two, "hello") == 0);
  CHECK(munmap(one, kPage) == 0 && munmap(two, kPage) == 0);
  finish(fd);
}

static void child_finds_what_the_parent_made(void) {
  const int fd = make();
  CHECK(ftruncate(fd, kPage) == 0);
  volatile char* const at = map(fd, kPage, PROT_READ | PROT_WRITE);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    const int own = shm_open(name, O_RDWR, 0);
    CHECK(own >= 0);
    map(own, kPage, PROT_READ | PROT_WRITE)[5] = 42;
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(at[5] == 42);
  CHECK(munmap((void*)at, kPage) == 0);
  finish(fd);
}

static void parent_finds_what_a_dead_child_made(void) {
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    const int fd = make();
    CHECK(write(fd, "left behind", 11) == 11);
    kill(getpid(), SIGKILL);
  }
  CHECK(WTERMSIG(wait_for(pid)) == SIGKILL);
  const int fd = shm_open(name, O_RDONLY, 0);
  CHECK(fd >= 0);
  char text[16] = "";
  CHECK(read(fd, text, sizeof(text)) == 11 && strcmp(text, "left behind") == 0);
  finish(fd);
}

static void read_only_object_cannot_be_mapped_for_writing(void) {
  const int fd = make();
  CHECK(ftruncate(fd, kPage) == 0);
  const int reader = shm_open(name, O_RDONLY, 0);
  CHECK(reader >= 0);
  CHECK_ERRNO(EACCES,
              (intptr_t)mmap(NULL, kPage, PROT_WRITE, MAP_SHARED, reader, 0));
  CHECK_ERRNO(EINVAL, ftruncate(reader, 0));
  CHECK(close(reader) == 0);
  finish(fd);
}

static void truncation_of_an_existing_object(void) {
  const int fd = make();
  CHECK(write(fd, "content", 7) == 7);
  const int again = shm_open(name, O_RDWR | O_TRUNC, 0);
  CHECK(again >= 0);
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_size == 0);
  CHECK(close(again) == 0);
  finish(fd);
}

static void bad_names_are_refused(void) {
  char long_name[NAME_MAX + 3] = "/";
  memset(long_name + 1, 'n', NAME_MAX + 1);
  CHECK_ERRNO(ENAMETOOLONG, shm_open(long_name, O_RDWR | O_CREAT, 0600));
  CHECK_ERRNO(EINVAL, shm_open("/one/two", O_RDWR | O_CREAT, 0600));
  CHECK_ERRNO(EINVAL, shm_open("/..", O_RDWR | O_CREAT, 0600));
}

static void object_is_a_file_in_dev_shm(void) {
  const int fd = make();
  struct stat by_name, by_fd;
  CHECK(stat(path, &by_name) == 0 && fstat(fd, &by_fd) == 0);
  CHECK(by_name.st_ino == by_fd.st_ino && by_name.st_dev == by_fd.st_dev);
  DIR* const directory = opendir("/dev/shm");
  CHECK(directory != NULL);
  int found = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    found |= strcmp(entry->d_name, name + 1) == 0;
  }
  CHECK(closedir(directory) == 0);
  CHECK(found);
  struct stat st;
  CHECK(stat("/dev/shm", &st) == 0);
  CHECK(S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 01777);
  CHECK(st.st_dev == by_fd.st_dev);
  struct statfs fs;
  CHECK(statfs("/dev/shm", &fs) == 0);
  CHECK(fs.f_type == 0x01021994);  // TMPFS_MAGIC
  finish(fd);
}

static void directory_is_an_ordinary_one(void) {
  char other[64];
  snprintf(other, sizeof(other), "%s-other", path);
  const int fd = make();
  CHECK(link(path, other) == 0);
  CHECK(unlink(other) == 0);
  CHECK(rename(path, other) == 0);
  CHECK_ERRNO(ENOENT, shm_open(name, O_RDWR, 0));
  CHECK(rename(other, path) == 0);
  CHECK(mkdir(other, 0700) == 0 && rmdir(other) == 0);
  CHECK(symlink(path, other) == 0);
  const int through = open(other, O_RDWR);
  CHECK(through >= 0 && close(through) == 0);
  CHECK(unlink(other) == 0);
  CHECK(chdir("/dev/shm") == 0);
  char cwd[64];
  CHECK(getcwd(cwd, sizeof(cwd)) != NULL && strcmp(cwd, "/dev/shm") == 0);
  CHECK(access(name + 1, R_OK | W_OK) == 0);
  CHECK(chdir("/") == 0);
  finish(fd);
}

static void space_is_bounded(void) {
  const int fd = make();
  CHECK_ERRNO(ENOSPC, fallocate(fd, 0, 0, INT64_C(1) << 50));
  struct statfs fs;
  CHECK(fstatfs(fd, &fs) == 0);
  CHECK(fs.f_blocks > 0);
  finish(fd);
}

static void locks_and_sizes_work_as_in_files(void) {
  const int fd = make();
  CHECK(write(fd, "0123456789", 10) == 10);
  CHECK(lseek(fd, 3, SEEK_SET) == 3);
  char text[4] = "";
  CHECK(read(fd, text, 3) == 3 && strcmp(text, "345") == 0);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 4};
  CHECK(fcntl(fd, F_SETLK, &lock) == 0);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    const int own = shm_open(name, O_RDWR, 0);
    CHECK(own >= 0);
    struct flock wanted = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    CHECK(fcntl(own, F_SETLK, &wanted) == -1);
    CHECK(errno == EAGAIN || errno == EACCES);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  finish(fd);
}

static void mapping_outlives_name_and_descriptor(void) {
  const int fd = make();
  CHECK(ftruncate(fd, kPage) == 0);
  char* const at = map(fd, kPage, PROT_READ | PROT_WRITE);
  finish(fd);
  strcpy(at, "still mine");
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    CHECK(strcmp(at, "still mine") == 0);
    at[0] = 'S';
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(at[0] == 'S');
  CHECK(munmap(at, kPage) == 0);
}

int main(void) {
  snprintf(name, sizeof(name), "/slipway-test-%d", getpid());
  snprintf(path, sizeof(path), "/dev/shm%s", name);
  CASE(object_exists_until_unlinked);
  CASE(new_object_is_empty_and_grows_with_zeroes);
  CASE(descriptor_is_closed_by_exec);
  CASE(mappings_of_related_and_unrelated_openers_agree);
  CASE(child_finds_what_the_parent_made);
  CASE(parent_finds_what_a_dead_child_made);
  CASE(read_only_object_cannot_be_mapped_for_writing);
  CASE(truncation_of_an_existing_object);
  CASE(bad_names_are_refused);
  CASE(object_is_a_file_in_dev_shm);
  CASE(directory_is_an_ordinary_one);
  CASE(space_is_bounded);
  CASE(locks_and_sizes_work_as_in_files);
  CASE(mapping_outlives_name_and_descriptor);
  return 0;
}
