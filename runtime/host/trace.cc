#include "runtime/host/trace.h"

#include <unistd.h>

#include "runtime/host/trace_line.h"
#include "runtime/host/trace_names.h"
#include "runtime/host/trace_values.h"

namespace slipway::host {
namespace {

constexpr size_t kResultColumn = 40;

// What Denied() said during the calling thread's current call.
thread_local TraceLine denials;

void AppendPrefix(TraceLine& line, pid_t first_tid) {
  const pid_t tid = gettid();
  if (tid != first_tid) line.Text("[").Decimal(tid).Text("] ");
}

void AppendCall(TraceLine& line, const TracedCall& call) {
  line.Text(call.row.name).Text("(");
  for (size_t i = 0; i < call.row.argc && i < call.args.size(); ++i) {
    if (i != 0) line.Text(", ");
    AppendArgument(line, call, i);
  }
  line.Text(")").PadTo(kResultColumn).Text("= ");
}

// Addresses come back from calls such as mmap; other results are small.
void AppendResult(TraceLine& line, int64_t result) {
  constexpr int64_t kLooksLikeAddress = 1 << 24;
  if (result < 0 && result > -4096) {
    AppendErrno(line.Text("-1 "), static_cast<int>(-result));
  } else if (result >= kLooksLikeAddress) {
    line.Hex(result);
  } else {
    line.Decimal(result);
  }
}

void WriteDenials(int fd) {
  if (denials.view().empty()) return;
  denials.WriteTo(fd);
  denials = TraceLine();
}

}  // namespace

Tracer::Tracer(int fd) : fd_(fd), first_tid_(gettid()) {}

void Tracer::Returned(const TraceCall& row, const GuestMemory& memory,
                      std::span<const int64_t> args, int64_t result) const {
  const int saved_errno = errno;
  TraceLine line;
  AppendPrefix(line, first_tid_);
  AppendCall(line, {row, memory, args, result, /*returned=*/true});
  AppendResult(line, result);
  line.WriteTo(fd_);
  WriteDenials(fd_);
  errno = saved_errno;
}

void Tracer::Print(const TraceLine& call, std::string_view result) const {
  TraceLine line;
  AppendPrefix(line, first_tid_);
  line.Text(call.view()).PadTo(kResultColumn).Text("= ").Text(result);
  line.WriteTo(fd_);
  WriteDenials(fd_);
}

void Tracer::Leaving(const TraceCall& row, const GuestMemory& memory,
                     std::span<const int64_t> args) const {
  TraceLine line;
  AppendPrefix(line, first_tid_);
  AppendCall(line, {row, memory, args, 0, /*returned=*/false});
  line.Text("?").WriteTo(fd_);
}

void Tracer::Denied(std::string_view what, std::string_view option) const {
  if (!denials.view().empty()) denials.Text("\n");
  denials.Text("   denied: ").Text(what);
  if (!option.empty()) denials.Text("; grant with ").Text(option);
}

void Tracer::Executing(std::string_view program) const {
  TraceLine line;
  AppendPrefix(line, first_tid_);
  line.Text("--- execute ").Text(program).Text(" ---").WriteTo(fd_);
}

void Tracer::Delivering(int signal) const {
  TraceLine line;
  AppendPrefix(line, first_tid_);
  AppendSignal(line.Text("--- "), signal);
  line.Text(" ---").WriteTo(fd_);
}

}  // namespace slipway::host
