// Limits of memory, what may be locked, and the arguments that mmap refuses.
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "mapping.h"

enum { kPage = 4096, kMany = 64 << 20 };
static void* map(size_t size, int protection, int flags) {
  return mmap(NULL, size, protection, flags, -1, 0);
}

// Runs it in a child, without the privileges of root.
static void in_child(void (*body)(void)) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    // In a namespace that has no other id, root has no privileges.
    CHECK(geteuid() != 0 || setresuid(65534, 65534, 65534) == 0 ||
          errno == EINVAL);
    body();
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void limit(int resource, rlim_t bytes) {
  struct rlimit value;
  CHECK(getrlimit(resource, &value) == 0);
  value.rlim_cur = bytes;
  CHECK(setrlimit(resource, &value) == 0);
  struct rlimit now;
  CHECK(getrlimit(resource, &now) == 0 && now.rlim_cur == bytes &&
        now.rlim_max == value.rlim_max);
}

static void no_more_address_space(void) {
  char* const before = map(4 * kPage, READ_WRITE, ANONYMOUS);
  limit(RLIMIT_AS, kPage);  // less than there is already
  CHECK_REFUSED(ENOMEM, map(kPage, READ_WRITE, ANONYMOUS));
  CHECK_REFUSED(ENOMEM, map(kPage, PROT_NONE, ANONYMOUS));
  CHECK_REFUSED(ENOMEM, map(kPage, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS));
  CHECK_REFUSED(ENOMEM, mremap(before, 4 * kPage, kMany, MREMAP_MAYMOVE));
  CHECK(mprotect(before, kPage, PROT_READ) == 0);
  CHECK(munmap(before, 4 * kPage) == 0);
  char* const top = sbrk(0);
  CHECK((char*)syscall(SYS_brk, top + kMany) != top + kMany);
  limit(RLIMIT_AS, RLIM_INFINITY);
  CHECK(map(kPage, READ_WRITE, ANONYMOUS) != MAP_FAILED);
}

static void address_space_is_bounded(void) { in_child(no_more_address_space); }

static void some_address_space(void) {
  limit(RLIMIT_AS, (rlim_t)1 << 32);
  void* const half = map((size_t)1 << 31, PROT_NONE, ANONYMOUS | MAP_NORESERVE);
  CHECK(half != MAP_FAILED);
  CHECK_REFUSED(ENOMEM,
                map((size_t)1 << 31, PROT_NONE, ANONYMOUS | MAP_NORESERVE));
  CHECK(munmap(half, (size_t)1 << 31) == 0);
  CHECK(map((size_t)1 << 31, PROT_NONE, ANONYMOUS | MAP_NORESERVE) !=
        MAP_FAILED);
  void* volatile const block = malloc((size_t)3 << 30);
  CHECK(block == NULL);
}

static void what_is_unmapped_can_be_mapped_again(void) {
  in_child(some_address_space);
}

static void no_more_data(void) {
  char* const constant = map(kMany, PROT_READ, ANONYMOUS);
  char* const data = map(2 * kPage, READ_WRITE, ANONYMOUS);
  CHECK(constant != MAP_FAILED && data != MAP_FAILED);
  limit(RLIMIT_DATA, kPage);
  CHECK_REFUSED(ENOMEM, map(kPage, READ_WRITE, ANONYMOUS));
  CHECK(map(kPage, PROT_READ, ANONYMOUS) != MAP_FAILED);
  CHECK(map(kPage, PROT_NONE, ANONYMOUS) != MAP_FAILED);
  CHECK(map(kPage, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS) != MAP_FAILED);
  CHECK_ERRNO(ENOMEM, mprotect(constant, kMany, READ_WRITE));
  CHECK(constant[0] == 0);
  CHECK(mprotect(data, kPage, PROT_READ) == 0);
  CHECK_REFUSED(ENOMEM, mremap(data + kPage, kPage, kMany, MREMAP_MAYMOVE));
  CHECK(munmap(data, 2 * kPage) == 0);
  char* const top = sbrk(0);
  CHECK((char*)syscall(SYS_brk, top + kMany) != top + kMany);
}

