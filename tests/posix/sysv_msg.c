// System V message queues: msgget(2), msgop(2), msgctl(2).

#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "children.h"

struct message {
  long type;
  char text[128];
};

static key_t own_key(void) { return 0x53000000 | getpid(); }

static int new_queue(void) {
  const int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
  CHECK(id >= 0);
  return id;
}

static void remove_queue(int id) { CHECK(msgctl(id, IPC_RMID, NULL) == 0); }

static void send_text(int id, long type, const char* text) {
  struct message message = {.type = type};
  strcpy(message.text, text);
  CHECK(msgsnd(id, &message, strlen(text), 0) == 0);
}

// Whether the next message of that type is this one.
static int next_is(int id, long wanted, long type, const char* text) {
  struct message message;
  const ssize_t size =
      msgrcv(id, &message, sizeof(message.text), wanted, IPC_NOWAIT);
  return size == (ssize_t)strlen(text) && message.type == type &&
         memcmp(message.text, text, size) == 0;
}

static struct msqid_ds status(int id) {
  struct msqid_ds queue;
  CHECK(msgctl(id, IPC_STAT, &queue) == 0);
  return queue;
}

static void key_names_a_queue(void) {
  const key_t key = own_key();
  CHECK_ERRNO(ENOENT, msgget(key, 0));
  const int id = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  CHECK(id >= 0);
  CHECK(msgget(key, 0) == id);
  CHECK_ERRNO(EEXIST, msgget(key, IPC_CREAT | IPC_EXCL | 0600));
  remove_queue(id);
  CHECK_ERRNO(ENOENT, msgget(key, 0));
}

static void messages_arrive_in_order(void) {
  const int id = new_queue();
  send_text(id, 3, "first");
  send_text(id, 1, "second");
  send_text(id, 2, "third");
  CHECK(next_is(id, 0, 3, "first"));
  CHECK(next_is(id, 0, 1, "second"));
  CHECK(next_is(id, 0, 2, "third"));
  remove_queue(id);
}

static void type_selects(void) {
  const int id = new_queue();
  send_text(id, 5, "five");
  send_text(id, 2, "two");
  send_text(id, 5, "five again");
  send_text(id, 1, "one");
  CHECK(next_is(id, 2, 2, "two"));
  CHECK(next_is(id, 5, 5, "five"));
  struct message message;
  CHECK_ERRNO(ENOMSG, msgrcv(id, &message, 100, 4, IPC_NOWAIT));
  // The lowest type up to that one.
  CHECK(next_is(id, -9, 1, "one"));
  CHECK_ERRNO(ENOMSG, msgrcv(id, &message, 100, -4, IPC_NOWAIT));
  CHECK(next_is(id, -5, 5, "five again"));
  remove_queue(id);
}

static void except_takes_any_other_type(void) {
  const int id = new_queue();
  send_text(id, 1, "one");
  send_text(id, 2, "two");
  struct message message;
  CHECK(msgrcv(id, &message, 100, 1, IPC_NOWAIT | MSG_EXCEPT) == 3);
  CHECK(message.type == 2);
  CHECK_ERRNO(ENOMSG, msgrcv(id, &message, 100, 1, IPC_NOWAIT | MSG_EXCEPT));
  remove_queue(id);
}

static void long_message_needs_room_or_is_cut(void) {
  const int id = new_queue();
  send_text(id, 1, "0123456789");
  struct message message;
  memset(&message, 'x', sizeof(message));
  CHECK_ERRNO(E2BIG, msgrcv(id, &message, 4, 0, 0));
  CHECK(status(id).msg_qnum == 1);
  CHECK(msgrcv(id, &message, 4, 0, MSG_NOERROR) == 4);
  CHECK(memcmp(message.text, "0123x", 5) == 0);
  CHECK(status(id).msg_qnum == 0);
  remove_queue(id);
}

static void empty_message_has_a_type(void) {
  const int id = new_queue();
  send_text(id, 77, "");
  struct message message;
  CHECK(msgrcv(id, &message, 0, 0, 0) == 0);
  CHECK(message.type == 77);
  remove_queue(id);
}

