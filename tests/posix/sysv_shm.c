// System V shared memory: shmget(2), shmop(2), shmctl(2).

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "children.h"

enum { kPage = 4096 };

// One that no other process uses.
static key_t own_key(void) { return 0x51000000 | getpid(); }

static int new_segment(size_t size) {
  const int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
  CHECK(id >= 0);
  return id;
}

static void remove_segment(int id) { CHECK(shmctl(id, IPC_RMID, NULL) == 0); }

static struct shmid_ds status(int id) {
  struct shmid_ds segment;
  CHECK(shmctl(id, IPC_STAT, &segment) == 0);
  return segment;
}

static char* attach(int id, const void* at, int flags) {
  char* const address = shmat(id, at, flags);
  CHECK(address != (void*)-1);
  return address;
}

// Whether a page can be read (write looks at it for us).
static int is_mapped(const void* address) {
  int fds[2];
  CHECK(pipe(fds) == 0);
  const int mapped = write(fds[1], address, 1) == 1;
  close(fds[0]);
  close(fds[1]);
  return mapped;
}

static void segment_starts_zeroed_and_keeps_what_is_written(void) {
  const int id = new_segment(3 * kPage);
  char* const at = attach(id, NULL, 0);
  for (int i = 0; i < 3 * kPage; ++i) CHECK(at[i] == 0);
  strcpy(at + 5000, "still here");
  CHECK(shmdt(at) == 0);
  char* const again = attach(id, NULL, 0);
  CHECK(strcmp(again + 5000, "still here") == 0);
  CHECK(shmdt(again) == 0);
  remove_segment(id);
}

static void two_attachments_show_the_same_memory(void) {
  const int id = new_segment(kPage);
  char* const one = attach(id, NULL, 0);
  char* const two = attach(id, NULL, 0);
  CHECK(one != two);
  strcpy(one, "through one");
  CHECK(strcmp(two, "through one") == 0);
  CHECK(status(id).shm_nattch == 2);
  CHECK(shmdt(one) == 0);
  CHECK(strcmp(two, "through one") == 0);
  CHECK(shmdt(two) == 0);
  CHECK(status(id).shm_nattch == 0);
  remove_segment(id);
}

static void child_inherits_attachments(void) {
  const int id = new_segment(kPage);
  volatile char* const at = attach(id, NULL, 0);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    CHECK(status(id).shm_nattch == 2);
    at[7] = 42;
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(at[7] == 42);
  CHECK(status(id).shm_nattch == 1);
  CHECK(status(id).shm_cpid == getpid());
  CHECK(shmdt((char*)at) == 0);
  remove_segment(id);
}

static void unrelated_attachment_finds_segment_by_key(void) {
  const key_t key = own_key();
  CHECK_ERRNO(ENOENT, shmget(key, kPage, 0));
  const int id = shmget(key, kPage, IPC_CREAT | IPC_EXCL | 0600);
  CHECK(id >= 0);
  CHECK(shmget(key, 0, 0) == id);
  CHECK(shmget(key, kPage, IPC_CREAT | 0600) == id);
  CHECK_ERRNO(EEXIST, shmget(key, kPage, IPC_CREAT | IPC_EXCL | 0600));
  CHECK_ERRNO(EINVAL, shmget(key, 2 * kPage, 0));
  CHECK(status(id).shm_perm.__key == key);
  remove_segment(id);
  CHECK_ERRNO(ENOENT, shmget(key, kPage, 0));
}

static void impossible_sizes_are_refused(void) {
  CHECK_ERRNO(EINVAL, shmget(IPC_PRIVATE, 0, IPC_CREAT | 0600));
  CHECK_ERRNO(EINVAL, shmget(IPC_PRIVATE, SIZE_MAX, IPC_CREAT | 0600));
}

static void size_is_what_was_asked_for_and_memory_whole_pages(void) {
  const int id = new_segment(100);
  CHECK(status(id).shm_segsz == 100);
  char* const at = attach(id, NULL, 0);
  at[kPage - 1] = 1;
  CHECK(!is_mapped(at + kPage) || at[kPage - 1] == 1);
  CHECK(shmdt(at) == 0);
  remove_segment(id);
}

