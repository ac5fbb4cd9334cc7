// System V semaphores: semget(2), semop(2), semctl(2).

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "children.h"

union semun {
  int val;
  struct semid_ds* buf;
  unsigned short* array;
  struct seminfo* info;
};

static key_t own_key(void) { return 0x52000000 | getpid(); }

static int new_set(int count) {
  const int id = semget(IPC_PRIVATE, count, IPC_CREAT | 0600);
  CHECK(id >= 0);
  return id;
}

static void remove_set(int id) { CHECK(semctl(id, 0, IPC_RMID) == 0); }

static int value(int id, int number) {
  const int result = semctl(id, number, GETVAL);
  CHECK(result >= 0);
  return result;
}

static void set_value(int id, int number, int value) {
  CHECK(semctl(id, number, SETVAL, (union semun){.val = value}) == 0);
}

static int operate(int id, int number, int change, int flags) {
  struct sembuf operation = {number, change, flags};
  return semop(id, &operation, 1);
}

static struct semid_ds status(int id) {
  struct semid_ds set;
  const union semun arg = {.buf = &set};
  CHECK(semctl(id, 0, IPC_STAT, arg) == 0);
  return set;
}

// Until `count` others wait for a change of the semaphore.
static void await_waiters(int id, int number, int cmd, int count) {
  while (semctl(id, number, cmd) != count) usleep(1000);
}

static void new_set_has_zeroes(void) {
  const time_t before = time(NULL);
  const int id = new_set(3);
  for (int i = 0; i < 3; ++i) CHECK(value(id, i) == 0);
  const struct semid_ds set = status(id);
  CHECK(set.sem_nsems == 3);
  CHECK(set.sem_otime == 0 && set.sem_ctime >= before - 1);
  CHECK(set.sem_perm.uid == geteuid() && set.sem_perm.gid == getegid());
  CHECK((set.sem_perm.mode & 0777) == 0600);
  remove_set(id);
}

static void key_names_a_set(void) {
  const key_t key = own_key();
  CHECK_ERRNO(ENOENT, semget(key, 1, 0));
  const int id = semget(key, 2, IPC_CREAT | IPC_EXCL | 0600);
  CHECK(id >= 0);
  CHECK(semget(key, 0, 0) == id);
  CHECK(semget(key, 2, IPC_CREAT) == id);
  CHECK_ERRNO(EEXIST, semget(key, 2, IPC_CREAT | IPC_EXCL | 0600));
  CHECK_ERRNO(EINVAL, semget(key, 3, 0));
  remove_set(id);
  CHECK_ERRNO(ENOENT, semget(key, 1, 0));
  CHECK_ERRNO(EINVAL, semget(IPC_PRIVATE, 0, IPC_CREAT | 0600));
  CHECK_ERRNO(EINVAL, semget(IPC_PRIVATE, -1, IPC_CREAT | 0600));
}

// Not only the union: on x86-64 all of these arrive the same way.
static void value_may_be_a_union_an_int_or_a_pointer(void) {
  const int id = new_set(2);
  CHECK(semctl(id, 0, SETVAL, 5) == 0);
  CHECK(value(id, 0) == 5);
  union semun arg;
  arg.val = 6;
  CHECK(semctl(id, 1, SETVAL, arg) == 0);
  CHECK(value(id, 1) == 6);
  CHECK(semctl(id, 1, SETVAL, 7L) == 0);
  CHECK(value(id, 1) == 7);
  unsigned short values[2] = {8, 9};
  CHECK(semctl(id, 0, SETALL, values) == 0);
  CHECK(value(id, 0) == 8 && value(id, 1) == 9);
  struct semid_ds set;
  CHECK(semctl(id, 0, IPC_STAT, &set) == 0);
  CHECK(set.sem_nsems == 2);
  CHECK(semctl(id, 0, GETVAL, 0) == 8);
  CHECK(semctl(id, 0, IPC_RMID, arg) == 0);
}