static void room_may_be_exaggerated(void) {
  const int id = new_queue();
  send_text(id, 1, "short");
  struct message message;
  CHECK(msgrcv(id, &message, SSIZE_MAX, 0, 0) == 5);
  CHECK_ERRNO(EINVAL, msgrcv(id, &message, (size_t)SSIZE_MAX + 1, 0, 0));
  remove_queue(id);
}

static void full_queue_blocks_or_says_so(void) {
  const int id = new_queue();
  struct message message = {.type = 1};
  struct msqid_ds queue = status(id);
  queue.msg_qbytes = 2 * sizeof(message.text);
  CHECK(msgctl(id, IPC_SET, &queue) == 0);
  for (int i = 0; i < 2; ++i) {
    CHECK(msgsnd(id, &message, sizeof(message.text), IPC_NOWAIT) == 0);
  }
  CHECK(status(id).__msg_cbytes == 2 * sizeof(message.text));
  CHECK_ERRNO(EAGAIN, msgsnd(id, &message, 1, IPC_NOWAIT));
  const pid_t pid = start();
  if (pid == 0) {
    message.type = 2;
    _exit(msgsnd(id, &message, 1, 0));
  }
  usleep(20000);
  CHECK(status(id).msg_qnum == 2);
  CHECK(msgrcv(id, &message, sizeof(message.text), 1, 0) > 0);
  CHECK(msgrcv(id, &message, sizeof(message.text), 2, 0) == 1);
  CHECK(wait_for(pid) == 0);
  remove_queue(id);
}

static void receiver_waits_for_its_type(void) {
  const int id = new_queue();
  const pid_t pid = start();
  if (pid == 0) {
    struct message message;
    CHECK(msgrcv(id, &message, 100, 9, 0) == 4);
    CHECK(memcmp(message.text, "nine", 4) == 0);
    _exit(0);
  }
  send_text(id, 1, "one");
  usleep(20000);
  send_text(id, 9, "nine");
  CHECK(wait_for(pid) == 0);
  CHECK(next_is(id, 0, 1, "one"));
  remove_queue(id);
}

static void removing_the_queue_wakes_with_eidrm(void) {
  const int id = new_queue();
  int ready[2];
  CHECK(pipe(ready) == 0);
  const pid_t pid = start();
  if (pid == 0) {
    struct message message;
    CHECK(write(ready[1], "r", 1) == 1);
    CHECK(msgrcv(id, &message, 100, 0, 0) == -1);
    CHECK(errno == EIDRM || errno == EINVAL);  // removed before we waited
    _exit(0);
  }
  char c;
  CHECK(read(ready[0], &c, 1) == 1);
  usleep(20000);
  remove_queue(id);
  CHECK(wait_for(pid) == 0);
  close(ready[0]);
  close(ready[1]);
}

static volatile sig_atomic_t handled;
static void on_signal(int signal) { handled = signal; }

