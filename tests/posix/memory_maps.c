// Memory as pages: mapping, moving, protecting, advising; files and sharing.
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kPage = 4096 };
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define READ_WRITE (PROT_READ | PROT_WRITE)

static char* map(size_t pages) {
  char* at = mmap(NULL, pages * kPage, READ_WRITE, ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  return at;
}

static sigjmp_buf escape;
static siginfo_t fault;
static void on_fault(int signal, siginfo_t* info, void* context) {
  (void)signal;
  (void)context;
  fault = *info;
  siglongjmp(escape, 1);
}

// In a function of its own: it is what the handler leaves.
__attribute__((noinline)) static void use(volatile char* at, int write) {
  if (write) {
    *at = 1;
  } else {
    (void)*at;
  }
}

// The signal that touching `at` raises, 0 for none.
static int touch(volatile char* at, int write) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
  CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
  CHECK(sigaction(SIGBUS, &action, NULL) == 0);
  if (sigsetjmp(escape, 1)) {
    CHECK(fault.si_addr == (void*)at);
    return fault.si_signo;
  }
  use(at, write);
  return 0;
}

static int file_of(const char* name, size_t size) {
  const int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
  return fd;
}

static void new_memory_is_zero(void) {
  char* at = map(3);
  for (int i = 0; i < 3 * kPage; ++i) CHECK(at[i] == 0);
  CHECK(((uintptr_t)at & (kPage - 1)) == 0 && munmap(at, 3 * kPage) == 0);
}

static void parts_are_unmapped(void) {
  char* at = map(3);
  CHECK(munmap(at + kPage, kPage) == 0);
  CHECK(touch(at, 1) == 0 && touch(at + 2 * kPage, 1) == 0);
  CHECK(touch(at + kPage, 0) == SIGSEGV && fault.si_code == SEGV_MAPERR);
  CHECK(munmap(at, 3 * kPage) == 0);
  CHECK(munmap(at, 3 * kPage) == 0);  // nothing there any more: no error
  CHECK_ERRNO(EINVAL, munmap(at, 0));
  CHECK_ERRNO(EINVAL, munmap(at + 1, kPage));
}

