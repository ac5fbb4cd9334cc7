#include "runtime/host/trace_structs.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>

#include "runtime/host/socket_address.h"
#include "runtime/host/trace_names.h"

namespace slipway::host {
namespace {

constexpr uint64_t kShownBytes = 32;
constexpr uint64_t kShownElements = 8;

GuestPtr Pointer(const TracedCall& call, size_t index) {
  return {static_cast<uint64_t>(call.args[index])};
}

// The number in the argument after `index`: a length or a count.
uint64_t Following(const TracedCall& call, size_t index) {
  return index + 1 < call.args.size() ? call.args[index + 1] : 0;
}

// Calls `print(value)` with the struct at an argument, or prints the pointer.
template <typename T, typename Print>
void WithStruct(TraceLine& line, const TracedCall& call, size_t index,
                Print print) {
  const GuestPtr at = Pointer(call, index);
  const auto value = call.memory.Load<T>(at);
  if (at.is_null() || !value.ok()) return AppendPointer(line, at);
  print(*value);
}
// The same for a struct that the call writes.
template <typename T, typename Print>
void WithOutput(TraceLine& line, const TracedCall& call, size_t index,
                Print print) {
  if (!call.succeeded()) return AppendPointer(line, Pointer(call, index));
  WithStruct<T>(line, call, index, print);
}

// "[a, b, ...]" of an array of T in guest memory.
template <typename T, typename Print>
void AppendArray(TraceLine& line, const GuestMemory& memory, GuestPtr at,
                 uint64_t count, Print print) {
  line.Text("[");
  for (uint64_t i = 0; i < std::min(count, kShownElements); ++i) {
    if (i != 0) line.Text(", ");
    const auto element = memory.Load<T>(at + i * sizeof(T));
    if (!element.ok()) {
      AppendPointer(line, at + i * sizeof(T));
      break;
    }
    print(*element);
  }
  line.Text(count > kShownElements ? ", ...]" : "]");
}

// `limit` bytes of the vector hold data.
void AppendIovec(TraceLine& line, const GuestMemory& memory, GuestPtr at,
                 uint64_t count, uint64_t limit) {
  AppendArray<iovec>(line, memory, at, count, [&](const iovec& part) {
    const uint64_t shown = std::min<uint64_t>(part.iov_len, limit);
    limit -= shown;
    line.Text("{");
    AppendBytes(line, memory, {reinterpret_cast<uint64_t>(part.iov_base)},
                shown);
    line.Text(", ").Decimal(part.iov_len).Text("}");
  });
}

void AppendSockaddr(TraceLine& line, const GuestMemory& memory, GuestPtr at,
                    int64_t length) {
  const auto address = SocketAddress::Load(memory, at, length);
  if (at.is_null() || !address.ok()) return AppendPointer(line, at);
  line.Text((*address).ToString());
}

void AppendMsghdr(TraceLine& line, const GuestMemory& memory,
                  const msghdr& message, uint64_t limit) {
  line.Text("{");
  if (message.msg_name != nullptr) {
    AppendSockaddr(line.Text("name="), memory,
                   {reinterpret_cast<uint64_t>(message.msg_name)},
                   message.msg_namelen);
    line.Text(", ");
  }
  AppendIovec(line.Text("iov="), memory,
              {reinterpret_cast<uint64_t>(message.msg_iov)}, message.msg_iovlen,
              limit);
  line.Text(", controllen=").Decimal(message.msg_controllen).Text("}");
}

// Seconds with `digits` decimals: "1.500000s".
void AppendSeconds(TraceLine& line, int64_t seconds, int64_t fraction,
                   int digits) {
  line.Decimal(seconds).Text(".");
  int64_t unit = 1;
  for (int i = 1; i < digits; ++i) unit *= 10;
  for (; unit > fraction && unit > 1; unit /= 10) line.Text("0");
  line.Decimal(fraction).Text("s");
}
void AppendTime(TraceLine& line, const timespec& time) {
  AppendSeconds(line, time.tv_sec, time.tv_nsec, 9);
}
void AppendTime(TraceLine& line, const timeval& time) {
  AppendSeconds(line, time.tv_sec, time.tv_usec, 6);
}

template <typename T>
void PrintInterval(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<T>(line, call, index, [&](const T& timer) {
    AppendTime(line.Text("{value="), timer.it_value);
    AppendTime(line.Text(", interval="), timer.it_interval);
    line.Text("}");
  });
}

const char* FileType(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "S_IFREG";
    case S_IFDIR:
      return "S_IFDIR";
    case S_IFCHR:
      return "S_IFCHR";
    case S_IFBLK:
      return "S_IFBLK";
    case S_IFIFO:
      return "S_IFIFO";
    case S_IFLNK:
      return "S_IFLNK";
    case S_IFSOCK:
      return "S_IFSOCK";
    default:
      return "?";
  }
}

void AppendLimit(TraceLine& line, uint64_t limit) {
  if (limit == RLIM_INFINITY) {
    line.Text("RLIM_INFINITY");
  } else {
    line.Decimal(limit);
  }
}

// The kernel's struct, which differs from libc's.
struct KernelSigaction {
  uint64_t handler;
  uint64_t flags;
  uint64_t restorer;
  uint64_t mask;
};

}  // namespace

