#include "runtime/host/death.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "runtime/engine/trap.h"
#include "runtime/host/kernel_signals.h"

namespace slipway::host {

namespace {

void Report(std::string_view program, const std::string& text) {
  const std::string line = "slipway: " + std::string(program) + ": " + text +
                           (text.empty() || text.back() != '\n' ? "\n" : "");
  // Nothing can be done about a failure.
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void DieOfSignal(int signal) {
  SetKernelMask(~SignalMask{0});
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  SetKernelDisposition(signal, 0 /* SIG_DFL */, 0);
  syscall(SYS_tgkill, getpid(), gettid(), signal);
  SetKernelMask(~SignalBit(signal));
  _exit(128 + signal);  // the default action of `signal` is not to die
}

void DieOfOutcome(std::string_view program, const engine::Outcome& outcome) {
  SetKernelMask(~SignalMask{0});
  if (outcome.kind == engine::Outcome::kTrapped) {
    Report(program, "trap: " + outcome.trap->ToString());
    DieOfSignal(engine::TrapSignal(outcome.trap->code));
  }
  Report(program, "an exception was thrown and nothing caught it");
  DieOfSignal(SIGABRT);
}

}  // namespace slipway::host