static void status_tells_owner_mode_and_times(void) {
  const time_t before = time(NULL);
  const int id = new_segment(kPage);
  struct shmid_ds segment = status(id);
  CHECK(segment.shm_perm.uid == geteuid());
  CHECK(segment.shm_perm.cuid == geteuid());
  CHECK(segment.shm_perm.gid == getegid());
  CHECK((segment.shm_perm.mode & 0777) == 0600);
  CHECK(segment.shm_atime == 0 && segment.shm_dtime == 0);
  CHECK(segment.shm_ctime >= before - 1);
  CHECK(segment.shm_lpid == 0);
  char* const at = attach(id, NULL, 0);
  CHECK(shmdt(at) == 0);
  segment = status(id);
  CHECK(segment.shm_atime >= before - 1 && segment.shm_dtime >= before - 1);
  CHECK(segment.shm_lpid == getpid());
  remove_segment(id);
}

static void owner_changes_mode(void) {
  const int id = new_segment(kPage);
  struct shmid_ds segment = status(id);
  segment.shm_perm.mode = 0640;
  CHECK(shmctl(id, IPC_SET, &segment) == 0);
  CHECK((status(id).shm_perm.mode & 0777) == 0640);
  remove_segment(id);
}

static void removed_segment_lives_until_the_last_detach(void) {
  const key_t key = own_key();
  const int id = shmget(key, kPage, IPC_CREAT | 0600);
  CHECK(id >= 0);
  char* const at = attach(id, NULL, 0);
  remove_segment(id);
  strcpy(at, "alive");
  CHECK(strcmp(at, "alive") == 0);
  struct shmid_ds segment = status(id);
  CHECK((segment.shm_perm.mode & SHM_DEST) != 0);
  CHECK(segment.shm_perm.__key == IPC_PRIVATE);
  CHECK_ERRNO(ENOENT, shmget(key, kPage, 0));
  CHECK(shmdt(at) == 0);
  CHECK_ERRNO(EINVAL, shmctl(id, IPC_STAT, &segment));
}

static void exit_detaches(void) {
  const int id = new_segment(kPage);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    attach(id, NULL, 0);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(status(id).shm_nattch == 0);
  remove_segment(id);
}

static void killed_process_is_detached(void) {
  const int id = new_segment(kPage);
  char* const at = attach(id, NULL, 0);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    at[0] = 1;
    while (1) pause();
  }
  while (*(volatile char*)at == 0) usleep(1000);
  CHECK(status(id).shm_nattch == 2);
  CHECK(kill(pid, SIGKILL) == 0);
  CHECK(WTERMSIG(wait_for(pid)) == SIGKILL);
  CHECK(status(id).shm_nattch == 1);
  CHECK(shmdt(at) == 0);
  remove_segment(id);
}

static sigjmp_buf fault;
static void on_fault(int signal) { siglongjmp(fault, signal); }

static void read_only_attachment_cannot_be_written(void) {
  const int id = new_segment(kPage);
  char* const writable = attach(id, NULL, 0);
  volatile char* const at = attach(id, NULL, SHM_RDONLY);
  strcpy(writable, "seen");
  CHECK(at[0] == 's');
  struct sigaction action = {.sa_handler = on_fault};
  CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
  if (sigsetjmp(fault, 1) == 0) {
    at[0] = 'x';
    CHECK(!"a read-only segment was written");
  }
  action.sa_handler = SIG_DFL;
  CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
  CHECK(writable[0] == 's');
  CHECK(shmdt((char*)at) == 0);
  CHECK(shmdt(writable) == 0);
  remove_segment(id);
}

