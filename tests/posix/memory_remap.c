// mremap: growing, shrinking and moving memory of every kind, and what is left
// when that is refused.
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "mapping.h"

enum { kPage = 4096 };
static char* map(size_t pages) {
  char* at = mmap(NULL, pages * kPage, READ_WRITE, ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  return at;
}

static char* map_file(size_t pages, int flags) {
  const int fd = memfd_create("file", 0);
  CHECK(fd >= 0 && ftruncate(fd, 16 * kPage) == 0);
  for (int i = 0; i < 16; ++i) {
    const char c = (char)('a' + i);
    CHECK(pwrite(fd, &c, 1, i * kPage) == 1);
  }
  char* at = mmap(NULL, pages * kPage, READ_WRITE, flags, fd, kPage);
  CHECK(at != MAP_FAILED && close(fd) == 0);
  return at;
}

// Whether that address cannot be read, without touching it.
static int is_gone(const char* at) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const int gone = write(ends[1], at, 1) == -1 && errno == EFAULT;
  close(ends[0]);
  close(ends[1]);
  return gone;
}

static void growing_in_place(void) {
  char* const at = map(8);
  CHECK(munmap(at + 2 * kPage, 6 * kPage) == 0);
  at[0] = 'k';
  CHECK(mremap(at, 2 * kPage, 5 * kPage, 0) == at);
  CHECK(at[0] == 'k' && at[5 * kPage - 1] == 0);
  at[5 * kPage - 1] = 1;
  CHECK(is_gone(at + 5 * kPage));
  // As one mapping from now on.
  CHECK(mremap(at, 5 * kPage, 6 * kPage, 0) == at);
  CHECK(munmap(at, 6 * kPage) == 0);
}

static void growing_keeps_the_protection(void) {
  char* const at = map(4);
  CHECK(munmap(at + kPage, 3 * kPage) == 0);
  CHECK(mprotect(at, kPage, PROT_READ) == 0);
  CHECK(mremap(at, kPage, 2 * kPage, 0) == at && at[kPage] == 0);
  int ends[2];
  CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
  CHECK_ERRNO(EFAULT, (int)read(ends[0], at + kPage, 1));
  close(ends[0]);
  close(ends[1]);
  CHECK(munmap(at, 2 * kPage) == 0);
}

static void moving_takes_the_pages(void) {
  char *const at = map(3), *const there = map(8);
  memset(at, 'm', 3 * kPage);
  memset(there, 't', 8 * kPage);
  CHECK(mremap(at, 3 * kPage, 5 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED,
               there + kPage) == there + kPage);
  CHECK(there[0] == 't' && there[kPage] == 'm' && there[4 * kPage - 1] == 'm');
  CHECK(there[4 * kPage] == 0 && there[6 * kPage] == 't');
  CHECK(is_gone(at) && is_gone(at + 2 * kPage));
  CHECK(munmap(there, 8 * kPage) == 0);
}

static void moving_and_shrinking(void) {
  char *const at = map(4), *const there = map(4);
  memset(at, 's', 4 * kPage);
  CHECK(munmap(there, 4 * kPage) == 0);
  CHECK(mremap(at, 4 * kPage, 2 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED,
               there) == there);
  CHECK(there[2 * kPage - 1] == 's' && is_gone(there + 2 * kPage));
  CHECK(is_gone(at) && is_gone(at + 3 * kPage));
  CHECK(munmap(there, 2 * kPage) == 0);
}

static void many_sizes_keep_their_content(void) {
  size_t pages = 1;
  char* at = map(pages);
  for (int i = 1; i < 200; ++i) {
    const size_t wanted = 1 + (size_t)(i * 37) % 150;
    const size_t both = wanted < pages ? wanted : pages;
    for (size_t p = 0; p < pages; ++p) at[p * kPage] = (char)(p + i);
    at = mremap(at, pages * kPage, wanted * kPage, MREMAP_MAYMOVE);
    CHECK(at != MAP_FAILED);
    for (size_t p = 0; p < both; ++p) CHECK(at[p * kPage] == (char)(p + i));
    for (size_t p = both; p < wanted; ++p) CHECK(at[p * kPage] == 0);
    pages = wanted;
  }
  CHECK(munmap(at, pages * kPage) == 0);
}

