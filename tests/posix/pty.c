// Pseudoterminals: names, modes, window size, the controlling terminal and the
// signals that it sends.
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "check.h"

static int master, slave;

static void open_both(void) {
  CHECK(openpty(&master, &slave, NULL, NULL, NULL) == 0);
}
static void close_both(void) { CHECK(close(slave) == 0 && close(master) == 0); }

static void make_raw(int fd) {
  struct termios mode;
  CHECK(tcgetattr(fd, &mode) == 0);
  cfmakeraw(&mode);
  CHECK(tcsetattr(fd, TCSANOW, &mode) == 0);
}

static void expect(int fd, const char* text) {
  char got[256] = "";
  size_t size = 0;
  while (size < strlen(text)) {
    const ssize_t more = read(fd, got + size, sizeof(got) - 1 - size);
    CHECK(more > 0);
    size += (size_t)more;
  }
  CHECK(strcmp(got, text) == 0);
}

static void put(int fd, const char* text) {
  CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void masters_have_a_named_slave(void) {
  const int fd = posix_openpt(O_RDWR | O_NOCTTY);
  CHECK(fd >= 0 && grantpt(fd) == 0);
  char name[64];
  CHECK(ptsname_r(fd, name, sizeof(name)) == 0);
  CHECK(strncmp(name, "/dev/pts/", 9) == 0 && !strcmp(name, ptsname(fd)));
  CHECK_ERRNO(EIO, open(name, O_RDWR | O_NOCTTY));  // still locked
  CHECK(unlockpt(fd) == 0);
  const int other = open(name, O_RDWR | O_NOCTTY);
  CHECK(other >= 0);
  CHECK(close(other) == 0 && close(fd) == 0);
}

static void both_sides_are_terminals(void) {
  open_both();
  CHECK(isatty(master) && isatty(slave));
  struct stat st, named;
  CHECK(fstat(slave, &st) == 0 && S_ISCHR(st.st_mode));
  CHECK(ttyname(slave) != NULL && stat(ttyname(slave), &named) == 0);
  CHECK(st.st_rdev == named.st_rdev && st.st_ino == named.st_ino);
  CHECK(!strcmp(ttyname(slave), ptsname(master)));
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK(!isatty(ends[0]) && errno == ENOTTY);
  close(ends[0]);
  close(ends[1]);
  close_both();
}

static void strangers_terminals_are_not_there(void) {
  CHECK_ERRNO(ENOENT, open("/dev/pts/987654", O_RDWR));
}

static void data_passes_both_ways(void) {
  open_both();
  make_raw(slave);
  put(master, "to the slave");
  expect(slave, "to the slave");
  put(slave, "and\nback");
  expect(master, "and\nback");
  close_both();
}

static void lines_are_edited_and_echoed(void) {
  open_both();
  put(master, "ab\177c\n");  // erases b
  expect(slave, "ac\n");
  expect(master, "ab\b \bc\r\n");
  close_both();
}

static void modes_are_kept(void) {
  open_both();
  struct termios mode;
  CHECK(tcgetattr(slave, &mode) == 0 && (mode.c_lflag & ICANON));
  mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  mode.c_cc[VMIN] = 3;
  mode.c_cc[VTIME] = 0;
  CHECK(cfsetispeed(&mode, B9600) == 0 && cfsetospeed(&mode, B9600) == 0);
  CHECK(tcsetattr(slave, TCSADRAIN, &mode) == 0);
  memset(&mode, 0, sizeof(mode));
  CHECK(tcgetattr(slave, &mode) == 0 && !(mode.c_lflag & ICANON));
  CHECK(mode.c_cc[VMIN] == 3 && cfgetospeed(&mode) == B9600);
  close_both();
}

static void input_can_be_flushed(void) {
  open_both();
  make_raw(slave);
  put(master, "lost");
  struct pollfd readable = {.fd = slave, .events = POLLIN};
  CHECK(poll(&readable, 1, 5000) == 1);
  CHECK(tcflush(slave, TCIFLUSH) == 0);
  CHECK(poll(&readable, 1, 0) == 0);
  CHECK(tcdrain(slave) == 0);
  close_both();
}

static volatile sig_atomic_t signals;
static void on_signal(int signal) { signals |= 1 << signal; }

static void the_window_size_is_kept(void) {
  open_both();
  const struct winsize wanted = {.ws_row = 33, .ws_col = 77};
  struct winsize size = {0};
  CHECK(ioctl(master, TIOCSWINSZ, &wanted) == 0);
  CHECK(ioctl(slave, TIOCGWINSZ, &size) == 0);
  CHECK(size.ws_row == 33 && size.ws_col == 77);
  close_both();
}

// Runs `body` in a session of its own, with the slave as its terminal.
static void in_session(void (*body)(void)) {
  const pid_t child = forkpty(&master, NULL, NULL, NULL);
  CHECK(child >= 0);
  if (child == 0) {
    make_raw(0);
    body();
    _exit(0);
  }
  char byte;
  while (read(master, &byte, 1) == 1) {
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  CHECK(close(master) == 0);
}

static void look_at_session(void) {
  if (getsid(0) != getpid() || getpgrp() != getpid()) _exit(1);
  if (tcgetsid(0) != getpid() || tcgetpgrp(0) != getpid()) _exit(2);
  const int fd = open("/dev/tty", O_RDWR);
  if (fd < 0 || !isatty(fd) || tcgetpgrp(fd) != getpid()) _exit(3);
}
static void forkpty_gives_a_controlling_terminal(void) {
  in_session(look_at_session);
}

static void without_a_terminal(void) {
  const pid_t child = fork();
  if (child == 0) {
    if (setsid() < 0) _exit(1);
    _exit(open("/dev/tty", O_RDWR) == -1 && errno == ENXIO ? 0 : 2);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void change_group(void) {
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    // A background process that writes may; one that reads is stopped.
    signal(SIGTTOU, SIG_IGN);
    if (tcsetpgrp(0, getpid()) != 0) _exit(1);
    _exit(tcgetpgrp(0) == getpid() ? 0 : 2);
  }
  int status;
  if (waitpid(child, &status, 0) != child || status != 0) _exit(4);
}
static void the_foreground_group_changes(void) { in_session(change_group); }

static void read_in_background(void) {
  signal(SIGTTOU, SIG_IGN);
  const pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    char byte;
    (void)!read(0, &byte, 1);
    _exit(7);
  }
  setpgid(child, child);
  int status;
  if (waitpid(child, &status, WUNTRACED) != child) _exit(1);
  if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTTIN) _exit(2);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
}
static void background_readers_are_stopped(void) {
  in_session(read_in_background);
}

static void keys_send_signals(void) {
  int ready[2];
  CHECK(pipe(ready) == 0);
  const pid_t child = forkpty(&master, NULL, NULL, NULL);
  CHECK(child >= 0);
  if (child == 0) {
    signal(SIGINT, on_signal);
    signal(SIGWINCH, on_signal);
    if (write(ready[1], "x", 1) != 1) _exit(9);
    while (!(signals & 1 << SIGINT)) pause();
    if (write(ready[1], "x", 1) != 1) _exit(9);
    while (!(signals & 1 << SIGWINCH)) usleep(1000);
    for (;;) pause();  // until the terminal hangs up
  }
  char byte;
  CHECK(read(ready[0], &byte, 1) == 1);
  put(master, "\003");
  CHECK(read(ready[0], &byte, 1) == 1);
  const struct winsize size = {.ws_row = 5, .ws_col = 5};
  CHECK(ioctl(master, TIOCSWINSZ, &size) == 0);
  usleep(50000);
  CHECK(close(master) == 0);
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
  close(ready[0]);
  close(ready[1]);
}

static void a_closed_slave_is_a_hangup(void) {
  open_both();
  CHECK(close(slave) == 0);
  char byte;
  CHECK_ERRNO(EIO, read(master, &byte, 1));
  struct pollfd hangup = {.fd = master, .events = POLLIN};
  CHECK(poll(&hangup, 1, 0) == 1 && (hangup.revents & POLLHUP));
  CHECK(close(master) == 0);
}

int main(void) {
  CASE(masters_have_a_named_slave);
  CASE(both_sides_are_terminals);
  CASE(strangers_terminals_are_not_there);
  CASE(data_passes_both_ways);
  CASE(lines_are_edited_and_echoed);
  CASE(modes_are_kept);
  CASE(input_can_be_flushed);
  CASE(the_window_size_is_kept);
  CASE(forkpty_gives_a_controlling_terminal);
  CASE(without_a_terminal);
  CASE(the_foreground_group_changes);
  CASE(background_readers_are_stopped);
  CASE(keys_send_signals);
  CASE(a_closed_slave_is_a_hangup);
  return 0;
}
