// execve: what the next program gets, what it does not, and when there is none.
// The program executes itself; what it then does is in argv[1].
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

extern char** environ;
static char self[4096];

// ---- The program as it is executed ----

static int show_arguments(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) printf("%d <%s>\n", i, i ? argv[i] : "");
  return 0;
}

static int show_environment(void) {
  for (char** entry = environ; *entry; ++entry) puts(*entry);
  return 0;
}

static int show_descriptors(int argc, char** argv) {
  for (int i = 2; i < argc; ++i) {
    const int open = fcntl(atoi(argv[i]), F_GETFD) >= 0;
    printf("%d %s\n", i, open ? "open" : "closed");
  }
  return 0;
}

static int show_signals(void) {
  struct sigaction action;
  sigset_t mask, pending;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  sigpending(&pending);
  for (int signal = 1; signal < 32; ++signal) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    sigaction(signal, NULL, &action);
    const char* what = action.sa_handler == SIG_DFL   ? ""
                       : action.sa_handler == SIG_IGN ? " ignored"
                                                      : " handled";
    if (*what || sigismember(&mask, signal) || sigismember(&pending, signal)) {
      printf("%d%s%s%s\n", signal, what,
             sigismember(&mask, signal) ? " blocked" : "",
             sigismember(&pending, signal) ? " pending" : "");
    }
  }
  stack_t stack;
  sigaltstack(NULL, &stack);
  printf("alternate stack %s\n", stack.ss_flags & SS_DISABLE ? "no" : "yes");
  return 0;
}

static int show_process(char** argv) {
  char directory[4096];
  struct itimerval timer;
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  getitimer(ITIMER_REAL, &timer);
  const mode_t mask = umask(0);
  printf("pid %s, parent %s\n", getpid() == atoi(argv[2]) ? "kept" : "new",
         getppid() == atoi(argv[3]) ? "kept" : "new");
  printf("directory %s\n", strrchr(getcwd(directory, sizeof(directory)), '/'));
  printf("umask %o, timer %s, descriptors %d\n", mask,
         timer.it_value.tv_sec > 50 ? "runs" : "none", (int)limit.rlim_cur);
  return 0;
}

static int be_executed(int argc, char** argv) {
  const char* mode = argv[1];
  if (!strcmp(mode, "arguments")) return show_arguments(argc, argv);
  if (!strcmp(mode, "environment")) return show_environment();
  if (!strcmp(mode, "descriptors")) return show_descriptors(argc, argv);
  if (!strcmp(mode, "signals")) return show_signals();
  if (!strcmp(mode, "process")) return show_process(argv);
  if (!strcmp(mode, "exit")) return atoi(argv[2]);
  if (!strcmp(mode, "kill")) return kill(getpid(), atoi(argv[2]));
  if (!strcmp(mode, "copy")) {
    char text[256];
    const ssize_t size = read(atoi(argv[2]), text, sizeof(text));
    return write(1, text, size) != size;
  }
  if (!strcmp(mode, "again")) {
    execl(self, "self", "exit", argv[2], NULL);
    return 99;
  }
  // A script: the interpreter was told its argument and the script's name.
  printf("script, %d arguments:", argc - 1);
  for (int i = 1; i < argc; ++i) printf(" <%s>", argv[i]);
  puts("");
  return 0;
}

// ---- Tests ----

// Runs `body` in a child that is to execute something; returns the status.
static int in_child(void (*body)(void)) {
  fflush(stdout);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    body();
    _exit(98);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  return status;
}

#define EXECUTE(...) execl(self, "self", __VA_ARGS__, (char*)NULL)

static void with_arguments(void) {
  char* const argv[] = {"other name", "arguments", "", "a b", "\xff\n", NULL};
  execve(self, argv, environ);
}
static void arguments_arrive(void) { CHECK(in_child(with_arguments) == 0); }

static void with_environment(void) {
  char* const argv[] = {"self", "environment", NULL};
  char* const envp[] = {"A=1", "EMPTY=", "odd", "B=x=y", "A=2", NULL};
  execve(self, argv, envp);
}
static void environment_is_the_one_given(void) {
  CHECK(in_child(with_environment) == 0);
}

static void without_environment(void) {
  char* const argv[] = {"self", "environment", NULL};
  execve(self, argv, NULL);
}
static void environment_may_be_empty(void) {
  CHECK(in_child(without_environment) == 0);
}

static void with_descriptors(void) {
  int ends[2], sockets[2];
  if (pipe(ends) || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)) _exit(1);
  const int file = open("file", O_RDWR | O_CREAT, 0600);
  const int closed = open("file", O_RDWR | O_CLOEXEC);
  const int duplicate = fcntl(closed, F_DUPFD, 100);
  char text[4][16];
  snprintf(text[0], 16, "%d", file);
  snprintf(text[1], 16, "%d", closed);
  snprintf(text[2], 16, "%d", duplicate);
  snprintf(text[3], 16, "%d", sockets[1]);
  EXECUTE("descriptors", "0", "1", "2", text[0], text[1], text[2], text[3]);
}
static void descriptors_stay_without_close_on_exec(void) {
  CHECK(in_child(with_descriptors) == 0);
}

