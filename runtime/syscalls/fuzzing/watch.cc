#include "runtime/syscalls/fuzzing/watch.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/host/interruptible.h"

namespace slipway::sys::fuzzing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kUntilInterrupt(20);
constexpr milliseconds kUntilKill(150);  // of guests that wait lawfully
// Long, because the machine may be doing something else.
constexpr milliseconds kUntilHang(30'000);
constexpr int kHostFault = 86;  // exit status

Shared* reporting = nullptr;

// A fault that is nobody's: the engine gives what is not the guest's to the
// handlers that were there before its own.
void OnHostFault(int signal, siginfo_t* info, void* raw_context) {
  const auto* context = static_cast<const ucontext_t*>(raw_context);
  char line[160];
  std::snprintf(line, sizeof(line),
                "fault of the host: signal %d, code %d, address %p, pc %llx",
                signal, info->si_code, info->si_addr,
                context->uc_mcontext.gregs[REG_RIP]);
  Report(*reporting, line);
  __sanitizer_print_stack_trace();
  ::_exit(kHostFault);
}

// What libFuzzer and the sanitizers have installed is not the guest's.
void ResetSignals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  struct sigaction action = {};
  action.sa_sigaction = OnHostFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE}) {
    ::sigaction(signal, &action, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

// Only the standard streams, which lead nowhere.
void ResetDescriptors(int slots_fd, int report_fd) {
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
  ::dup3(slots_fd, 1022, O_CLOEXEC);
  ::dup3(report_fd, 1023, O_CLOEXEC);
  ::close_range(3, 1021, 0);
  __sanitizer_set_report_fd(reinterpret_cast<void*>(1023));
}

// Without streams, which throw when a process is gone while it is read about.
std::string ReadFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string text;
  char buffer[4096];
  for (ssize_t size; (size = ::read(fd, buffer, sizeof(buffer))) > 0;) {
    text.append(buffer, static_cast<size_t>(size));
  }
  if (fd >= 0) ::close(fd);
  return text;
}

std::vector<int> Numbers(const std::string& directory) {
  std::vector<int> numbers;
  DIR* const list = ::opendir(directory.c_str());
  if (list == nullptr) return numbers;
  while (const dirent* entry = ::readdir(list)) {
    if (const int number = std::atoi(entry->d_name)) numbers.push_back(number);
  }
  ::closedir(list);
  return numbers;
}

std::string TaskDirectory(int pid) {
  return "/proc/" + std::to_string(pid) + "/task/";
}

void Interrupt(int pid) {
  for (int tid : Numbers(TaskDirectory(pid))) {
    ::syscall(SYS_tgkill, pid, tid, SIGUSR1);
  }
}

// Whether a call that signals interrupt is at `pc` of a child: all code that it
// shares with us.
bool IsWindow(uint64_t pc) {
  Dl_info info;
  return ::dladdr(reinterpret_cast<const void*>(pc), &info) != 0 &&
         host::InterruptedExit(pc) != 0;
}

// The threads of a process that do not wait where a guest may wait, which is in
// a system call that signals interrupt.
std::string DescribeUnlawful(int pid) {
  std::string description;
  for (int tid : Numbers(TaskDirectory(pid))) {
    const std::string task = TaskDirectory(pid) + std::to_string(tid);
    const std::string call = ReadFile(task + "/syscall");
    const std::string stat = ReadFile(task + "/stat");
    const size_t name_end = stat.rfind(')');
    const char state = name_end == stat.npos ? 'X' : stat[name_end + 2];
    if (state == 'Z' || state == 'X' || state == 'T') continue;
    const size_t last = call.rfind(' ');
    const uint64_t pc =
        last == call.npos ? 0 : std::strtoull(&call[last], nullptr, 16);
    constexpr uint64_t kSyscallSize = 2;  // pc is behind the instruction
    if (state == 'S' && IsWindow(pc - kSyscallSize)) continue;
    description +=
        "thread " + std::to_string(tid) + " state " + state + " call " + call;
  }
  return description;
}

std::vector<int> Children(int of) {
  std::vector<int> children;
  const std::string parent = " " + std::to_string(of) + " ";
  for (int pid : Numbers("/proc")) {
    const std::string stat = ReadFile("/proc/" + std::to_string(pid) + "/stat");
    const size_t name_end = stat.rfind(')');
    if (name_end != stat.npos &&
        stat.compare(name_end + 3, parent.size(), parent) == 0) {
      children.push_back(pid);
    }
  }
  return children;
}

// A guest and its descendants, each after its parent.
std::vector<int> Family(int guest) {
  std::vector<int> family = {guest};
  for (size_t i = 0; i < family.size(); ++i) {
    const std::vector<int> children = Children(family[i]);
    family.insert(family.end(), children.begin(), children.end());
  }
  return family;
}

// Whatever the guest has left behind, which is ours by now. `others` were
// there before it: the sanitizers' symbolizer is.
void KillDescendants(const std::vector<int>& others) {
  for (bool left = true; left; ::usleep(500)) {
    left = false;
    for (int pid : Children(::getpid())) {
      if (std::find(others.begin(), others.end(), pid) != others.end()) {
        continue;
      }
      left = true;
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, WNOHANG);
    }
  }
}

