#include "runtime/host/trace_names.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace slipway::host {
namespace {

// A value, a single bit, and a value of a field, by the constant's own name.
#define NAME(constant) {static_cast<uint64_t>(constant), ~0ull, #constant}
#define BIT(constant) \
  {static_cast<uint64_t>(constant), static_cast<uint64_t>(constant), #constant}
#define FIELD(constant, mask) \
  {static_cast<uint64_t>(constant), static_cast<uint64_t>(mask), #constant}

constexpr TraceName kOpenFlagTable[] = {
    FIELD(O_RDONLY, O_ACCMODE),
    FIELD(O_WRONLY, O_ACCMODE),
    FIELD(O_RDWR, O_ACCMODE),
    BIT(O_CREAT),
    BIT(O_EXCL),
    BIT(O_NOCTTY),
    BIT(O_TRUNC),
    BIT(O_APPEND),
    BIT(O_NONBLOCK),
    BIT(O_SYNC),
    BIT(O_DSYNC),
    BIT(O_ASYNC),
    BIT(O_DIRECT),
    BIT(O_TMPFILE),
    BIT(O_DIRECTORY),
    BIT(O_NOFOLLOW),
    BIT(O_NOATIME),
    BIT(O_CLOEXEC),
    BIT(O_PATH),
    {0100000, 0100000, "O_LARGEFILE"},
};
constexpr TraceName kDescriptorFlagTable[] = {BIT(O_CLOEXEC), BIT(O_NONBLOCK)};
constexpr TraceName kAtFlagTable[] = {
    BIT(AT_SYMLINK_NOFOLLOW), {0x200, 0x200, "AT_REMOVEDIR|AT_EACCESS"},
    BIT(AT_SYMLINK_FOLLOW),   BIT(AT_NO_AUTOMOUNT),
    BIT(AT_EMPTY_PATH),
};
constexpr TraceName kAccessModeTable[] = {FIELD(F_OK, ~0ull), BIT(R_OK),
                                          BIT(W_OK), BIT(X_OK)};
constexpr TraceName kSeekOriginTable[] = {NAME(SEEK_SET), NAME(SEEK_CUR),
                                          NAME(SEEK_END), NAME(SEEK_DATA),
                                          NAME(SEEK_HOLE)};
constexpr TraceName kFcntlTable[] = {
    NAME(F_DUPFD),      NAME(F_GETFD),      NAME(F_SETFD),
    NAME(F_GETFL),      NAME(F_SETFL),      NAME(F_GETLK),
    NAME(F_SETLK),      NAME(F_SETLKW),     NAME(F_SETOWN),
    NAME(F_GETOWN),     NAME(F_SETSIG),     NAME(F_GETSIG),
    NAME(F_OFD_GETLK),  NAME(F_OFD_SETLK),  NAME(F_OFD_SETLKW),
    NAME(F_SETOWN_EX),  NAME(F_GETOWN_EX),  NAME(F_DUPFD_CLOEXEC),
    NAME(F_SETPIPE_SZ), NAME(F_GETPIPE_SZ), NAME(F_ADD_SEALS),
    NAME(F_GET_SEALS)};
constexpr TraceName kIoctlTable[] = {
    NAME(TCGETS),     NAME(TCSETS),     NAME(TCSETSW),   NAME(TCSETSF),
    NAME(TIOCGWINSZ), NAME(TIOCSWINSZ), NAME(TIOCGPGRP), NAME(TIOCSPGRP),
    NAME(FIONREAD),   NAME(FIONBIO),    NAME(FIOCLEX),   NAME(FIONCLEX)};
constexpr TraceName kLockTable[] = {BIT(LOCK_SH), BIT(LOCK_EX), BIT(LOCK_UN),
                                    BIT(LOCK_NB)};
constexpr TraceName kProtectionTable[] = {
    FIELD(PROT_NONE, ~0ull), BIT(PROT_READ), BIT(PROT_WRITE), BIT(PROT_EXEC)};
constexpr TraceName kMapFlagTable[] = {FIELD(MAP_SHARED, 0xf),
                                       FIELD(MAP_PRIVATE, 0xf),
                                       FIELD(MAP_SHARED_VALIDATE, 0xf),
                                       BIT(MAP_FIXED),
                                       BIT(MAP_ANONYMOUS),
                                       BIT(MAP_GROWSDOWN),
                                       BIT(MAP_LOCKED),
                                       BIT(MAP_NORESERVE),
                                       BIT(MAP_POPULATE),
                                       BIT(MAP_NONBLOCK),
                                       BIT(MAP_STACK),
                                       BIT(MAP_HUGETLB),
                                       BIT(MAP_FIXED_NOREPLACE)};
constexpr TraceName kMadviceTable[] = {
    NAME(MADV_NORMAL),   NAME(MADV_RANDOM),     NAME(MADV_SEQUENTIAL),
    NAME(MADV_WILLNEED), NAME(MADV_DONTNEED),   NAME(MADV_FREE),
    NAME(MADV_REMOVE),   NAME(MADV_DONTFORK),   NAME(MADV_DOFORK),
    NAME(MADV_HUGEPAGE), NAME(MADV_NOHUGEPAGE), NAME(MADV_DONTDUMP),
    NAME(MADV_DODUMP),   NAME(MADV_WIPEONFORK), NAME(MADV_KEEPONFORK)};
constexpr TraceName kCloneFlagTable[] = {BIT(CLONE_VM),
                                         BIT(CLONE_FS),
                                         BIT(CLONE_FILES),
                                         BIT(CLONE_SIGHAND),
                                         BIT(CLONE_VFORK),
                                         BIT(CLONE_PARENT),
                                         BIT(CLONE_THREAD),
                                         BIT(CLONE_SYSVSEM),
                                         BIT(CLONE_SETTLS),
                                         BIT(CLONE_PARENT_SETTID),
                                         BIT(CLONE_CHILD_CLEARTID),
                                         BIT(CLONE_DETACHED),
                                         BIT(CLONE_CHILD_SETTID)};
constexpr TraceName kWaitTable[] = {
    BIT(WNOHANG), BIT(WUNTRACED), BIT(WCONTINUED), BIT(WEXITED), BIT(WNOWAIT)};
constexpr TraceName kFutexTable[] = {FIELD(FUTEX_WAIT, FUTEX_CMD_MASK),
                                     FIELD(FUTEX_WAKE, FUTEX_CMD_MASK),
                                     FIELD(FUTEX_REQUEUE, FUTEX_CMD_MASK),
                                     FIELD(FUTEX_CMP_REQUEUE, FUTEX_CMD_MASK),
                                     FIELD(FUTEX_WAKE_OP, FUTEX_CMD_MASK),
                                     FIELD(FUTEX_LOCK_PI, FUTEX_CMD_MASK),
                                     FIELD(FUTEX_UNLOCK_PI, FUTEX_CMD_MASK),
                                     FIELD(FUTEX_TRYLOCK_PI, FUTEX_CMD_MASK),
                                     FIELD(FUTEX_WAIT_BITSET, FUTEX_CMD_MASK),
                                     FIELD(FUTEX_WAKE_BITSET, FUTEX_CMD_MASK),
                                     BIT(FUTEX_PRIVATE_FLAG),
                                     BIT(FUTEX_CLOCK_REALTIME)};
constexpr TraceName kClockTable[] = {NAME(CLOCK_REALTIME),
                                     NAME(CLOCK_MONOTONIC),
                                     NAME(CLOCK_PROCESS_CPUTIME_ID),
                                     NAME(CLOCK_THREAD_CPUTIME_ID),
                                     NAME(CLOCK_MONOTONIC_RAW),
                                     NAME(CLOCK_REALTIME_COARSE),
                                     NAME(CLOCK_MONOTONIC_COARSE),
                                     NAME(CLOCK_BOOTTIME),
                                     NAME(CLOCK_TAI)};
constexpr TraceName kResourceTable[] = {
    NAME(RLIMIT_CPU),      NAME(RLIMIT_FSIZE),  NAME(RLIMIT_DATA),
    NAME(RLIMIT_STACK),    NAME(RLIMIT_CORE),   NAME(RLIMIT_RSS),
    NAME(RLIMIT_NPROC),    NAME(RLIMIT_NOFILE), NAME(RLIMIT_MEMLOCK),
    NAME(RLIMIT_AS),       NAME(RLIMIT_LOCKS),  NAME(RLIMIT_SIGPENDING),
    NAME(RLIMIT_MSGQUEUE), NAME(RLIMIT_NICE),   NAME(RLIMIT_RTPRIO)};
constexpr TraceName kRusageTable[] = {NAME(RUSAGE_SELF), NAME(RUSAGE_CHILDREN),
                                      NAME(RUSAGE_THREAD)};
constexpr TraceName kMaskChangeTable[] = {NAME(SIG_BLOCK), NAME(SIG_UNBLOCK),
                                          NAME(SIG_SETMASK)};
constexpr TraceName kSignalActionTable[] = {
    BIT(SA_NOCLDSTOP),
    BIT(SA_NOCLDWAIT),
    BIT(SA_SIGINFO),
    BIT(SA_ONSTACK),
    BIT(SA_RESTART),
    BIT(SA_NODEFER),
    {SA_RESETHAND, SA_RESETHAND & 0xffffffff, "SA_RESETHAND"},
    {0x04000000, 0x04000000, "SA_RESTORER"}};
constexpr TraceName kFamilyTable[] = {NAME(AF_UNSPEC),  NAME(AF_UNIX),
                                      NAME(AF_INET),    NAME(AF_INET6),
                                      NAME(AF_NETLINK), NAME(AF_PACKET)};
constexpr TraceName kTypeTable[] = {
    FIELD(SOCK_STREAM, 0xf),    FIELD(SOCK_DGRAM, 0xf), FIELD(SOCK_RAW, 0xf),
    FIELD(SOCK_SEQPACKET, 0xf), BIT(SOCK_CLOEXEC),      BIT(SOCK_NONBLOCK)};
constexpr TraceName kLevelTable[] = {NAME(SOL_SOCKET), NAME(IPPROTO_IP),
                                     NAME(IPPROTO_TCP), NAME(IPPROTO_UDP),
                                     NAME(IPPROTO_IPV6)};
constexpr TraceName kSocketOptionTable[] = {
    NAME(SO_DEBUG),     NAME(SO_REUSEADDR),  NAME(SO_TYPE),
    NAME(SO_ERROR),     NAME(SO_DONTROUTE),  NAME(SO_BROADCAST),
    NAME(SO_SNDBUF),    NAME(SO_RCVBUF),     NAME(SO_KEEPALIVE),
    NAME(SO_OOBINLINE), NAME(SO_PRIORITY),   NAME(SO_LINGER),
    NAME(SO_REUSEPORT), NAME(SO_PASSCRED),   NAME(SO_PEERCRED),
    NAME(SO_RCVLOWAT),  NAME(SO_SNDLOWAT),   NAME(SO_RCVTIMEO),
    NAME(SO_SNDTIMEO),  NAME(SO_ACCEPTCONN), NAME(SO_PROTOCOL),
    NAME(SO_DOMAIN),    NAME(SO_COOKIE),     NAME(SO_MARK)};
constexpr TraceName kTcpOptionTable[] = {
    NAME(TCP_NODELAY),      NAME(TCP_MAXSEG),    NAME(TCP_CORK),
    NAME(TCP_KEEPIDLE),     NAME(TCP_KEEPINTVL), NAME(TCP_KEEPCNT),
    NAME(TCP_SYNCNT),       NAME(TCP_LINGER2),   NAME(TCP_DEFER_ACCEPT),
    NAME(TCP_INFO),         NAME(TCP_QUICKACK),  NAME(TCP_CONGESTION),
    NAME(TCP_USER_TIMEOUT), NAME(TCP_FASTOPEN)};
constexpr TraceName kShutdownTable[] = {NAME(SHUT_RD), NAME(SHUT_WR),
                                        NAME(SHUT_RDWR)};
constexpr TraceName kMessageFlagTable[] = {
    BIT(MSG_OOB),        BIT(MSG_PEEK),     BIT(MSG_DONTROUTE),
    BIT(MSG_CTRUNC),     BIT(MSG_TRUNC),    BIT(MSG_DONTWAIT),
    BIT(MSG_EOR),        BIT(MSG_WAITALL),  BIT(MSG_CONFIRM),
    BIT(MSG_ERRQUEUE),   BIT(MSG_NOSIGNAL), BIT(MSG_MORE),
    BIT(MSG_WAITFORONE), BIT(MSG_FASTOPEN), BIT(MSG_CMSG_CLOEXEC)};
constexpr TraceName kPollTable[] = {
    BIT(POLLIN),     BIT(POLLPRI),    BIT(POLLOUT),    BIT(POLLERR),
    BIT(POLLHUP),    BIT(POLLNVAL),   BIT(POLLRDNORM), BIT(POLLRDBAND),
    BIT(POLLWRNORM), BIT(POLLWRBAND), BIT(POLLRDHUP)};
constexpr TraceName kEpollTable[] = {
    BIT(EPOLLIN),      BIT(EPOLLPRI),    BIT(EPOLLOUT),       BIT(EPOLLERR),
    BIT(EPOLLHUP),     BIT(EPOLLRDNORM), BIT(EPOLLRDBAND),    BIT(EPOLLWRNORM),
    BIT(EPOLLWRBAND),  BIT(EPOLLRDHUP),  BIT(EPOLLEXCLUSIVE), BIT(EPOLLWAKEUP),
    BIT(EPOLLONESHOT), BIT(EPOLLET)};
constexpr TraceName kEpollOperationTable[] = {
    NAME(EPOLL_CTL_ADD), NAME(EPOLL_CTL_DEL), NAME(EPOLL_CTL_MOD)};

#undef NAME
#undef BIT
#undef FIELD

}  // namespace

const TraceNames kOpenFlags = kOpenFlagTable;
const TraceNames kDescriptorFlags = kDescriptorFlagTable;
const TraceNames kAtFlags = kAtFlagTable;
const TraceNames kAccessModes = kAccessModeTable;
const TraceNames kSeekOrigins = kSeekOriginTable;
const TraceNames kFcntlCommands = kFcntlTable;
const TraceNames kIoctlRequests = kIoctlTable;
const TraceNames kLockOperations = kLockTable;
const TraceNames kProtections = kProtectionTable;
const TraceNames kMapFlags = kMapFlagTable;
const TraceNames kMadvice = kMadviceTable;
const TraceNames kCloneFlags = kCloneFlagTable;
const TraceNames kWaitOptions = kWaitTable;
const TraceNames kFutexOperations = kFutexTable;
const TraceNames kClocks = kClockTable;
const TraceNames kResources = kResourceTable;
const TraceNames kRusageTargets = kRusageTable;
const TraceNames kMaskChanges = kMaskChangeTable;
const TraceNames kSignalActions = kSignalActionTable;
const TraceNames kSocketFamilies = kFamilyTable;
const TraceNames kSocketTypes = kTypeTable;
const TraceNames kSocketLevels = kLevelTable;
const TraceNames kSocketOptions = kSocketOptionTable;
const TraceNames kTcpOptions = kTcpOptionTable;
const TraceNames kShutdownModes = kShutdownTable;
const TraceNames kMessageFlags = kMessageFlagTable;
const TraceNames kPollEvents = kPollTable;
const TraceNames kEpollEvents = kEpollTable;
const TraceNames kEpollOperations = kEpollOperationTable;

void AppendName(TraceLine& line, TraceNames names, int64_t value) {
  // Most such arguments are an int whose upper half means nothing.
  const uint64_t wanted = static_cast<uint32_t>(value);
  for (const TraceName& entry : names) {
    if (static_cast<uint32_t>(entry.value) == wanted) {
      line.Text(entry.name);
      return;
    }
  }
  line.Decimal(value);
}

void AppendFlags(TraceLine& line, TraceNames names, uint64_t value) {
  uint64_t rest = value;
  const char* separator = "";
  for (const TraceName& entry : names) {
    if ((value & entry.mask) != entry.value) continue;
    // A bit that an earlier, wider flag already named (O_SYNC holds O_DSYNC).
    if (entry.value != 0 && (rest & entry.mask) != entry.value) continue;
    line.Text(separator).Text(entry.name);
    separator = "|";
    rest &= ~entry.value;
  }
  if (rest != 0) {
    line.Text(separator).Hex(rest);
  } else if (*separator == '\0') {
    line.Text("0");
  }
}

void AppendSignal(TraceLine& line, int64_t signal) {
  constexpr int kFirstRealTime = 32;  // the kernel's; libc reserves the first
  if (signal > 0 && signal < kFirstRealTime) {
    if (const char* name = sigabbrev_np(static_cast<int>(signal))) {
      line.Text("SIG").Text(name);
      return;
    }
  }
  if (signal >= kFirstRealTime && signal <= 64) {
    line.Text("SIGRT_").Decimal(signal - kFirstRealTime);
    return;
  }
  line.Decimal(signal);
}

void AppendSignalSet(TraceLine& line, uint64_t set) {
  // A nearly full set reads better as what it leaves out.
  const bool inverted = __builtin_popcountll(set) > 32;
  const uint64_t shown = inverted ? ~set : set;
  line.Text(inverted ? "~[" : "[");
  const char* separator = "";
  for (int signal = 1; signal <= 64; ++signal) {
    if ((shown >> (signal - 1) & 1) == 0) continue;
    AppendSignal(line.Text(separator), signal);
    separator = " ";
  }
  line.Text("]");
}

void AppendErrno(TraceLine& line, int error) {
  const char* name = strerrorname_np(error);
  const char* description = strerrordesc_np(error);
  if (name == nullptr || description == nullptr) {
    line.Text("errno ").Decimal(error);
    return;
  }
  line.Text(name).Text(" (").Text(description).Text(")");
}

}  // namespace slipway::host
