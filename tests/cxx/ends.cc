// How programs and threads end: exceptions that nobody catches, exit, and the
// end of a thread from within.
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/posix/check.h"

namespace {

struct Ended {
  int status;
  std::string messages;  // what it wrote to standard error and output
};

Ended InChild(const std::function<void()>& function) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  const pid_t pid = fork();
  CHECK(pid >= 0);
  if (pid == 0) {
    dup2(ends[1], 1);
    dup2(ends[1], 2);
    close(ends[0]);
    close(ends[1]);
    function();
    exit(0);
  }
  close(ends[1]);
  Ended ended;
  char buffer[256];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof(buffer))) > 0;) {
    ended.messages.append(buffer, n);
  }
  close(ends[0]);
  CHECK(waitpid(pid, &ended.status, 0) == pid);
  return ended;
}

bool Aborted(const Ended& ended) {
  return WIFSIGNALED(ended.status) && WTERMSIG(ended.status) == SIGABRT;
}

bool Says(const Ended& ended, const char* text) {
  return ended.messages.find(text) != std::string::npos;
}

void an_uncaught_exception_aborts_and_says_what() {
  const Ended ended = InChild([] { throw std::runtime_error("the reason"); });
  CHECK(Aborted(ended));
  CHECK(Says(ended,
             "terminating due to uncaught exception of type "
             "std::runtime_error: the reason"));
}

void one_of_a_thread_does_too() {
  const Ended ended = InChild([] { std::thread([] { throw 1; }).join(); });
  CHECK(Aborted(ended));
  CHECK(Says(ended, "terminating due to uncaught exception of type int"));
}

void Promises() noexcept {
  const std::string object(100, 'x');
  throw std::logic_error("broken promise");
}

void one_that_leaves_a_noexcept_function_does_too() {
  const Ended ended = InChild([] {
    try {
      Promises();
    } catch (...) {
      _exit(3);
    }
  });
  CHECK(Aborted(ended));
  CHECK(Says(ended, "uncaught exception of type std::logic_error: broken"));
}

struct ThrowsAtEnd {
  ~ThrowsAtEnd() { throw 1; }  // NOLINT: that is the test
};

void one_that_leaves_a_destructor_does_too() {
  const Ended ended = InChild([] {
    try {
      ThrowsAtEnd object;
    } catch (...) {
      _exit(3);
    }
  });
  CHECK(Aborted(ended));
}

void a_terminate_handler_sees_the_exception() {
  const Ended ended = InChild([] {
    std::set_terminate([] {
      try {
        std::rethrow_exception(std::current_exception());
      } catch (const std::exception& error) {
        printf("handler: %s\n", error.what());
        fflush(stdout);
      }
      _exit(9);
    });
    throw std::runtime_error("seen");
  });
  CHECK(WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 9);
  CHECK(Says(ended, "handler: seen"));
}

void rethrowing_nothing_aborts() {
  CHECK(Aborted(InChild([] { throw; })));
}

void a_thread_that_is_not_joined_aborts() {
  CHECK(Aborted(InChild([] { std::thread thread([] {}); })));
}

struct Says_ {
  ~Says_() { printf("%s\n", text); }
  const char* text;
};
thread_local Says_ t_main{"thread-local of main"};
Says_ g_static{"static"};

void exit_runs_what_is_registered_and_no_more() {
  const Ended ended = InChild([] {
    const Says_ automatic{"automatic"};
    CHECK(t_main.text != nullptr);
    atexit([] { printf("atexit\n"); });
    exit(7);
  });
  CHECK(WEXITSTATUS(ended.status) == 7);
  CHECK(ended.messages == "thread-local of main\natexit\nstatic\n");
}

void quick_exit_runs_its_own() {
  const Ended ended = InChild([] {
    at_quick_exit([] {
      printf("quick\n");
      fflush(stdout);
    });
    atexit([] { printf("atexit\n"); });
    quick_exit(6);
  });
  CHECK(WEXITSTATUS(ended.status) == 6 && ended.messages == "quick\n");
}

std::string g_trace;
struct Tracer {
  ~Tracer() { g_trace += name; }
  const char* name;
};
thread_local Tracer t_tracer{"t"};
pthread_key_t g_key;

void* EndFromWithin(void*) {
  CHECK(t_tracer.name != nullptr);
  pthread_setspecific(g_key, &g_key);
  const Tracer outer{"o"};
  [] {
    const Tracer inner{"i"};
    pthread_exit(&g_trace);
  }();
  return nullptr;
}