static void shared_files_grow_with_the_file(void) {
  char* at = map_file(2, MAP_SHARED);
  at[0] = 'W';
  at = mremap(at, 2 * kPage, 4 * kPage, MREMAP_MAYMOVE);
  CHECK(at != MAP_FAILED && at[0] == 'W');
  CHECK(at[kPage] == 'c' && at[2 * kPage] == 'd' && at[3 * kPage] == 'e');
  char* const there = map(4);
  CHECK(mremap(at, 4 * kPage, 3 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED,
               there) == there);
  CHECK(there[0] == 'W' && there[2 * kPage] == 'd' && is_gone(at));
  CHECK(munmap(there, 4 * kPage) == 0);
}

static void a_shared_mapping_gets_a_second_view(void) {
  char* const at = map_file(2, MAP_SHARED);
  char* const view = mremap(at, 0, 2 * kPage, MREMAP_MAYMOVE);
  CHECK(view != MAP_FAILED && view != at && view[kPage] == 'c');
  view[0] = 'V';
  CHECK(at[0] == 'V');
  CHECK(munmap(at, 2 * kPage) == 0 && munmap(view, 2 * kPage) == 0);
  CHECK_REFUSED(EINVAL, mremap(map(1), 0, kPage, MREMAP_MAYMOVE));
}

static void private_files_move_with_changes(void) {
  char* at = map_file(2, MAP_PRIVATE);
  at[0] = 'P';
  char* const there = map(3);
  at = mremap(at, 2 * kPage, 3 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED, there);
  CHECK(at == there && at[0] == 'P' && at[kPage] == 'c' &&
        at[2 * kPage] == 'd');
  CHECK(munmap(at, 3 * kPage) == 0);
}