static void all_values_are_set_and_read_at_once(void) {
  enum { kCount = 250 };  // SEMMSL was that once
  const int id = new_set(kCount);
  unsigned short values[kCount + 1];
  for (int i = 0; i < kCount; ++i) values[i] = i * 3;
  CHECK(semctl(id, 0, SETALL, (union semun){.array = values}) == 0);
  memset(values, 0xff, sizeof(values));
  CHECK(semctl(id, 0, GETALL, (union semun){.array = values}) == 0);
  for (int i = 0; i < kCount; ++i) CHECK(values[i] == i * 3);
  CHECK(values[kCount] == 0xffff);
  values[7] = 40000;
  CHECK_ERRNO(ERANGE, semctl(id, 0, SETALL, (union semun){.array = values}));
  CHECK(value(id, 7) == 21);
  CHECK_ERRNO(EFAULT, semctl(id, 0, GETALL, (union semun){.array = (void*)16}));
  remove_set(id);
}

static void operations_add_subtract_and_record_who(void) {
  const int id = new_set(1);
  CHECK(operate(id, 0, 5, 0) == 0);
  CHECK(operate(id, 0, -3, 0) == 0);
  CHECK(value(id, 0) == 2);
  CHECK(semctl(id, 0, GETPID) == getpid());
  CHECK(status(id).sem_otime > 0);
  const pid_t pid = start();
  if (pid == 0) _exit(operate(id, 0, 1, 0));
  CHECK(wait_for(pid) == 0);
  CHECK(semctl(id, 0, GETPID) == pid);
  remove_set(id);
}

static void operations_happen_all_or_none(void) {
  const int id = new_set(2);
  set_value(id, 0, 1);
  struct sembuf both[] = {{0, -1, 0}, {1, -1, IPC_NOWAIT}};
  CHECK_ERRNO(EAGAIN, semop(id, both, 2));
  CHECK(value(id, 0) == 1 && value(id, 1) == 0);
  set_value(id, 1, 1);
  CHECK(semop(id, both, 2) == 0);
  CHECK(value(id, 0) == 0 && value(id, 1) == 0);
  // In order: the second operation finds what the first one left.
  struct sembuf lock[] = {{0, 0, 0}, {0, 1, 0}};
  CHECK(semop(id, lock, 2) == 0);
  lock[0].sem_flg = IPC_NOWAIT;
  CHECK_ERRNO(EAGAIN, semop(id, lock, 2));
  remove_set(id);
}

static void waiting_for_more_ends_when_there_is(void) {
  const int id = new_set(1);
  const pid_t pid = start();
  if (pid == 0) _exit(operate(id, 0, -2, 0));
  await_waiters(id, 0, GETNCNT, 1);
  CHECK(operate(id, 0, 1, 0) == 0);
  CHECK(semctl(id, 0, GETNCNT) == 1);
  CHECK(operate(id, 0, 1, 0) == 0);
  CHECK(wait_for(pid) == 0);
  CHECK(value(id, 0) == 0);
  CHECK(semctl(id, 0, GETNCNT) == 0);
  remove_set(id);
}

static void waiting_for_zero_ends_at_zero(void) {
  const int id = new_set(1);
  set_value(id, 0, 1);
  CHECK_ERRNO(EAGAIN, operate(id, 0, 0, IPC_NOWAIT));
  const pid_t pid = start();
  if (pid == 0) _exit(operate(id, 0, 0, 0));
  await_waiters(id, 0, GETZCNT, 1);
  CHECK(operate(id, 0, -1, 0) == 0);
  CHECK(wait_for(pid) == 0);
  remove_set(id);
}

static void setting_a_value_wakes(void) {
  const int id = new_set(1);
  const pid_t pid = start();
  if (pid == 0) _exit(operate(id, 0, -4, 0));
  await_waiters(id, 0, GETNCNT, 1);
  set_value(id, 0, 4);
  CHECK(wait_for(pid) == 0);
  remove_set(id);
}

static void removing_the_set_wakes_with_eidrm(void) {
  const int id = new_set(1);
  const pid_t pid = start();
  if (pid == 0) {
    CHECK_ERRNO(EIDRM, operate(id, 0, -1, 0));
    _exit(0);
  }
  await_waiters(id, 0, GETNCNT, 1);
  remove_set(id);
  CHECK(wait_for(pid) == 0);
  CHECK_ERRNO(EINVAL, operate(id, 0, 1, 0));
}

