#include "runtime/host/trace_values.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "runtime/host/guest_memory.h"
#include "runtime/host/trace_names.h"
#include "runtime/host/trace_structs.h"

namespace slipway::host {
namespace {

constexpr uint64_t kShownPath = 256;
constexpr uint64_t kShownText = 64;

// How kinds.def writes a style.
enum class Style : uint8_t {
  number,
  count,
  hex,
  octal,
  fd,
  text,
  texts,
  bytes_in,
  bytes_out,
  object_in,
  object_out,
};

struct KindTraits {
  Style style;
  bool narrow;  // only the low 32 bits are the argument
};

constexpr KindTraits kKinds[] = {
#define POSIX_KIND(name, cpp_type, style) \
  {Style::style,                          \
   std::is_same_v<cpp_type, int32_t> || std::is_same_v<cpp_type, uint32_t>},
#include "posix-shim/abi/kinds.def"
#undef POSIX_KIND
};

// Printers for kinds that are numbers with names.
template <const TraceNames& kNames>
void PrintName(TraceLine& line, const TracedCall& call, size_t index) {
  AppendName(line, kNames, static_cast<int32_t>(call.args[index]));
}
template <const TraceNames& kNames>
void PrintFlags(TraceLine& line, const TracedCall& call, size_t index) {
  AppendFlags(line, kNames, static_cast<uint32_t>(call.args[index]));
}

void PrintSignal(TraceLine& line, const TracedCall& call, size_t index) {
  AppendSignal(line, static_cast<int32_t>(call.args[index]));
}

// The option's level is the argument before it.
void PrintSocketOption(TraceLine& line, const TracedCall& call, size_t index) {
  const int64_t level = index > 0 ? call.args[index - 1] : SOL_SOCKET;
  const auto option = static_cast<int32_t>(call.args[index]);
  if (level == SOL_SOCKET) {
    AppendName(line, kSocketOptions, option);
  } else if (level == IPPROTO_TCP) {
    AppendName(line, kTcpOptions, option);
  } else {
    line.Decimal(option);
  }
}

void PrintDirectory(TraceLine& line, const TracedCall& call, size_t index) {
  const auto fd = static_cast<int32_t>(call.args[index]);
  if (fd == AT_FDCWD) {
    line.Text("AT_FDCWD");
  } else {
    line.Decimal(fd);
  }
}

void PrintPointer(TraceLine& line, const TracedCall& call, size_t index) {
  AppendPointer(line, {static_cast<uint64_t>(call.args[index])});
}

void PrintPath(TraceLine& line, const TracedCall& call, size_t index) {
  const GuestPtr at{static_cast<uint64_t>(call.args[index])};
  if (at.is_null()) return AppendPointer(line, at);
  AppendText(line, call.memory, at, kShownPath);
}

struct KindPrinter {
  ArgKind kind;
  TracePrinter print;
};

constexpr KindPrinter kPrinters[] = {
    {ArgKind::k_sig, PrintSignal},
    {ArgKind::k_clock, PrintName<kClocks>},
    {ArgKind::k_resource, PrintName<kResources>},
    {ArgKind::k_dirfd, PrintDirectory},
    {ArgKind::k_flags_open, PrintFlags<kOpenFlags>},
    {ArgKind::k_flags_fd, PrintFlags<kDescriptorFlags>},
    {ArgKind::k_flags_at, PrintFlags<kAtFlags>},
    {ArgKind::k_flags_map, PrintFlags<kMapFlags>},
    {ArgKind::k_flags_msg, PrintFlags<kMessageFlags>},
    {ArgKind::k_flags_clone, PrintFlags<kCloneFlags>},
    {ArgKind::k_flags_wait, PrintFlags<kWaitOptions>},
    {ArgKind::k_access, PrintFlags<kAccessModes>},
    {ArgKind::k_prot, PrintFlags<kProtections>},
    {ArgKind::k_advice, PrintName<kMadvice>},
    {ArgKind::k_whence, PrintName<kSeekOrigins>},
    {ArgKind::k_fcntl_op, PrintName<kFcntlCommands>},
    {ArgKind::k_flock_op, PrintFlags<kLockOperations>},
    {ArgKind::k_ioctl_op, PrintName<kIoctlRequests>},
    {ArgKind::k_epoll_op, PrintName<kEpollOperations>},
    {ArgKind::k_futex_op, PrintFlags<kFutexOperations>},
    {ArgKind::k_mask_how, PrintName<kMaskChanges>},
    {ArgKind::k_domain, PrintName<kSocketFamilies>},
    {ArgKind::k_socktype, PrintFlags<kSocketTypes>},
    {ArgKind::k_socklevel, PrintName<kSocketLevels>},
    {ArgKind::k_sockopt, PrintSocketOption},
    {ArgKind::k_shut_how, PrintName<kShutdownModes>},
    {ArgKind::k_ptr, PrintPointer},
    {ArgKind::k_path, PrintPath},
    {ArgKind::k_fd_pair, PrintFdPair},
    {ArgKind::k_stat_out, PrintStat},
    {ArgKind::k_iovec_in, PrintIovecIn},
    {ArgKind::k_iovec_out, PrintIovecOut},
    {ArgKind::k_msghdr_in, PrintMsghdrIn},
    {ArgKind::k_msghdr_out, PrintMsghdrOut},
    {ArgKind::k_sockaddr_in, PrintSockaddrIn},
    {ArgKind::k_sockaddr_out, PrintSockaddrOut},
    {ArgKind::k_socklen_io, PrintSocklen},
    {ArgKind::k_pollfds_io, PrintPollfds},
    {ArgKind::k_fdset_io, PrintFdset},
    {ArgKind::k_epoll_event_in, PrintEpollEventIn},
    {ArgKind::k_epoll_events_out, PrintEpollEventsOut},
    {ArgKind::k_timespec_in, PrintTimespec},
    {ArgKind::k_timespec_out, PrintTimespec},
    {ArgKind::k_timeval_in, PrintTimeval},
    {ArgKind::k_timeval_out, PrintTimeval},
    {ArgKind::k_itimerval_in, PrintItimerval},
    {ArgKind::k_itimerval_out, PrintItimerval},
    {ArgKind::k_itimerspec_in, PrintItimerspec},
    {ArgKind::k_itimerspec_out, PrintItimerspec},
    {ArgKind::k_sigset_in, PrintSigset},
    {ArgKind::k_sigset_out, PrintSigset},
    {ArgKind::k_sigaction_in, PrintSigaction},
    {ArgKind::k_sigaction_out, PrintSigaction},
    {ArgKind::k_siginfo_in, PrintSiginfo},
    {ArgKind::k_siginfo_out, PrintSiginfo},
    {ArgKind::k_wstatus_out, PrintWaitStatus},
    {ArgKind::k_rlimit_in, PrintRlimit},
    {ArgKind::k_rlimit_out, PrintRlimit},
};

// Which of a kind's printers is printed only after success is the struct
// printer's business, except for these, which serve both directions.
constexpr bool IsPlainOutput(ArgKind kind) {
  switch (kind) {
    case ArgKind::k_timespec_out:
    case ArgKind::k_timeval_out:
    case ArgKind::k_itimerval_out:
    case ArgKind::k_itimerspec_out:
    case ArgKind::k_sigset_out:
    case ArgKind::k_sigaction_out:
    case ArgKind::k_siginfo_out:
    case ArgKind::k_rlimit_out:
      return true;
    default:
      return false;
  }
}

constexpr auto kPrinterOfKind = [] {
  std::array<TracePrinter, std::size(kKinds)> table{};
  for (const KindPrinter& entry : kPrinters) {
    table[static_cast<size_t>(entry.kind)] = entry.print;
  }
  return table;
}();

uint64_t InputLength(const TracedCall& call, size_t index) {
  return index + 1 < call.args.size() ? call.args[index + 1] : 0;
}

// Of a buffer that a successful call filled: its result, or what it left in
// the socklen_t that follows.
uint64_t OutputLength(const TracedCall& call, size_t index) {
  if (index + 1 >= call.args.size() ||
      call.row.args[index + 1].kind != ArgKind::k_socklen_io) {
    return call.result;
  }
  const auto length =
      call.memory.Load<uint32_t>({static_cast<uint64_t>(call.args[index + 1])});
  return length.ok() ? *length : 0;
}

void PrintByStyle(TraceLine& line, const TracedCall& call, size_t index,
                  KindTraits traits) {
  const int64_t value = call.args[index];
  const GuestPtr at{static_cast<uint64_t>(value)};
  switch (traits.style) {
    case Style::number:
      line.Decimal(traits.narrow ? static_cast<int32_t>(value) : value);
      return;
    case Style::count:
      line.Decimal(traits.narrow ? static_cast<uint32_t>(value) : value);
      return;
    case Style::hex:
      if (value == 0) {
        line.Text("0");
      } else {
        line.Hex(traits.narrow ? static_cast<uint32_t>(value) : value);
      }
      return;
    case Style::octal:
      line.Octal(static_cast<uint32_t>(value));
      return;
    case Style::fd:
      line.Decimal(static_cast<int32_t>(value));
      return;
    case Style::text:
      if (at.is_null()) return AppendPointer(line, at);
      return AppendText(line, call.memory, at, kShownText);
    case Style::texts:
      return PrintTexts(line, call, index);
    case Style::bytes_in:
      return AppendBytes(line, call.memory, at, InputLength(call, index));
    case Style::bytes_out:
      if (!call.succeeded()) return AppendPointer(line, at);
      return AppendBytes(line, call.memory, at, OutputLength(call, index));
    case Style::object_in:
    case Style::object_out:
      return AppendPointer(line, at);
  }
}

}  // namespace

void AppendArgument(TraceLine& line, const TracedCall& call, size_t index) {
  const ArgKind kind = call.row.args[index].kind;
  if (IsPlainOutput(kind) && !call.succeeded()) {
    return AppendPointer(line, {static_cast<uint64_t>(call.args[index])});
  }
  const TracePrinter print = kPrinterOfKind[static_cast<size_t>(kind)];
  if (print != nullptr) return print(line, call, index);
  PrintByStyle(line, call, index, kKinds[static_cast<size_t>(kind)]);
}

}  // namespace slipway::host