void pthread_exit_destroys_what_is_on_the_stack() {
  g_trace.clear();
  CHECK(pthread_key_create(&g_key, [](void*) { g_trace += "k"; }) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, nullptr, EndFromWithin, nullptr) == 0);
  void* result = nullptr;
  CHECK(pthread_join(thread, &result) == 0);
  CHECK(result == &g_trace);
  CHECK(g_trace == "iotk");
}

void* CatchesEverything(void*) {
  try {
    const Tracer tracer{"c"};
    pthread_exit(nullptr);
  } catch (const std::exception&) {
    g_trace += "!";
  }
  return nullptr;
}

void it_is_not_an_exception_of_a_type() {
  g_trace.clear();
  pthread_t thread;
  CHECK(pthread_create(&thread, nullptr, CatchesEverything, nullptr) == 0);
  CHECK(pthread_join(thread, nullptr) == 0);
  CHECK(g_trace == "c");
}

sem_t g_ready;

void* WaitForever(void*) {
  const Tracer tracer{"w"};
  sem_post(&g_ready);
  for (;;) pause();
  return nullptr;
}

void cancelling_destroys_what_is_on_the_stack() {
  g_trace.clear();
  CHECK(sem_init(&g_ready, 0, 0) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, nullptr, WaitForever, nullptr) == 0);
  CHECK(sem_wait(&g_ready) == 0);
  CHECK(pthread_cancel(thread) == 0);
  void* result = nullptr;
  CHECK(pthread_join(thread, &result) == 0);
  CHECK(result == PTHREAD_CANCELED);
  CHECK(g_trace == "w");
}

void main_may_end_before_other_threads() {
  const Ended ended = InChild([] {
    std::thread([] {
      usleep(20000);
      printf("later\n");
    }).detach();
    const Says_ automatic{"automatic"};
    pthread_exit(nullptr);
  });
  CHECK(WIFEXITED(ended.status) && WEXITSTATUS(ended.status) == 0);
  CHECK(ended.messages.starts_with("automatic\nlater\n"));
}

jmp_buf g_place;
void Jump() { longjmp(g_place, 5); }
void PassesJumps() noexcept { Jump(); }

void longjmp_passes_functions_that_promise_no_exception() {
  volatile int before = 3;
  const int value = setjmp(g_place);
  if (value == 0) {
    before = 4;
    PassesJumps();
  }
  CHECK(value == 5 && before == 4);
}

void jumps_and_exceptions_mix() {
  volatile int caught = 0;
  for (volatile int i = 0; i < 4; i = i + 1) {
    try {
      if (setjmp(g_place) == 0) {
        if (i % 2) Jump();
        throw static_cast<int>(i);
      }
      caught = caught + 10;
    } catch (int) {
      caught = caught + 1;
    }
  }
  CHECK(caught == 22);
}

sigjmp_buf g_signal_place;

void a_handler_jumps_past_frames_that_catch() {
  signal(SIGUSR1, [](int) { siglongjmp(g_signal_place, 1); });
  volatile bool caught = false;
  if (sigsetjmp(g_signal_place, 1) == 0) {
    try {
      raise(SIGUSR1);
    } catch (...) {
      caught = true;
    }
    CHECK(false);
  }
  CHECK(!caught);
}

}  // namespace

int main() {
  CASE(an_uncaught_exception_aborts_and_says_what);
  CASE(one_of_a_thread_does_too);
  CASE(one_that_leaves_a_noexcept_function_does_too);
  CASE(one_that_leaves_a_destructor_does_too);
  CASE(a_terminate_handler_sees_the_exception);
  CASE(rethrowing_nothing_aborts);
  CASE(a_thread_that_is_not_joined_aborts);
  CASE(exit_runs_what_is_registered_and_no_more);
  CASE(quick_exit_runs_its_own);
  CASE(pthread_exit_destroys_what_is_on_the_stack);
  CASE(it_is_not_an_exception_of_a_type);
  CASE(cancelling_destroys_what_is_on_the_stack);
  CASE(main_may_end_before_other_threads);
  CASE(longjmp_passes_functions_that_promise_no_exception);
  CASE(jumps_and_exceptions_mix);
  CASE(a_handler_jumps_past_frames_that_catch);
}
