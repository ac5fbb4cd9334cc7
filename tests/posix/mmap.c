// Mappings: anonymous, of files, shared with children, moved, unmapped.
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kPage = 4096 };

static void anonymous(void) {
  const size_t size = 64 << 20;
  char* map = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(map != MAP_FAILED && (uintptr_t)map % kPage == 0);
  for (size_t i = 0; i < size; i += kPage) CHECK(map[i] == 0);
  memset(map, 7, size);
  CHECK(madvise(map, size, MADV_DONTNEED) == 0);
  CHECK(map[0] == 0 && map[size - 1] == 0);
  char* grown = mremap(map, size, 2 * size, MREMAP_MAYMOVE);
  CHECK(grown != MAP_FAILED);
  grown[2 * size - 1] = 1;
  CHECK(munmap(grown, 2 * size) == 0);
  CHECK_ERRNO(EINVAL, munmap((char*)1, kPage));
  CHECK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
        MAP_FAILED);
  CHECK(errno == EINVAL);
}

static void fixed(void) {
  char* map = mmap(NULL, 4 * kPage, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(map, 1, 4 * kPage);
  CHECK(mmap(map + kPage, kPage, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == map + kPage);
  CHECK(map[0] == 1 && map[kPage] == 0 && map[2 * kPage] == 1);
  CHECK(mmap(map, kPage, PROT_READ,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
             0) == MAP_FAILED);
  CHECK(errno == EEXIST);
  CHECK(munmap(map + kPage, kPage) == 0);  // a hole in the middle
  CHECK(map[2 * kPage] == 1);
  CHECK(munmap(map, 4 * kPage) == 0);
}

static void files(void) {
  const int fd = open("mapped", O_RDWR | O_CREAT, 0600);
  CHECK(ftruncate(fd, 3 * kPage) == 0);
  char* shared =
      mmap(NULL, 3 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  char* private =
      mmap(NULL, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, kPage);
  CHECK(shared != MAP_FAILED && private != MAP_FAILED);
  strcpy(shared + kPage, "through the map");
  CHECK(strcmp(private, "through the map") == 0);
  CHECK(msync(shared, 3 * kPage, MS_SYNC) == 0);
  char buffer[32] = "";
  CHECK(pread(fd, buffer, 15, kPage) == 15 &&
        strcmp(buffer, "through the map") == 0);
  private[0] = 'X';
  CHECK(shared[kPage] == 't');
  CHECK(pwrite(fd, "by write", 8, 0) == 8 &&
        memcmp(shared, "by write", 8) == 0);
  CHECK(close(fd) == 0 && shared[0] == 'b');
  CHECK(munmap(shared, 3 * kPage) == 0 && munmap(private, kPage) == 0);
  const int reader = open("mapped", O_RDONLY);
  CHECK(mmap(NULL, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0) ==
        MAP_FAILED);
  CHECK(errno == EACCES);
  CHECK(mmap(NULL, kPage, PROT_READ, MAP_SHARED, 999, 0) == MAP_FAILED &&
        errno == EBADF);
  CHECK(close(reader) == 0);
}

static void shared_with_a_child(void) {
  _Atomic int* shared = mmap(NULL, kPage, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  int* private = mmap(NULL, kPage, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  shared[0] = private[0] = 1;
  const pid_t child = fork();
  if (child == 0) {
    shared[0] = private[0] = 2;
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(shared[0] == 2 && private[0] == 1);
}

static void fork_with_a_large_map(void) {
  const size_t size = 256 << 20;
  char* map = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  CHECK(map != MAP_FAILED);
  for (size_t i = 0; i < size; i += 64 * kPage) map[i] = (char)(i >> 18);
  const pid_t child = fork();
  if (child == 0) {
    for (size_t i = 0; i < size; i += 64 * kPage)
      CHECK(map[i] == (char)(i >> 18));
    _exit(0);
  }
  memset(map, 0, size / 8);
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(munmap(map, size) == 0);
}

int main(void) {
  CASE(anonymous);
  CASE(fixed);
  CASE(files);
  CASE(shared_with_a_child);
  CASE(fork_with_a_large_map);
  puts("mmap ok");
  return 0;
}