void AppendPointer(TraceLine& line, GuestPtr at) {
  if (at.is_null()) {
    line.Text("NULL");
  } else {
    line.Hex(at.address);
  }
}

void AppendText(TraceLine& line, const GuestMemory& memory, GuestPtr at,
                uint64_t max) {
  constexpr uint64_t kPage = 4096;
  char text[256];
  const uint64_t room = std::min<uint64_t>(max, sizeof(text));
  uint64_t size = 0;
  bool terminated = false;
  // By parts that end at a page: the string may end before an unmapped one.
  while (size < room && !terminated) {
    const GuestPtr from = at + size;
    const uint64_t part = std::min(room - size, kPage - from.address % kPage);
    if (!memory.CopyIn(text + size, from, part).ok()) {
      return AppendPointer(line, at);
    }
    const char* end = std::find(text + size, text + size + part, '\0');
    terminated = end != text + size + part;
    size = end - text;
  }
  line.Quoted({text, size}, !terminated);
}

void AppendBytes(TraceLine& line, const GuestMemory& memory, GuestPtr at,
                 uint64_t size) {
  char bytes[kShownBytes];
  const uint64_t shown = std::min(size, kShownBytes);
  if (at.is_null() || !memory.CopyIn(bytes, at, shown).ok()) {
    return AppendPointer(line, at);
  }
  line.Quoted({bytes, shown}, shown < size);
}

void PrintTexts(TraceLine& line, const TracedCall& call, size_t index) {
  const GuestPtr at = Pointer(call, index);
  if (at.is_null()) return AppendPointer(line, at);
  line.Text("[");
  for (uint64_t i = 0;; ++i) {
    const auto text = call.memory.Load<uint64_t>(at + i * 8);
    if (!text.ok() || *text == 0) break;
    if (i != 0) line.Text(", ");
    if (i == kShownElements) {
      line.Text("...");
      break;
    }
    AppendText(line, call.memory, {*text}, 64);
  }
  line.Text("]");
}

void PrintFdPair(TraceLine& line, const TracedCall& call, size_t index) {
  struct Pair {
    int first, second;
  };
  WithOutput<Pair>(line, call, index, [&](const Pair& pair) {
    line.Text("[").Decimal(pair.first).Text(", ").Decimal(pair.second);
    line.Text("]");
  });
}

void PrintStat(TraceLine& line, const TracedCall& call, size_t index) {
  WithOutput<struct stat>(line, call, index, [&](const struct stat& st) {
    line.Text("{").Text(FileType(st.st_mode)).Text("|");
    line.Octal(st.st_mode & 07777).Text(", size=").Decimal(st.st_size);
    line.Text("}");
  });
}

void PrintIovecIn(TraceLine& line, const TracedCall& call, size_t index) {
  AppendIovec(line, call.memory, Pointer(call, index), Following(call, index),
              UINT64_MAX);
}

void PrintIovecOut(TraceLine& line, const TracedCall& call, size_t index) {
  if (!call.succeeded()) return AppendPointer(line, Pointer(call, index));
  AppendIovec(line, call.memory, Pointer(call, index), Following(call, index),
              call.result);
}

void PrintMsghdrIn(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<msghdr>(line, call, index, [&](const msghdr& message) {
    AppendMsghdr(line, call.memory, message, UINT64_MAX);
  });
}

void PrintMsghdrOut(TraceLine& line, const TracedCall& call, size_t index) {
  WithOutput<msghdr>(line, call, index, [&](const msghdr& message) {
    AppendMsghdr(line, call.memory, message, call.result);
  });
}

void PrintSockaddrIn(TraceLine& line, const TracedCall& call, size_t index) {
  AppendSockaddr(line, call.memory, Pointer(call, index),
                 static_cast<int32_t>(Following(call, index)));
}

void PrintSockaddrOut(TraceLine& line, const TracedCall& call, size_t index) {
  const auto length = call.memory.Load<int32_t>({Following(call, index)});
  if (!call.succeeded() || !length.ok()) {
    return AppendPointer(line, Pointer(call, index));
  }
  AppendSockaddr(line, call.memory, Pointer(call, index), *length);
}