static void exit_undoes(void) {
  const int id = new_set(2);
  set_value(id, 0, 3);
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(operate(id, 0, -2, SEM_UNDO) == 0);
    CHECK(operate(id, 1, 4, SEM_UNDO) == 0);
    CHECK(operate(id, 1, 1, 0) == 0);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(value(id, 0) == 3);
  CHECK(value(id, 1) == 1);
  remove_set(id);
}

static void death_undoes_and_wakes(void) {
  const int id = new_set(1);
  set_value(id, 0, 1);
  const pid_t pid = start();
  if (pid == 0) {
    CHECK(operate(id, 0, -1, SEM_UNDO) == 0);
    while (1) pause();
  }
  while (value(id, 0) != 0) usleep(1000);
  const pid_t waiter = start();
  if (waiter == 0) _exit(operate(id, 0, -1, 0));
  await_waiters(id, 0, GETNCNT, 1);
  CHECK(kill(pid, SIGKILL) == 0);
  CHECK(WTERMSIG(wait_for(pid)) == SIGKILL);
  CHECK(wait_for(waiter) == 0);
  remove_set(id);
}

static void* take_with_undo(void* set) {
  CHECK(operate(*(int*)set, 0, -1, SEM_UNDO) == 0);
  return NULL;
}

// The list of what is to be undone belongs to the process.
static void end_of_a_thread_undoes_nothing(void) {
  int id = new_set(1);
  set_value(id, 0, 1);
  const pid_t pid = start();
  if (pid == 0) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, take_with_undo, &id) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(value(id, 0) == 0);
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(value(id, 0) == 1);
  remove_set(id);
}

static void child_does_not_inherit_what_is_to_be_undone(void) {
  const int id = new_set(1);
  CHECK(operate(id, 0, 5, SEM_UNDO) == 0);
  const pid_t pid = start();
  if (pid == 0) _exit(0);
  CHECK(wait_for(pid) == 0);
  CHECK(value(id, 0) == 5);
  remove_set(id);
}