static void data_is_bounded(void) { in_child(no_more_data); }

static void lower_and_keep(void) {
  for (int i = 0; i < 3; ++i) {
    const int resource = (int[]){RLIMIT_AS, RLIMIT_DATA, RLIMIT_NOFILE}[i];
    const rlim_t most = resource == RLIMIT_NOFILE ? 64 : (rlim_t)1 << 40;
    const struct rlimit lower = {most / 2, most};
    CHECK(setrlimit(resource, &lower) == 0);
    struct rlimit now;
    CHECK(getrlimit(resource, &now) == 0);
    CHECK(now.rlim_cur == most / 2 && now.rlim_max == most);
    const struct rlimit all = {most, most}, more = {most, most + 1};
    CHECK(setrlimit(resource, &all) == 0);
    CHECK_ERRNO(EPERM, setrlimit(resource, &more));
    const struct rlimit wrong = {most + 1, most};
    CHECK_ERRNO(EINVAL, setrlimit(resource, &wrong));
    // What children inherit.
    const pid_t child = fork();
    if (child == 0) {
      CHECK(getrlimit(resource, &now) == 0 && now.rlim_max == most);
      _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
}

static void hard_limits_are_kept(void) { in_child(lower_and_keep); }

static void limits_of_a_child_are_seen(void) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    char byte;
    close(ends[1]);
    CHECK(read(ends[0], &byte, 1) == 0);
    struct rlimit now;
    CHECK(getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_cur == 0);
    _exit(0);
  }
  close(ends[0]);
  struct rlimit old, none;
  CHECK(prlimit(child, RLIMIT_CORE, NULL, &old) == 0);
  none = (struct rlimit){0, old.rlim_max};
  CHECK(prlimit(child, RLIMIT_CORE, &none, &old) == 0);
  CHECK(close(ends[1]) == 0);
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK_ERRNO(ESRCH, prlimit(child, RLIMIT_CORE, NULL, &old));
  CHECK_ERRNO(EINVAL, prlimit(0, 99, NULL, &old));
}

static void lock_some(void) {
  limit(RLIMIT_MEMLOCK, 8 * kPage);
  char* const at = map(16 * kPage, READ_WRITE, ANONYMOUS);
  CHECK(mlock(at, 8 * kPage) == 0);
  CHECK_ERRNO(ENOMEM, mlock(at + 8 * kPage, kPage));
  CHECK(munlock(at, 4 * kPage) == 0 && mlock(at + 8 * kPage, kPage) == 0);
  CHECK(munlockall() == 0);
  CHECK_ERRNO(ENOMEM, mlockall(MCL_CURRENT));
  CHECK(mlock(at + kPage + 1, kPage) == 0);  // two pages
  CHECK_REFUSED(EAGAIN, map(16 * kPage, READ_WRITE, ANONYMOUS | MAP_LOCKED));
  limit(RLIMIT_MEMLOCK, 0);
  CHECK_ERRNO(EPERM, mlock(at, kPage));
  CHECK_ERRNO(EPERM, mlockall(MCL_CURRENT | MCL_FUTURE));
  // By number: musl's mmap has another errno for this.
  CHECK_ERRNO(EPERM, syscall(SYS_mmap, NULL, (long)kPage, (long)READ_WRITE,
                             (long)(ANONYMOUS | MAP_LOCKED), -1L, 0L));
  CHECK(munlock(at, 16 * kPage) == 0 && munmap(at, 16 * kPage) == 0);
}

static void locking_is_bounded(void) { in_child(lock_some); }

static long locked_kilobytes(void) {
  static char text[8192];
  const int fd = open("/proc/self/status", O_RDONLY);
  CHECK(fd >= 0);
  const ssize_t size = read(fd, text, sizeof(text) - 1);
  CHECK(size > 0 && close(fd) == 0);
  text[size] = 0;
  const char* const line = strstr(text, "\nVmLck:");
  CHECK(line != NULL);
  return strtol(line + 7, NULL, 10);
}