// A place with `pages` free pages.
static char* free_place(int pages) {
  char* const at =
      mmap(NULL, pages * kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  CHECK(munmap(at, pages * kPage) == 0);
  return at;
}

static void attaches_where_it_is_told(void) {
  const int id = new_segment(2 * kPage);
  char* const place = free_place(2);
  CHECK(attach(id, place, 0) == place);
  place[kPage] = 1;
  CHECK(shmdt(place) == 0);
  CHECK(attach(id, place + 123, SHM_RND) == place);
  CHECK(place[kPage] == 1);
  CHECK(shmdt(place) == 0);
  CHECK_ERRNO(EINVAL, (intptr_t)shmat(id, place + 123, 0));
  remove_segment(id);
}

static void taken_place_needs_remap(void) {
  const int id = new_segment(2 * kPage);
  char* const place = mmap(NULL, 4 * kPage, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(place != MAP_FAILED);
  memset(place, 'm', 4 * kPage);
  CHECK_ERRNO(EINVAL, (intptr_t)shmat(id, place + kPage, 0));
  CHECK(place[kPage] == 'm');
  CHECK(attach(id, place + kPage, SHM_REMAP) == place + kPage);
  CHECK(place[0] == 'm' && place[kPage] == 0 && place[3 * kPage - 1] == 0 &&
        place[3 * kPage] == 'm');
  CHECK(shmdt(place + kPage) == 0);
  CHECK(!is_mapped(place + kPage) && !is_mapped(place + 2 * kPage));
  CHECK(place[0] == 'm' && place[3 * kPage] == 'm');
  CHECK_ERRNO(EINVAL, (intptr_t)shmat(id, NULL, SHM_REMAP));
  CHECK(munmap(place, 4 * kPage) == 0);
  remove_segment(id);
}

static void detached_place_can_be_mapped_again(void) {
  const int id = new_segment(kPage);
  char* const place = attach(id, NULL, 0);
  place[0] = 's';
  CHECK(shmdt(place) == 0);
  CHECK(!is_mapped(place));
  char* const memory =
      mmap(place, kPage, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  CHECK(memory == place && memory[0] == 0);
  CHECK_ERRNO(EINVAL, shmdt(place));
  CHECK(munmap(memory, kPage) == 0);
  remove_segment(id);
}

static void detaching_needs_the_address_of_an_attachment(void) {
  const int id = new_segment(2 * kPage);
  char* const at = attach(id, NULL, 0);
  CHECK_ERRNO(EINVAL, shmdt(at + kPage));
  CHECK_ERRNO(EINVAL, shmdt(at + 1));
  CHECK_ERRNO(EINVAL, shmdt(free_place(1)));
  static char other[3 * kPage];
  CHECK_ERRNO(EINVAL, shmdt(other));
  CHECK(shmdt(at) == 0);
  CHECK_ERRNO(EINVAL, shmdt(at));
  remove_segment(id);
}

static void detaching_takes_what_munmap_left(void) {
  const int id = new_segment(4 * kPage);
  char* const at = attach(id, NULL, 0);
  CHECK(munmap(at, kPage) == 0);
  CHECK(munmap(at + 2 * kPage, kPage) == 0);
  CHECK(status(id).shm_nattch == 2);
  CHECK(shmdt(at) == 0);
  CHECK(status(id).shm_nattch == 0);
  CHECK(!is_mapped(at + kPage) && !is_mapped(at + 3 * kPage));
  remove_segment(id);
}

static void munmap_of_all_detaches(void) {
  const int id = new_segment(2 * kPage);
  char* const at = attach(id, NULL, 0);
  CHECK(munmap(at, 2 * kPage) == 0);
  CHECK(status(id).shm_nattch == 0);
  CHECK_ERRNO(EINVAL, shmdt(at));
  remove_segment(id);
}

static void attachment_can_be_protected_and_moved(void) {
  const int id = new_segment(2 * kPage);
  char* const at = attach(id, NULL, 0);
  strcpy(at + kPage, "moved");
  CHECK(mprotect(at, 2 * kPage, PROT_READ) == 0);
  CHECK(mprotect(at, 2 * kPage, PROT_READ | PROT_WRITE) == 0);
  char* const to = free_place(2);
  CHECK(mremap(at, 2 * kPage, 2 * kPage, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
        to);
  CHECK(strcmp(to + kPage, "moved") == 0);
  CHECK(status(id).shm_nattch == 1);
  CHECK(shmdt(to) == 0);
  CHECK(status(id).shm_nattch == 0);
  remove_segment(id);
}

static void wrong_ids_commands_and_addresses_are_refused(void) {
  struct shmid_ds segment;
  CHECK_ERRNO(EINVAL, shmctl(-1, IPC_STAT, &segment));
  CHECK_ERRNO(EINVAL, (intptr_t)shmat(-1, NULL, 0));
  const int id = new_segment(kPage);
  CHECK_ERRNO(EINVAL, shmctl(id, 12345, &segment));
  CHECK_ERRNO(EFAULT, shmctl(id, IPC_STAT, (void*)1));
  CHECK_ERRNO(EFAULT, shmctl(id, IPC_STAT, (void*)-4096));
  remove_segment(id);
  CHECK_ERRNO(EINVAL, (intptr_t)shmat(id, NULL, 0));
}

static void limits_and_use_can_be_asked_for(void) {
  const int id = new_segment(3 * kPage);
  struct shminfo limits;
  CHECK(shmctl(0, IPC_INFO, (struct shmid_ds*)&limits) >= 0);
  CHECK(limits.shmmax > 0 && limits.shmmni > 0 && limits.shmmin == 1);
  struct shm_info use;
  const int highest = shmctl(0, SHM_INFO, (struct shmid_ds*)&use);
  CHECK(highest >= 0);
  int found = 0;
  for (int i = 0; i <= highest; ++i) {
    struct shmid_ds segment;
    if (shmctl(i, SHM_STAT, &segment) == id) {
      found = segment.shm_segsz == 3 * kPage;
    }
  }
  CHECK(found);
  remove_segment(id);
}

// How PostgreSQL finds out whether a server still runs in its directory.
static void server_recognises_a_living_predecessor(void) {
  const key_t key = own_key();
  const int id = shmget(key, 56, IPC_CREAT | IPC_EXCL | 0600);
  CHECK(id >= 0);
  char* const at = attach(id, NULL, 0);
  memcpy(at, &id, sizeof(id));
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    CHECK(shmdt(at) == 0);
    CHECK_ERRNO(EEXIST, shmget(key, 56, IPC_CREAT | IPC_EXCL | 0600));
    const int other = shmget(key, 56, 0);
    CHECK(other == id && status(other).shm_nattch == 1);
    int stored;
    memcpy(&stored, attach(other, NULL, 0), sizeof(stored));
    CHECK(stored == id);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(shmdt(at) == 0);
  CHECK(status(id).shm_nattch == 0);
  remove_segment(id);
}

static void large_segment_is_shared_whole(void) {
  const size_t size = 64 << 20;
  const int id = new_segment(size);
  volatile char* const at = attach(id, NULL, 0);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    for (size_t i = 0; i < size; i += kPage) at[i] = (char)(i / kPage);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  for (size_t i = 0; i < size; i += kPage) CHECK(at[i] == (char)(i / kPage));
  CHECK(shmdt((char*)at) == 0);
  remove_segment(id);
}

int main(void) {
  CASE(segment_starts_zeroed_and_keeps_what_is_written);
  CASE(two_attachments_show_the_same_memory);
  CASE(child_inherits_attachments);
  CASE(unrelated_attachment_finds_segment_by_key);
  CASE(impossible_sizes_are_refused);
  CASE(size_is_what_was_asked_for_and_memory_whole_pages);
  CASE(status_tells_owner_mode_and_times);
  CASE(owner_changes_mode);
  CASE(removed_segment_lives_until_the_last_detach);
  CASE(exit_detaches);
  CASE(killed_process_is_detached);
  CASE(read_only_attachment_cannot_be_written);
  CASE(attaches_where_it_is_told);
  CASE(taken_place_needs_remap);
  CASE(detached_place_can_be_mapped_again);
  CASE(detaching_needs_the_address_of_an_attachment);
  CASE(detaching_takes_what_munmap_left);
  CASE(munmap_of_all_detaches);
  CASE(attachment_can_be_protected_and_moved);
  CASE(wrong_ids_commands_and_addresses_are_refused);
  CASE(limits_and_use_can_be_asked_for);
  CASE(server_recognises_a_living_predecessor);
  CASE(large_segment_is_shared_whole);
  return 0;
}