void PrintSocklen(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<int32_t>(line, call, index, [&](int32_t length) {
    line.Text("[").Decimal(length).Text("]");
  });
}

void PrintPollfds(TraceLine& line, const TracedCall& call, size_t index) {
  AppendArray<pollfd>(line, call.memory, Pointer(call, index),
                      Following(call, index), [&](const pollfd& entry) {
                        line.Text("{fd=").Decimal(entry.fd).Text(", events=");
                        AppendFlags(line, kPollEvents,
                                    static_cast<uint16_t>(entry.events));
                        if (call.succeeded() && call.result > 0) {
                          AppendFlags(line.Text(", revents="), kPollEvents,
                                      static_cast<uint16_t>(entry.revents));
                        }
                        line.Text("}");
                      });
}

void PrintFdset(TraceLine& line, const TracedCall& call, size_t index) {
  const GuestPtr at = Pointer(call, index);
  if (at.is_null()) return AppendPointer(line, at);
  const int64_t count = std::min<int64_t>(call.args[0], FD_SETSIZE);
  line.Text("[");
  const char* separator = "";
  for (int64_t base = 0; base < count; base += 64) {
    const auto bits = call.memory.Load<uint64_t>(at + base / 8);
    if (!bits.ok()) break;
    for (int64_t fd = base; fd < std::min(base + 64, count); ++fd) {
      if ((*bits >> (fd - base) & 1) == 0) continue;
      line.Text(separator).Decimal(fd);
      separator = " ";
    }
  }
  line.Text("]");
}

void PrintEpollEventIn(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<epoll_event>(line, call, index, [&](const epoll_event& event) {
    AppendFlags(line.Text("{"), kEpollEvents, event.events);
    line.Text(", data=").Hex(event.data.u64).Text("}");
  });
}

void PrintEpollEventsOut(TraceLine& line, const TracedCall& call,
                         size_t index) {
  if (!call.succeeded()) return AppendPointer(line, Pointer(call, index));
  AppendArray<epoll_event>(line, call.memory, Pointer(call, index), call.result,
                           [&](const epoll_event& event) {
                             AppendFlags(line.Text("{"), kEpollEvents,
                                         event.events);
                             line.Text(", data=").Hex(event.data.u64).Text("}");
                           });
}

void PrintTimespec(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<timespec>(line, call, index,
                       [&](const timespec& time) { AppendTime(line, time); });
}

void PrintTimeval(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<timeval>(line, call, index,
                      [&](const timeval& time) { AppendTime(line, time); });
}

void PrintItimerval(TraceLine& line, const TracedCall& call, size_t index) {
  PrintInterval<itimerval>(line, call, index);
}

void PrintItimerspec(TraceLine& line, const TracedCall& call, size_t index) {
  PrintInterval<itimerspec>(line, call, index);
}

void PrintSigset(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<uint64_t>(line, call, index,
                       [&](uint64_t set) { AppendSignalSet(line, set); });
}

void PrintSigaction(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<KernelSigaction>(
      line, call, index, [&](const KernelSigaction& action) {
        line.Text("{");
        if (action.handler <= 1) {
          line.Text(action.handler == 0 ? "SIG_DFL" : "SIG_IGN");
        } else {
          line.Text("handler=").Hex(action.handler);
        }
        AppendSignalSet(line.Text(", mask="), action.mask);
        AppendFlags(line.Text(", flags="), kSignalActions, action.flags);
        line.Text("}");
      });
}

void PrintSiginfo(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<siginfo_t>(line, call, index, [&](const siginfo_t& info) {
    AppendSignal(line.Text("{"), info.si_signo);
    line.Text(", code=").Decimal(info.si_code);
    line.Text(", pid=").Decimal(info.si_pid).Text("}");
  });
}

void PrintWaitStatus(TraceLine& line, const TracedCall& call, size_t index) {
  WithOutput<int>(line, call, index, [&](int status) {
    if (call.result == 0) {  // WNOHANG, and nothing was waited for
      AppendPointer(line, Pointer(call, index));
    } else if (WIFEXITED(status)) {
      line.Text("[exited ").Decimal(WEXITSTATUS(status)).Text("]");
    } else if (WIFSIGNALED(status)) {
      AppendSignal(line.Text("[killed by "), WTERMSIG(status));
      line.Text("]");
    } else {
      line.Text("[").Hex(status).Text("]");
    }
  });
}

void PrintRlimit(TraceLine& line, const TracedCall& call, size_t index) {
  WithStruct<rlimit>(line, call, index, [&](const rlimit& limit) {
    AppendLimit(line.Text("{soft="), limit.rlim_cur);
    AppendLimit(line.Text(", hard="), limit.rlim_max);
    line.Text("}");
  });
}

}  // namespace slipway::host