static void with_offset(void) {
  char text[16];
  const int fd = open("offset", O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (write(fd, "0123456789\n", 11) != 11 || lseek(fd, 4, SEEK_SET) != 4) {
    _exit(1);
  }
  snprintf(text, sizeof(text), "%d", fd);
  EXECUTE("copy", text);
}
static void open_files_keep_their_offset(void) {
  CHECK(in_child(with_offset) == 0);
}

static volatile sig_atomic_t handled;
static void on_signal(int signal) { handled = signal; }

static void with_signals(void) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  sigaddset(&blocked, SIGSEGV);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_SETMASK, &blocked, NULL);
  signal(SIGUSR2, SIG_IGN);
  signal(SIGBUS, SIG_IGN);
  signal(SIGHUP, on_signal);
  signal(SIGFPE, on_signal);
  raise(SIGUSR1);
  static char space[1 << 16];
  const stack_t stack = {.ss_sp = space, .ss_size = sizeof(space)};
  sigaltstack(&stack, NULL);
  EXECUTE("signals");
}
static void handlers_go_and_masks_stay(void) {
  CHECK(in_child(with_signals) == 0);
}

static void with_process_state(void) {
  char own[16], parent[16];
  if (mkdir("inner", 0700) != 0 || chdir("inner") != 0) _exit(1);
  umask(027);
  const struct itimerval timer = {.it_value.tv_sec = 100};
  setitimer(ITIMER_REAL, &timer, NULL);
  const struct rlimit limit = {200, 400};
  setrlimit(RLIMIT_NOFILE, &limit);
  snprintf(own, sizeof(own), "%d", getpid());
  snprintf(parent, sizeof(parent), "%d", getppid());
  EXECUTE("process", own, parent);
}
static void the_process_stays_the_same(void) {
  CHECK(in_child(with_process_state) == 0);
}

static void with_status(void) { EXECUTE("exit", "7"); }
static void twice(void) { EXECUTE("again", "9"); }
static void with_signal(void) { EXECUTE("kill", "15"); }
static void the_parent_gets_the_status(void) {
  CHECK(in_child(with_status) == 7 << 8);
  CHECK(in_child(twice) == 9 << 8);
  CHECK(in_child(with_signal) == SIGTERM);
}

static void* spin(void* unused) {
  (void)unused;
  for (;;) usleep(1000);
  return NULL;
}
static void* execute(void* unused) {
  (void)unused;
  EXECUTE("exit", "3");
  return NULL;
}
static void with_threads(void) {
  pthread_t thread;
  for (int i = 0; i < 4; ++i) pthread_create(&thread, NULL, spin, NULL);
  with_status();
}
static void from_a_thread(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, spin, NULL);
  pthread_create(&thread, NULL, execute, NULL);
  for (;;) pause();
}
static void other_threads_end(void) {
  CHECK(in_child(with_threads) == 7 << 8);
  CHECK(in_child(from_a_thread) == 3 << 8);
}

static void write_file(const char* name, const char* text, mode_t mode) {
  unlink(name);
  const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0700);
  CHECK(fd >= 0);
  CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  CHECK(fchmod(fd, mode) == 0 && close(fd) == 0);
}

static void write_script(const char* name, const char* format) {
  char text[5000];
  snprintf(text, sizeof(text), format, self);
  write_file(name, text, 0700);
}

static void script_with_arguments(void) {
  execl("./script", "ignored", "one", "two", NULL);
}
static void scripts_run_their_interpreter(void) {
  write_script("script", "#! %s  \nnot read\n");
  CHECK(in_child(script_with_arguments) == 0);
  write_script("script", "#!%s --flag with blanks \n");
  CHECK(in_child(script_with_arguments) == 0);
}

static void outer_script(void) { execl("outer", "outer", "x", NULL); }
static void scripts_may_interpret_scripts(void) {
  write_script("script", "#!%s inner\n");
  write_file("outer", "#!script between\n", 0700);
  CHECK(in_child(outer_script) == 0);
  write_file("loop", "#!loop\n", 0700);
  CHECK_ERRNO(ELOOP, execl("loop", "loop", NULL));
}

static void what_cannot_be_executed(void) {
  char* const argv[] = {"x", NULL};
  CHECK_ERRNO(ENOENT, execve("missing", argv, environ));
  CHECK_ERRNO(ENOENT, execve("", argv, environ));
  CHECK_ERRNO(EACCES, execve(".", argv, environ));
  CHECK_ERRNO(EACCES, execve("/dev/null", argv, environ));
  write_file("plain", "echo no\n", 0600);
  CHECK_ERRNO(EACCES, execve("plain", argv, environ));
  CHECK_ERRNO(ENOTDIR, execve("plain/", argv, environ));
  chmod("plain", 0700);
  CHECK_ERRNO(ENOEXEC, execve("plain", argv, environ));
  write_file("empty", "", 0700);
  CHECK_ERRNO(ENOEXEC, execve("empty", argv, environ));
  write_file("bad", "#!/no/such/interpreter\n", 0700);
  CHECK_ERRNO(ENOENT, execve("bad", argv, environ));
  write_file("bad", "#!\n", 0700);
  CHECK_ERRNO(ENOEXEC, execve("bad", argv, environ));
  write_file("bad", "#!./plain\n", 0700);
  CHECK_ERRNO(ENOEXEC, execve("bad", argv, environ));
  CHECK(symlink("lost", "link") == 0);
  CHECK_ERRNO(ENOENT, execve("link", argv, environ));
}