static void lock_what_comes(void) {
  limit(RLIMIT_MEMLOCK, 8 * kPage);
  CHECK(mlockall(MCL_FUTURE) == 0);
  const long before = locked_kilobytes();
  char* const at = map(4 * kPage, READ_WRITE, ANONYMOUS);
  CHECK(at != MAP_FAILED && locked_kilobytes() - before == 16);
  CHECK_REFUSED(EAGAIN, map(16 * kPage, READ_WRITE, ANONYMOUS));
  CHECK(munmap(at, 4 * kPage) == 0 && locked_kilobytes() == before);
  const pid_t child = fork();
  if (child == 0) {
    CHECK(map(16 * kPage, READ_WRITE, ANONYMOUS) != MAP_FAILED);
    CHECK(locked_kilobytes() == 0);
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(munlockall() == 0);
  CHECK(map(16 * kPage, READ_WRITE, ANONYMOUS) != MAP_FAILED);
  CHECK(locked_kilobytes() == 0);
}

static void future_memory_is_locked(void) { in_child(lock_what_comes); }

static void bad_locks_are_refused(void) {
  CHECK_ERRNO(EINVAL, mlockall(0));
  CHECK_ERRNO(EINVAL, mlockall(64));
  CHECK_ERRNO(EINVAL, mlockall(4 /* MCL_ONFAULT alone */));
  char* const at = map(2 * kPage, READ_WRITE, ANONYMOUS);
  CHECK_ERRNO(EINVAL, mlock2(at, kPage, 2));
  CHECK(munmap(at + kPage, kPage) == 0);
  CHECK_ERRNO(ENOMEM, mlock(at, 2 * kPage));
  CHECK_ERRNO(ENOMEM, munlock(at, 2 * kPage));
  CHECK(munlockall() == 0 && munmap(at, kPage) == 0);
}

// Whether as much as the process has may be locked depends on who runs it.
static void pages_that_do_not_exist_are_not_locked(void) {
  const int allowed = mlockall(MCL_CURRENT);
  CHECK(munlockall() == 0);
  const int empty = memfd_create("empty", 0);
  char* const beyond = mmap(NULL, kPage, PROT_READ, MAP_SHARED, empty, 0);
  CHECK(empty >= 0 && beyond != MAP_FAILED);
  CHECK(mlockall(MCL_CURRENT) == allowed);
  CHECK(munlockall() == 0 && munmap(beyond, kPage) == 0 && close(empty) == 0);
}

static void mmap_checks_its_arguments(void) {
  CHECK_REFUSED(EINVAL, map(0, READ_WRITE, ANONYMOUS));
  CHECK_REFUSED(EINVAL, map(kPage, READ_WRITE, MAP_ANONYMOUS));
  CHECK_REFUSED(EINVAL,
                map(kPage, READ_WRITE, MAP_SHARED_VALIDATE | MAP_ANONYMOUS));
  CHECK_REFUSED(ENOMEM, map(SIZE_MAX, READ_WRITE, ANONYMOUS));
  CHECK_REFUSED(ENOMEM, map((size_t)1 << 62, READ_WRITE, ANONYMOUS));
  CHECK((void*)syscall(SYS_mmap, NULL, (long)kPage, (long)READ_WRITE,
                       (long)ANONYMOUS, -1L, 1L) == MAP_FAILED);
  CHECK(errno == EINVAL);
  CHECK_REFUSED(EBADF, mmap(NULL, kPage, PROT_READ, MAP_PRIVATE, -1, 0));
  CHECK_REFUSED(EBADF, mmap(NULL, 0, PROT_READ, MAP_PRIVATE, -1, 0));
}

static void mmap_checks_the_file(void) {
  const int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0 && ftruncate(fd, 2 * kPage) == 0);
  CHECK_REFUSED(EINVAL, mmap(NULL, kPage, PROT_READ, 0, fd, 0));
  CHECK_REFUSED(EINVAL, mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0));
  CHECK_REFUSED(EOPNOTSUPP, mmap(NULL, kPage, PROT_READ,
                                 MAP_SHARED_VALIDATE | (1 << 25), fd, 0));
  void* const valid = mmap(NULL, kPage, PROT_READ, MAP_SHARED_VALIDATE, fd, 0);
  CHECK(valid != MAP_FAILED && munmap(valid, kPage) == 0);
  const int directory = open(".", O_RDONLY | O_DIRECTORY);
  CHECK_REFUSED(ENODEV,
                mmap(NULL, kPage, PROT_READ, MAP_PRIVATE, directory, 0));
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK_REFUSED(ENODEV, mmap(NULL, kPage, PROT_READ, MAP_SHARED, ends[0], 0));
  close(ends[0]), close(ends[1]), close(directory), close(fd);
}