static void shared_anonymous_memory_stays_shared(void) {
  char* at =
      mmap(NULL, 2 * kPage, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  char* const there = map(2);
  CHECK(at != MAP_FAILED);
  at = mremap(at, 2 * kPage, 2 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED, there);
  CHECK(at == there);
  const pid_t child = fork();
  if (child == 0) {
    at[kPage] = 'c';
    _exit(0);
  }
  CHECK(waitpid(child, NULL, 0) == child && at[kPage] == 'c');
  CHECK(munmap(at, 2 * kPage) == 0);
}

static void the_old_place_can_stay(void) {
  char* const at = map(2);
  at[0] = 'd';
  char* const moved =
      mremap(at, 2 * kPage, 2 * kPage, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
  CHECK(moved != MAP_FAILED && moved != at && moved[0] == 'd' && at[0] == 0);
  at[kPage] = 1;
  CHECK_REFUSED(EINVAL, mremap(at, kPage, 2 * kPage,
                               MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
  CHECK_REFUSED(EINVAL, mremap(at, kPage, kPage, MREMAP_DONTUNMAP, NULL));
  CHECK(munmap(at, 2 * kPage) == 0 && munmap(moved, 2 * kPage) == 0);
}

static void children_move_what_they_inherit(void) {
  char* const at = map(4);
  memset(at, 'i', 4 * kPage);
  const pid_t child = fork();
  if (child == 0) {
    CHECK(mprotect(at + kPage, kPage, PROT_READ) == 0);
    CHECK(mprotect(at + kPage, kPage, READ_WRITE) == 0);
    char* const there = map(8);
    memset(at, 'c', kPage);
    CHECK(mremap(at, kPage, 4 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED, there) ==
          there);
    CHECK(there[0] == 'c' && there[3 * kPage] == 0 && at[kPage] == 'i');
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0 && at[0] == 'i');
  CHECK(munmap(at, 4 * kPage) == 0);
}

static void bad_requests_are_refused(void) {
  char* const at = map(4);
  CHECK_REFUSED(EINVAL, mremap(at + 1, kPage, kPage, MREMAP_MAYMOVE));
  CHECK_REFUSED(EINVAL, mremap(at, kPage, 0, MREMAP_MAYMOVE));
  CHECK_REFUSED(EINVAL, mremap(at, kPage, kPage, 64));
  CHECK_REFUSED(EINVAL, mremap(at, kPage, kPage, MREMAP_FIXED, at + kPage));
  CHECK_REFUSED(EINVAL, mremap(at, 2 * kPage, 2 * kPage,
                               MREMAP_MAYMOVE | MREMAP_FIXED, at + kPage));
  CHECK_REFUSED(EINVAL, mremap(at, kPage, kPage, MREMAP_MAYMOVE | MREMAP_FIXED,
                               at + kPage + 1));
  CHECK(munmap(at + kPage, kPage) == 0);
  CHECK_REFUSED(EFAULT, mremap(at + kPage, kPage, 2 * kPage, MREMAP_MAYMOVE));
  CHECK_REFUSED(EFAULT, mremap(at, 2 * kPage, 3 * kPage, MREMAP_MAYMOVE));
  CHECK(munmap(at, 4 * kPage) == 0);
}

static void two_mappings_do_not_grow_as_one(void) {
  char* const at = map(4);
  CHECK(mprotect(at + kPage, kPage, PROT_READ) == 0);
  CHECK_REFUSED(EFAULT, mremap(at, 2 * kPage, 3 * kPage, MREMAP_MAYMOVE));
  CHECK(at[0] == 0 && at[kPage] == 0);
  CHECK(munmap(at, 4 * kPage) == 0);
}

static void without_permission_to_move_it_stays(void) {
  char* const at = map(4);
  CHECK(mprotect(at + kPage, kPage, PROT_READ) == 0);
  at[0] = 'f';
  CHECK_REFUSED(ENOMEM, mremap(at, kPage, 2 * kPage, 0));
  CHECK(at[0] == 'f' && at[kPage] == 0);
  CHECK(munmap(at, 4 * kPage) == 0);
}

static void beyond_the_limit_it_stays(void) {
  char* const at = map(4);
  char* const shared = map_file(2, MAP_SHARED);
  char* const private = map_file(2, MAP_PRIVATE);
  at[0] = 'a';
  private[0] = 'p';
  struct rlimit old;
  CHECK(getrlimit(RLIMIT_AS, &old) == 0);
  const struct rlimit none = {kPage, old.rlim_max};
  CHECK(setrlimit(RLIMIT_AS, &none) == 0);
  const size_t huge = (size_t)1 << 20;
  CHECK_REFUSED(ENOMEM, mremap(at, 4 * kPage, huge, MREMAP_MAYMOVE));
  CHECK_REFUSED(ENOMEM, mremap(shared, 2 * kPage, huge, MREMAP_MAYMOVE));
  CHECK_REFUSED(ENOMEM, mremap(private, 2 * kPage, huge, MREMAP_MAYMOVE));
  CHECK(setrlimit(RLIMIT_AS, &old) == 0);
  CHECK(at[0] == 'a' && shared[0] == 'b' && private[0] == 'p');
  CHECK(munmap(at, 4 * kPage) == 0 && munmap(shared, 2 * kPage) == 0 &&
        munmap(private, 2 * kPage) == 0);
}

int main(void) {
  CASE(growing_in_place);
  CASE(growing_keeps_the_protection);
  CASE(moving_takes_the_pages);
  CASE(moving_and_shrinking);
  CASE(many_sizes_keep_their_content);
  CASE(shared_files_grow_with_the_file);
  CASE(a_shared_mapping_gets_a_second_view);
  CASE(private_files_move_with_changes);
  CASE(shared_anonymous_memory_stays_shared);
  CASE(the_old_place_can_stay);
  CASE(children_move_what_they_inherit);
  CASE(bad_requests_are_refused);
  CASE(two_mappings_do_not_grow_as_one);
  CASE(without_permission_to_move_it_stays);
  CASE(beyond_the_limit_it_stays);
  return 0;
}