static void a_file_open_for_writing_is_busy(void) {
  write_script("busy", "#!%s\n");
  const int fd = open("busy", O_WRONLY);
  CHECK_ERRNO(ETXTBSY, execl("./busy", "busy", NULL));
  CHECK(close(fd) == 0);
}

static void arguments_may_be_too_long(void) {
  char* const long_string = malloc(200000);
  memset(long_string, 'x', 200000);
  long_string[199999] = 0;
  CHECK_ERRNO(E2BIG, execl(self, "self", long_string, NULL));
  long_string[100000] = 0;
  char* argv[101];
  for (int i = 0; i < 100; ++i) argv[i] = long_string;
  argv[100] = NULL;
  CHECK_ERRNO(E2BIG, execve(self, argv, environ));
  free(long_string);
}

static int execute_at(int directory, const char* path, char* const argv[],
                      char* const envp[], int flags) {
  return (int)syscall(SYS_execveat, (long)directory, path, argv, envp,
                      (long)flags);
}
static void through_a_descriptor(void) {
  const int fd = open(self, O_RDONLY | O_CLOEXEC);
  char* const argv[] = {"self", "exit", "5", NULL};
  fexecve(fd, argv, environ);
}
static void script_through_a_descriptor(void) {
  const int fd = open("script", O_RDONLY);
  char* const argv[] = {"ignored", "tail", NULL};
  if (dup2(fd, 50) == 50) fexecve(50, argv, environ);
}
static void relative_to_a_directory(void) {
  const int directory = open(".", O_RDONLY | O_DIRECTORY);
  char* const argv[] = {"x", NULL};
  execute_at(directory, "script", argv, environ, 0);
}
static void descriptors_can_be_executed(void) {
  write_script("script", "#!%s\n");
  CHECK(in_child(through_a_descriptor) == 5 << 8);
  CHECK(in_child(script_through_a_descriptor) == 0);
  CHECK(in_child(relative_to_a_directory) == 0);
  char* const argv[] = {"x", NULL};
  CHECK_ERRNO(EBADF, fexecve(999, argv, environ));
  CHECK_ERRNO(ELOOP, execute_at(AT_FDCWD, "/proc/self/exe", argv, environ,
                                AT_SYMLINK_NOFOLLOW));
  CHECK_ERRNO(EINVAL, execute_at(AT_FDCWD, self, argv, environ, 1 << 20));
}

static void search(void) {
  setenv("PATH", "/nowhere:.:/", 1);
  execlp("found", "found", "exit", "6", NULL);
}
static void the_path_is_searched(void) {
  CHECK(symlink(self, "found") == 0);
  CHECK(in_child(search) == 6 << 8);
}

static void with_vfork(void) {
  const pid_t child = vfork();
  if (child == 0) {
    execl(self, "self", "exit", "4", NULL);
    _exit(97);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 4 << 8);
}

static void a_failed_execve_changes_nothing(void) {
  signal(SIGUSR1, on_signal);
  const int fd = open("file", O_RDONLY | O_CLOEXEC);
  CHECK_ERRNO(ENOEXEC, execl("plain", "plain", NULL));
  struct sigaction action;
  CHECK(sigaction(SIGUSR1, NULL, &action) == 0);
  CHECK(action.sa_handler == on_signal);
  CHECK(raise(SIGUSR1) == 0 && handled == SIGUSR1);
  CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC && close(fd) == 0);
}

int main(int argc, char** argv) {
  const ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);
  CHECK(size > 0);
  if (argc > 1) return be_executed(argc, argv);
  CASE(arguments_arrive);
  CASE(environment_is_the_one_given);
  CASE(environment_may_be_empty);
  CASE(descriptors_stay_without_close_on_exec);
  CASE(open_files_keep_their_offset);
  CASE(handlers_go_and_masks_stay);
  CASE(the_process_stays_the_same);
  CASE(the_parent_gets_the_status);
  CASE(other_threads_end);
  CASE(scripts_run_their_interpreter);
  CASE(scripts_may_interpret_scripts);
  CASE(what_cannot_be_executed);
  CASE(a_file_open_for_writing_is_busy);
  CASE(arguments_may_be_too_long);
  CASE(descriptors_can_be_executed);
  CASE(the_path_is_searched);
  CASE(with_vfork);
  CASE(a_failed_execve_changes_nothing);
  return 0;
}