// Kills those that wait lawfully, and says what the others do: one may be the
// parent that waits in vfork for one that is killed.
std::string KillWaiting(const std::vector<int>& family) {
  std::string others;
  for (int pid : family) {
    const std::string description = DescribeUnlawful(pid);
    if (description.empty()) ::kill(pid, SIGKILL);
    others += description;
  }
  return others;
}

// The status that wait reports; a finding instead when the guest or a process
// of its own hangs.
int Await(pid_t guest, std::string& finding) {
  const Clock::time_point start = Clock::now();
  int status = 0;
  for (useconds_t pause = 50;; pause = pause < 5000 ? pause * 2 : pause) {
    if (::waitpid(guest, &status, WNOHANG) == guest) return status;
    ::usleep(pause);
    const auto elapsed = Clock::now() - start;
    if (elapsed < kUntilInterrupt) continue;
    const std::vector<int> family = Family(guest);
    for (int pid : family) {
      Interrupt(pid);
      ::kill(pid, SIGCONT);
    }
    if (elapsed < kUntilKill) continue;
    const std::string others = KillWaiting(family);
    if (others.empty() || elapsed < kUntilHang) continue;
    finding = "hangs:\n" + others;
    ::kill(guest, SIGKILL);
    ::waitpid(guest, &status, 0);
    return status;
  }
}

bool IsFault(int signal) {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL ||
         signal == SIGFPE || signal == SIGABRT || signal == SIGSYS ||
         signal == SIGTRAP;
}

}  // namespace

std::string WatchGuest(const World& world, const Script& script) {
  static const int report_fd = ::memfd_create("report", MFD_CLOEXEC);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  Shared& shared = *world.shared;
  shared.signals_sent.store(false);
  shared.report_size.store(0);
  std::memset(shared.report, 0, sizeof(shared.report));
  (void)!::ftruncate(report_fd, 0);
  ::lseek(report_fd, 0, SEEK_SET);
  sigset_t all, before;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  const std::vector<int> others = Children(::getpid());
  const pid_t child = ::fork();
  if (child == 0) {
    reporting = &shared;
    __sanitizer_set_death_callback(nullptr);
    ResetDescriptors(world.slots_fd, report_fd);
    ResetSignals();
    World inside = world;
    inside.slots_fd = 1022;
    RunGuest(inside, script);
  }
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  std::string finding;
  const int status = Await(child, finding);
  KillDescendants(others);
  if (shared.report_size.load() != 0) {
    shared.report[sizeof(shared.report) - 1] = '\0';
    finding += shared.report;
  }
  if (::lseek(report_fd, 0, SEEK_END) > 0) {
    finding += ReadFile("/proc/self/fd/" + std::to_string(report_fd));
  }
  if (WIFSIGNALED(status) && IsFault(WTERMSIG(status)) &&
      !shared.signals_sent.load()) {
    finding += "ended by signal " + std::to_string(WTERMSIG(status)) + "\n";
  }
  return finding;
}

}  // namespace slipway::sys::fuzzing