static void timed_wait_gives_up(void) {
  const int id = new_set(1);
  struct sembuf take = {0, -1, 0};
  struct timespec before, after, limit = {0, 30000000};
  CHECK(clock_gettime(CLOCK_MONOTONIC, &before) == 0);
  CHECK_ERRNO(EAGAIN, semtimedop(id, &take, 1, &limit));
  CHECK(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
  CHECK((after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec -
            before.tv_nsec >=
        30000000);
  set_value(id, 0, 1);
  CHECK(semtimedop(id, &take, 1, &limit) == 0);
  limit.tv_nsec = -1;
  CHECK_ERRNO(EINVAL, semtimedop(id, &take, 1, &limit));
  set_value(id, 0, 1);
  CHECK(semtimedop(id, &take, 1, NULL) == 0);
  remove_set(id);
}

static volatile sig_atomic_t handled;
static void on_signal(int signal) { handled = signal; }

static void signal_interrupts_even_with_sa_restart(void) {
  const int id = new_set(2);
  const pid_t pid = start();
  if (pid == 0) {
    const struct sigaction action = {.sa_handler = on_signal,
                                     .sa_flags = SA_RESTART};
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK_ERRNO(EINTR, operate(id, 0, -1, 0));
    CHECK(handled == SIGUSR1);
    struct sembuf take = {1, -1, 0};
    const struct timespec limit = {100, 0};
    handled = 0;
    CHECK_ERRNO(EINTR, semtimedop(id, &take, 1, &limit));
    CHECK(handled == SIGUSR1);
    _exit(0);
  }
  for (int i = 0; i < 2; ++i) {
    await_waiters(id, i, GETNCNT, 1);
    CHECK(kill(pid, SIGUSR1) == 0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(value(id, 0) == 0);
  remove_set(id);
}

static void values_have_a_limit(void) {
  const int id = new_set(1);
  CHECK_ERRNO(ERANGE, semctl(id, 0, SETVAL, (union semun){.val = 32768}));
  CHECK_ERRNO(ERANGE, semctl(id, 0, SETVAL, (union semun){.val = -1}));
  set_value(id, 0, 32767);
  CHECK_ERRNO(ERANGE, operate(id, 0, 1, 0));
  CHECK(value(id, 0) == 32767);
  remove_set(id);
}

static void wrong_numbers_ids_and_commands_are_refused(void) {
  const int id = new_set(2);
  CHECK_ERRNO(EFBIG, operate(id, 2, 1, 0));
  CHECK_ERRNO(EINVAL, semctl(id, 2, GETVAL));
  CHECK_ERRNO(EINVAL, semctl(id, 0, 999));
  CHECK_ERRNO(EINVAL, semctl(-1, 0, GETVAL));
  struct sembuf operation = {0, 1, 0};
  CHECK_ERRNO(EINVAL, semop(id, &operation, 0));
  CHECK_ERRNO(EINVAL, semop(-1, &operation, 1));
  CHECK_ERRNO(EFAULT, semop(id, (struct sembuf*)16, 1));
  static struct sembuf many[2000];
  CHECK_ERRNO(E2BIG, semop(id, many, 2000));
  remove_set(id);
}

static void owner_changes_mode(void) {
  const int id = new_set(1);
  struct semid_ds set = status(id);
  set.sem_perm.mode = 0660;
  CHECK(semctl(id, 0, IPC_SET, (union semun){.buf = &set}) == 0);
  CHECK((status(id).sem_perm.mode & 0777) == 0660);
  remove_set(id);
}

static void limits_can_be_asked_for(void) {
  const int id = new_set(1);
  struct seminfo info;
  CHECK(semctl(0, 0, IPC_INFO, (union semun){.info = &info}) >= 0);
  CHECK(info.semvmx == 32767 && info.semmsl > 0 && info.semopm > 0);
  const int highest = semctl(0, 0, SEM_INFO, (union semun){.info = &info});
  CHECK(highest >= 0);
  int found = 0;
  for (int i = 0; i <= highest; ++i) {
    struct semid_ds set;
    found |= semctl(i, 0, SEM_STAT, (union semun){.buf = &set}) == id;
  }
  CHECK(found);
  remove_set(id);
}

// As a lock for a counter that the kernel does not protect.
static void semaphore_excludes_processes(void) {
  enum { kProcesses = 4, kRounds = 500 };
  const int id = new_set(1);
  set_value(id, 0, 1);
  volatile int* const counter = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(counter != MAP_FAILED);
  pid_t pids[kProcesses];
  for (int i = 0; i < kProcesses; ++i) {
    pids[i] = start();
    if (pids[i] != 0) continue;
    for (int round = 0; round < kRounds; ++round) {
      CHECK(operate(id, 0, -1, SEM_UNDO) == 0);
      const int seen = *counter;
      if (round % 50 == 0) usleep(10);
      *counter = seen + 1;
      CHECK(operate(id, 0, 1, SEM_UNDO) == 0);
    }
    _exit(0);
  }
  for (int i = 0; i < kProcesses; ++i) CHECK(wait_for(pids[i]) == 0);
  CHECK(*counter == kProcesses * kRounds);
  remove_set(id);
}

int main(void) {
  CASE(new_set_has_zeroes);
  CASE(key_names_a_set);
  CASE(value_may_be_a_union_an_int_or_a_pointer);
  CASE(all_values_are_set_and_read_at_once);
  CASE(operations_add_subtract_and_record_who);
  CASE(operations_happen_all_or_none);
  CASE(waiting_for_more_ends_when_there_is);
  CASE(waiting_for_zero_ends_at_zero);
  CASE(setting_a_value_wakes);
  CASE(removing_the_set_wakes_with_eidrm);
  CASE(exit_undoes);
  CASE(death_undoes_and_wakes);
  CASE(end_of_a_thread_undoes_nothing);
  CASE(child_does_not_inherit_what_is_to_be_undone);
  CASE(timed_wait_gives_up);
  CASE(signal_interrupts_even_with_sa_restart);
  CASE(values_have_a_limit);
  CASE(wrong_numbers_ids_and_commands_are_refused);
  CASE(owner_changes_mode);
  CASE(limits_can_be_asked_for);
  CASE(semaphore_excludes_processes);
  return 0;
}