// A signal every 10 ms, so that one comes while the call waits.
static void start_signals(void) {
  const struct sigaction action = {.sa_handler = on_signal,
                                   .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  const struct itimerval often = {{0, 10000}, {0, 10000}};
  CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
}

static void stop_signals(void) {
  const struct itimerval never = {{0, 0}, {0, 0}};
  CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

static void signal_interrupts_even_with_sa_restart(void) {
  const int id = new_queue();
  struct message message = {.type = 1};
  start_signals();
  CHECK_ERRNO(EINTR, msgrcv(id, &message, 100, 0, 0));
  stop_signals();
  struct msqid_ds queue = status(id);
  queue.msg_qbytes = 100;
  CHECK(msgctl(id, IPC_SET, &queue) == 0);
  CHECK(msgsnd(id, &message, 100, 0) == 0);
  start_signals();
  CHECK_ERRNO(EINTR, msgsnd(id, &message, 100, 0));
  stop_signals();
  CHECK(handled == SIGALRM);
  CHECK(status(id).msg_qnum == 1);
  remove_queue(id);
}

static void status_tells_who_and_when(void) {
  const time_t before = time(NULL);
  const int id = new_queue();
  struct msqid_ds queue = status(id);
  CHECK(queue.msg_perm.uid == geteuid() && queue.msg_perm.gid == getegid());
  CHECK((queue.msg_perm.mode & 0777) == 0600);
  CHECK(queue.msg_qnum == 0 && queue.msg_qbytes > 0);
  CHECK(queue.msg_lspid == 0 && queue.msg_lrpid == 0);
  CHECK(queue.msg_ctime >= before - 1 && queue.msg_stime == 0);
  const pid_t pid = start();
  if (pid == 0) {
    send_text(id, 1, "from the child");
    _exit(0);
  }
  CHECK(wait_for(pid) == 0);
  CHECK(next_is(id, 0, 1, "from the child"));
  queue = status(id);
  CHECK(queue.msg_lspid == pid && queue.msg_lrpid == getpid());
  CHECK(queue.msg_stime >= before - 1 && queue.msg_rtime >= before - 1);
  remove_queue(id);
}

static void wrong_arguments_are_refused(void) {
  const int id = new_queue();
  struct message message = {.type = 0};
  struct msqid_ds queue;
  CHECK_ERRNO(EINVAL, msgsnd(id, &message, 1, 0));
  message.type = -1;
  CHECK_ERRNO(EINVAL, msgsnd(id, &message, 1, 0));
  message.type = 1;
  CHECK_ERRNO(EINVAL, msgsnd(id, &message, SIZE_MAX, 0));
  CHECK_ERRNO(EINVAL, msgsnd(-1, &message, 1, 0));
  CHECK_ERRNO(EFAULT, msgsnd(id, (void*)16, 1, 0));
  CHECK_ERRNO(EINVAL, msgctl(id, 4321, &queue));
  CHECK_ERRNO(EFAULT, msgctl(id, IPC_STAT, (void*)16));
  remove_queue(id);
  CHECK_ERRNO(EINVAL, msgsnd(id, &message, 1, 0));
  CHECK_ERRNO(EINVAL, msgctl(id, IPC_STAT, &queue));
}

static void limits_can_be_asked_for(void) {
  const int id = new_queue();
  struct msginfo info;
  CHECK(msgctl(0, IPC_INFO, (struct msqid_ds*)&info) >= 0);
  CHECK(info.msgmax > 0 && info.msgmni > 0 && info.msgmnb > 0);
  const int highest = msgctl(0, MSG_INFO, (struct msqid_ds*)&info);
  CHECK(highest >= 0);
  int found = 0;
  for (int i = 0; i <= highest; ++i) {
    struct msqid_ds queue;
    found |= msgctl(i, MSG_STAT, &queue) == id;
  }
  CHECK(found);
  remove_queue(id);
}

static void request_and_reply_between_processes(void) {
  enum { kRounds = 300 };
  const int id = new_queue();
  const pid_t pid = start();
  if (pid == 0) {
    struct message message;
    for (int i = 0; i < kRounds; ++i) {
      CHECK(msgrcv(id, &message, sizeof(int), 1, 0) == sizeof(int));
      message.type = 2;
      CHECK(msgsnd(id, &message, sizeof(int), 0) == 0);
    }
    _exit(0);
  }
  for (int i = 0; i < kRounds; ++i) {
    struct message message = {.type = 1};
    memcpy(message.text, &i, sizeof(i));
    CHECK(msgsnd(id, &message, sizeof(i), 0) == 0);
    CHECK(msgrcv(id, &message, sizeof(i), 2, 0) == sizeof(i));
    CHECK(memcmp(message.text, &i, sizeof(i)) == 0);
  }
  CHECK(wait_for(pid) == 0);
  remove_queue(id);
}

int main(void) {
  CASE(key_names_a_queue);
  CASE(messages_arrive_in_order);
  CASE(type_selects);
  CASE(except_takes_any_other_type);
  CASE(long_message_needs_room_or_is_cut);
  CASE(empty_message_has_a_type);
  CASE(room_may_be_exaggerated);
  CASE(full_queue_blocks_or_says_so);
  CASE(receiver_waits_for_its_type);
  CASE(removing_the_queue_wakes_with_eidrm);
  CASE(signal_interrupts_even_with_sa_restart);
  CASE(status_tells_who_and_when);
  CASE(wrong_arguments_are_refused);
  CASE(limits_can_be_asked_for);
  CASE(request_and_reply_between_processes);
  return 0;
}