static void a_taken_place_is_not_replaced(void) {
  char* const at = map(4 * kPage, READ_WRITE, ANONYMOUS);
  at[kPage] = 't';
  const int flags = ANONYMOUS | MAP_FIXED_NOREPLACE;
  CHECK_REFUSED(EEXIST, mmap(at, kPage, READ_WRITE, flags, -1, 0));
  CHECK(munmap(at, kPage) == 0);
  CHECK_REFUSED(EEXIST, mmap(at, 2 * kPage, READ_WRITE, flags, -1, 0));
  CHECK_REFUSED(EINVAL, mmap(at + 1, kPage, READ_WRITE, flags, -1, 0));
  CHECK(mmap(at, kPage, READ_WRITE, flags, -1, 0) == at && at[kPage] == 't');
  CHECK_REFUSED(EINVAL,
                mmap(at + 1, kPage, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0));
  CHECK(mmap(at + 1, kPage, READ_WRITE, ANONYMOUS, -1, 0) != at);
  CHECK(munmap(at, 4 * kPage) == 0);
}

static void populated_memory_is_there(void) {
  char* const at = map(4 * kPage, READ_WRITE, ANONYMOUS | MAP_POPULATE);
  unsigned char vector[4] = {0};
  CHECK(at != MAP_FAILED && mincore(at, 4 * kPage, vector) == 0);
  for (int i = 0; i < 4; ++i) CHECK(vector[i] & 1);
  CHECK(munmap(at, 4 * kPage) == 0);
}

// What comes before a hole is changed all the same.
static void holes_are_found_on_the_way(void) {
  char* const at = map(4 * kPage, READ_WRITE, ANONYMOUS);
  memset(at, 'h', 4 * kPage);
  CHECK(munmap(at + 2 * kPage, kPage) == 0);
  CHECK_ERRNO(ENOMEM, madvise(at, 4 * kPage, MADV_DONTNEED));
  CHECK(at[0] == 0 && at[3 * kPage] == 0);
  CHECK_ERRNO(ENOMEM, mprotect(at, 4 * kPage, PROT_READ));
  at[3 * kPage] = 1;
  int ends[2];
  CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
  CHECK_ERRNO(EFAULT, (int)read(ends[0], at, 1));
  close(ends[0]), close(ends[1]);
  CHECK_ERRNO(ENOMEM, msync(at, 4 * kPage, MS_ASYNC));
  CHECK_ERRNO(EINVAL, msync(at, 4 * kPage, 64));
  CHECK_ERRNO(EINVAL, mprotect(at, kPage, 0x40));
  CHECK(munmap(at, 4 * kPage) == 0);
}

int main(void) {
  CASE(address_space_is_bounded);
  CASE(what_is_unmapped_can_be_mapped_again);
  CASE(data_is_bounded);
  CASE(hard_limits_are_kept);
  CASE(limits_of_a_child_are_seen);
  CASE(locking_is_bounded);
  CASE(future_memory_is_locked);
  CASE(bad_locks_are_refused);
  CASE(pages_that_do_not_exist_are_not_locked);
  CASE(mmap_checks_its_arguments);
  CASE(mmap_checks_the_file);
  CASE(a_taken_place_is_not_replaced);
  CASE(populated_memory_is_there);
  CASE(holes_are_found_on_the_way);
  return 0;
}