static void fixed_places_are_taken(void) {
  char* at = map(4);
  memset(at, 'x', 4 * kPage);
  CHECK(mmap(at + kPage, kPage, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0) ==
        at + kPage);
  CHECK(at[kPage] == 0 && at[0] == 'x' && at[2 * kPage] == 'x');
  void* const refused =
      mmap(at, kPage, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  CHECK(refused == MAP_FAILED && errno == EEXIST);
  CHECK(munmap(at, 4 * kPage) == 0);
  CHECK(mmap(at, kPage, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) ==
        at);
  CHECK(munmap(at, kPage) == 0);
}

static void bad_requests_are_refused(void) {
  CHECK(mmap(NULL, 0, READ_WRITE, ANONYMOUS, -1, 0) == MAP_FAILED);
  CHECK(errno == EINVAL);
  CHECK(mmap(NULL, kPage, READ_WRITE, MAP_PRIVATE, -1, 0) == MAP_FAILED);
  CHECK(errno == EBADF);
  CHECK(mmap(NULL, kPage, READ_WRITE, MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  CHECK(errno == EINVAL);
  const int fd = file_of("f", kPage);
  CHECK(mmap(NULL, kPage, READ_WRITE, MAP_PRIVATE, fd, 5) == MAP_FAILED);
  CHECK(errno == EINVAL);
  const int reader = open("f", O_RDONLY), writer = open("f", O_WRONLY);
  CHECK(mmap(NULL, kPage, READ_WRITE, MAP_SHARED, reader, 0) == MAP_FAILED);
  CHECK(errno == EACCES);
  CHECK(mmap(NULL, kPage, PROT_READ, MAP_PRIVATE, writer, 0) == MAP_FAILED);
  CHECK(errno == EACCES);
  close(fd), close(reader), close(writer);
}

static void protection_is_enforced(void) {
  char* at = map(3);
  CHECK(mprotect(at + kPage, kPage, PROT_READ) == 0);
  CHECK(touch(at + kPage, 0) == 0 && touch(at, 1) == 0);
  CHECK(touch(at + kPage, 1) == SIGSEGV && fault.si_code == SEGV_ACCERR);
  CHECK(mprotect(at + kPage, kPage, PROT_NONE) == 0);
  CHECK(touch(at + kPage, 0) == SIGSEGV);
  CHECK(mprotect(at, 3 * kPage, READ_WRITE) == 0 && touch(at + kPage, 1) == 0);
  CHECK_ERRNO(EINVAL, (int)syscall(SYS_mprotect, at + 1, (long)kPage, 1L));
  CHECK(munmap(at, 3 * kPage) == 0);
  CHECK_ERRNO(ENOMEM, mprotect(at, kPage, PROT_READ));
}

static void private_file_maps_are_copies(void) {
  const int fd = file_of("private", kPage);
  CHECK(pwrite(fd, "original", 8, 0) == 8);
  char* at = mmap(NULL, kPage, READ_WRITE, MAP_PRIVATE, fd, 0);
  CHECK(at != MAP_FAILED && !memcmp(at, "original", 8));
  at[0] = 'O';
  char byte;
  CHECK(pread(fd, &byte, 1, 0) == 1 && byte == 'o');
  CHECK(close(fd) == 0 && at[1] == 'r' && munmap(at, kPage) == 0);
}

static void shared_file_maps_are_the_file(void) {
  const int fd = file_of("shared", 2 * kPage);
  char* at = mmap(NULL, 2 * kPage, READ_WRITE, MAP_SHARED, fd, 0);
  char* second = mmap(NULL, kPage, PROT_READ, MAP_SHARED, fd, kPage);
  CHECK(at != MAP_FAILED && second != MAP_FAILED);
  strcpy(at + kPage, "written");
  char text[8] = "";
  CHECK(pread(fd, text, 7, kPage) == 7 && !strcmp(text, "written"));
  CHECK(!strcmp(second, "written"));
  CHECK(pwrite(fd, "W", 1, kPage) == 1 && second[0] == 'W');
  CHECK(msync(at, 2 * kPage, MS_SYNC) == 0 && msync(at, kPage, MS_ASYNC) == 0);
  CHECK_ERRNO(EINVAL, msync(at, kPage, MS_SYNC | MS_ASYNC));
  CHECK(munmap(at, 2 * kPage) == 0 && munmap(second, kPage) == 0);
  CHECK_ERRNO(ENOMEM, msync(at, kPage, MS_SYNC));
  close(fd);
}

static void beyond_the_end_of_a_file_is_sigbus(void) {
  const int fd = file_of("short", 100);
  char* at = mmap(NULL, 2 * kPage, READ_WRITE, MAP_SHARED, fd, 0);
  CHECK(touch(at + 200, 0) == 0);
  CHECK(touch(at + kPage, 0) == SIGBUS && fault.si_code == BUS_ADRERR);
  CHECK(ftruncate(fd, 2 * kPage) == 0 && touch(at + kPage, 1) == 0);
  CHECK(munmap(at, 2 * kPage) == 0);
  close(fd);
}

static void forks_share_or_copy(void) {
  int* const shared =
      mmap(NULL, kPage, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int* const copied = (int*)map(1);
  const pid_t child = fork();
  if (child == 0) {
    *shared = 7;
    *copied = 7;
    _exit(0);
  }
  CHECK(waitpid(child, NULL, 0) == child && *shared == 7 && *copied == 0);
  munmap(shared, kPage);
  munmap(copied, kPage);
}

static void remapping_grows_and_shrinks(void) {
  char* at = map(2);
  memset(at, 'm', 2 * kPage);
  at = mremap(at, 2 * kPage, 64 * kPage, MREMAP_MAYMOVE);
  CHECK(at != MAP_FAILED && at[2 * kPage - 1] == 'm' && at[2 * kPage] == 0);
  CHECK(touch(at + 64 * kPage - 1, 1) == 0);
  CHECK(mremap(at, 64 * kPage, kPage, 0) == at && at[0] == 'm');
  CHECK(touch(at + kPage, 0) == SIGSEGV);
  CHECK(munmap(at, kPage) == 0);
}

static void remapping_to_a_place(void) {
  char *const at = map(2), *const there = map(4);
  memset(at, 'p', 2 * kPage);
  CHECK(mremap(at, 2 * kPage, 2 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED,
               there + kPage) == there + kPage);
  CHECK(there[kPage] == 'p' && there[0] == 0 && touch(at, 0) == SIGSEGV);
  CHECK(mremap(there, kPage, 2 * kPage, MREMAP_FIXED, at) == MAP_FAILED);
  CHECK(errno == EINVAL);
  CHECK(munmap(there, 4 * kPage) == 0);
}

static void remapping_in_place_may_fail(void) {
  char* const at = map(3);
  CHECK(mremap(at, kPage, 2 * kPage, 0) == MAP_FAILED && errno == ENOMEM);
  CHECK(munmap(at, 3 * kPage) == 0);
  CHECK(mremap(at, kPage, kPage, MREMAP_MAYMOVE) == MAP_FAILED);
  CHECK(errno == EFAULT);
}

static void advice_empties_pages(void) {
  char* const at = map(2);
  memset(at, 'a', 2 * kPage);
  CHECK(madvise(at, kPage, MADV_DONTNEED) == 0 && at[0] == 0 &&
        at[kPage] == 'a');
  CHECK(madvise(at, 2 * kPage, MADV_WILLNEED) == 0);
  CHECK(madvise(at, 2 * kPage, MADV_SEQUENTIAL) == 0);
  CHECK(posix_madvise(at, kPage, POSIX_MADV_NORMAL) == 0);
  CHECK_ERRNO(EINVAL, madvise(at + 1, kPage, MADV_DONTNEED));
  CHECK_ERRNO(EINVAL, madvise(at, kPage, 9999));
  CHECK(munmap(at, 2 * kPage) == 0);
}

static void pages_can_be_wiped_in_children(void) {
  char* const at = map(1);
  at[0] = 'w';
  CHECK(madvise(at, kPage, MADV_WIPEONFORK) == 0);
  const pid_t child = fork();
  if (child == 0) _exit(at[0] != 0);
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0 && at[0] == 'w');
  CHECK(munmap(at, kPage) == 0);
}

static void residency_is_told(void) {
  unsigned char vector[2] = {9, 9};
  char* const at = map(2);
  at[0] = 1;
  CHECK(mincore(at, 2 * kPage, vector) == 0 && (vector[0] & 1) &&
        !(vector[1] & 1));
  CHECK_ERRNO(EINVAL, mincore(at + 1, kPage, vector));
  CHECK(munmap(at, 2 * kPage) == 0);
  CHECK_ERRNO(ENOMEM, mincore(at, kPage, vector));
}

static void pages_can_be_locked(void) {
  char* const at = map(1);
  CHECK(mlock(at, kPage) == 0 && munlock(at, kPage) == 0);
  CHECK(mlock2(at, kPage, 1 /* MLOCK_ONFAULT */) == 0);
  CHECK(munlockall() == 0 && munmap(at, kPage) == 0);
  CHECK_ERRNO(ENOMEM, mlock(at, kPage));
}

static void memory_files_can_be_sealed(void) {
  const int fd = memfd_create("name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  CHECK(fd >= 0 && write(fd, "data", 4) == 4 &&
        fcntl(fd, F_GETFD) == FD_CLOEXEC);
  CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0);
  CHECK_ERRNO(EPERM, ftruncate(fd, 0));
  CHECK_ERRNO(EPERM, ftruncate(fd, 100));
  CHECK(pwrite(fd, "D", 1, 0) == 1);
  char* const at = mmap(NULL, kPage, READ_WRITE, MAP_SHARED, fd, 0);
  CHECK(at != MAP_FAILED);
  CHECK_ERRNO(EBUSY, fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  CHECK(munmap(at, kPage) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0);
  CHECK_ERRNO(EPERM, pwrite(fd, "x", 1, 0));
  CHECK(mmap(NULL, kPage, READ_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
  CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL) == 0);
  CHECK_ERRNO(EPERM, fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
  CHECK(fcntl(fd, F_GET_SEALS) ==
        (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
  close(fd);
}

static void shared_memory_objects_have_names(void) {
  const int fd =
      shm_open("/slipway-test-object", O_RDWR | O_CREAT | O_EXCL, 0600);
  CHECK(fd >= 0 && ftruncate(fd, kPage) == 0);
  char* const at = mmap(NULL, kPage, READ_WRITE, MAP_SHARED, fd, 0);
  strcpy(at, "by name");
  const int other = shm_open("/slipway-test-object", O_RDONLY, 0);
  char text[8];
  CHECK(read(other, text, 8) == 8 && !strcmp(text, "by name"));
  CHECK(shm_unlink("/slipway-test-object") == 0);
  CHECK_ERRNO(ENOENT, shm_open("/slipway-test-object", O_RDONLY, 0));
  CHECK(munmap(at, kPage) == 0);
  close(fd);
  close(other);
}

static void the_break_moves(void) {
  char* const start = sbrk(0);
  CHECK(start != (void*)-1);
  const long moved = syscall(SYS_brk, start + 3 * kPage);
  CHECK((char*)moved == start + 3 * kPage);
  start[3 * kPage - 1] = 1;
  CHECK((char*)syscall(SYS_brk, start) == start);
}

static void huge_reservations_cost_nothing(void) {
  char* const at =
      mmap(NULL, 64ul << 30, PROT_NONE, ANONYMOUS | MAP_NORESERVE, -1, 0);
  CHECK(at != MAP_FAILED);
  CHECK(mprotect(at + (32ul << 30), kPage, READ_WRITE) == 0);
  CHECK(touch(at + (32ul << 30), 1) == 0 && touch(at, 0) == SIGSEGV);
  CHECK(munmap(at, 64ul << 30) == 0);
}

static void null_is_not_there(void) {
  volatile char* nothing = (volatile char*)8;
  CHECK(touch(nothing, 0) == SIGSEGV && fault.si_code == SEGV_MAPERR);
}

int main(void) {
  CASE(new_memory_is_zero);
  CASE(parts_are_unmapped);
  CASE(fixed_places_are_taken);
  CASE(bad_requests_are_refused);
  CASE(protection_is_enforced);
  CASE(private_file_maps_are_copies);
  CASE(shared_file_maps_are_the_file);
  CASE(beyond_the_end_of_a_file_is_sigbus);
  CASE(forks_share_or_copy);
  CASE(remapping_grows_and_shrinks);
  CASE(remapping_to_a_place);
  CASE(remapping_in_place_may_fail);
  CASE(advice_empties_pages);
  CASE(pages_can_be_wiped_in_children);
  CASE(residency_is_told);
  CASE(pages_can_be_locked);
  CASE(memory_files_can_be_sealed);
  CASE(shared_memory_objects_have_names);
  CASE(the_break_moves);
  CASE(huge_reservations_cost_nothing);
  CASE(null_is_not_there);
  return 0;
}
