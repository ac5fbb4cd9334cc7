// poll_oneoff: waits until at least one of its subscriptions has an event. See
// poll(2).

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "runtime/host/interruptible.h"
#include "runtime/wasi/clocks.h"
#include "runtime/wasi/filestat.h"
#include "runtime/wasi/handlers.h"

namespace slipway::wasi {
namespace {

// Bounds what a call costs the host.
constexpr uint64_t kMaxSubscriptions = 1 << 16;
constexpr uint64_t kSecond = 1'000'000'000;

uint64_t Now(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return Nanoseconds(now);
}

uint64_t SaturatingAdd(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

Subscription FromUnstable(const UnstableSubscription& old) {
  Subscription subscription{};
  subscription.userdata = old.userdata;
  subscription.type = old.type;
  if (old.type == EventType::kClock) {
    subscription.clock.id = old.clock.id;
    subscription.clock.timeout = old.clock.timeout;
    subscription.clock.precision = old.clock.precision;
    subscription.clock.flags = old.clock.flags;
  } else {
    subscription.fd = old.fd;
  }
  return subscription;
}

template <typename T>
SysResult<std::vector<T>> LoadArray(Guest& guest, GuestPtr at, uint64_t count) {
  std::vector<T> array(count);
  SLIPWAY_CHECK_OK(guest.memory.CopyIn(array.data(), at, count * sizeof(T)));
  return array;
}

SysResult<std::vector<Subscription>> LoadSubscriptions(Guest& guest,
                                                       GuestPtr at,
                                                       uint64_t count) {
  if (count == 0 || count > kMaxSubscriptions) return Errno{EINVAL};
  if (!guest.unstable) return LoadArray<Subscription>(guest, at, count);
  SLIPWAY_TRY(const std::vector<UnstableSubscription> old,
              LoadArray<UnstableSubscription>(guest, at, count));
  std::vector<Subscription> subscriptions;
  for (const auto& entry : old) subscriptions.push_back(FromUnstable(entry));
  return subscriptions;
}

// What can be read without waiting.
uint64_t Available(int fd) {
  struct stat st;
  if (::fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
    const off_t now = ::lseek(fd, 0, SEEK_CUR);
    return now >= 0 && now < st.st_size ? st.st_size - now : 0;
  }
  int bytes = 0;
  return ::ioctl(fd, FIONREAD, &bytes) == 0 && bytes > 0 ? bytes : 0;
}

// One wait in progress. Subscriptions that are wrong have their event at once.
class Wait {
 public:
  Wait(Guest& guest, const std::vector<Subscription>& subscriptions)
      : subscriptions_(subscriptions) {
    const uint64_t start = Now(CLOCK_MONOTONIC);
    for (const Subscription& subscription : subscriptions) {
      deadlines_.push_back(0);
      polled_.push_back({-1, 0, 0});
      switch (subscription.type) {
        case EventType::kClock:
          deadlines_.back() = AddClock(subscription, start);
          break;
        case EventType::kRead:
        case EventType::kWrite:
          AddFd(guest, subscription);
          break;
        default:
          AddError(subscription, Errno{EINVAL});
      }
    }
  }

  // The events; at least one. EINTR.
  SysResult<std::vector<Event>> Run() {
    while (true) {
      SLIPWAY_CHECK_OK(WaitOnce(events_.empty() ? Earliest() : 0));
      for (size_t i = 0; i < polled_.size(); ++i) AddIfReady(i);
      if (!events_.empty()) return std::move(events_);
    }
  }

 private:
  static constexpr uint64_t kNoDeadline = UINT64_MAX;

  // The deadline by CLOCK_MONOTONIC.
  uint64_t AddClock(const Subscription& subscription, uint64_t start) {
    const auto clock = FindClock(subscription.clock.id);
    const bool absolute = (subscription.clock.flags & kClockAbsolute) != 0;
    const uint64_t timeout = subscription.clock.timeout;
    if (!clock || (subscription.clock.flags & ~kClockAbsolute) != 0) {
      AddError(subscription, Errno{EINVAL});
      return kNoDeadline;
    }
    if (*clock != CLOCK_REALTIME && *clock != CLOCK_MONOTONIC) {
      AddError(subscription, Errno{EOPNOTSUPP});
      return kNoDeadline;
    }
    if (!absolute) return SaturatingAdd(start, timeout);
    if (*clock == CLOCK_MONOTONIC) return timeout;
    const uint64_t now = Now(CLOCK_REALTIME);
    return timeout <= now ? start : SaturatingAdd(start, timeout - now);
  }

  void AddFd(Guest& guest, const Subscription& subscription) {
    const auto file =
        guest.files.Find({subscription.fd}, fd_right::POLL_FD_READWRITE);
    if (!file.ok()) return AddError(subscription, file.error());
    polled_.back().fd = (*file)->fd();
    polled_.back().events =
        subscription.type == EventType::kRead ? POLLIN | POLLRDHUP : POLLOUT;
  }

  void AddError(const Subscription& subscription, Errno error) {
    Event event;
    event.userdata = subscription.userdata;
    event.type = subscription.type;
    event.error = ToWasiErrno(error);
    events_.push_back(event);
    deadlines_.back() = kNoDeadline;
  }

  bool IsClock(size_t i) const {
    return subscriptions_[i].type == EventType::kClock;
  }

  uint64_t Earliest() const {
    uint64_t earliest = kNoDeadline;
    for (size_t i = 0; i < deadlines_.size(); ++i) {
      if (IsClock(i)) earliest = std::min(earliest, deadlines_[i]);
    }
    return earliest;
  }

  SysStatus WaitOnce(uint64_t deadline) {
    const uint64_t now = Now(CLOCK_MONOTONIC);
    const uint64_t rest = deadline > now ? deadline - now : 0;
    timespec timeout{static_cast<time_t>(rest / kSecond),
                     static_cast<long>(rest % kSecond)};
    SLIPWAY_CHECK_OK(host::FromKernel(host::InterruptibleSyscall(
        SYS_ppoll, polled_.data(), polled_.size(),
        deadline == kNoDeadline ? nullptr : &timeout, nullptr, 0)));
    return Done{};
  }

  void AddIfReady(size_t i) {
    Event event;
    event.userdata = subscriptions_[i].userdata;
    event.type = subscriptions_[i].type;
    if (IsClock(i)) {
      if (deadlines_[i] != kNoDeadline &&
          deadlines_[i] <= Now(CLOCK_MONOTONIC)) {
        events_.push_back(event);
      }
      return;
    }
    const pollfd& polled = polled_[i];
    if (polled.fd < 0 || polled.revents == 0) return;
    if ((polled.revents & POLLNVAL) != 0) {
      event.error = ToWasiErrno(Errno{EBADF});
    } else if (event.type == EventType::kRead) {
      event.nbytes = Available(polled.fd);
    }
    if ((polled.revents & (POLLHUP | POLLRDHUP | POLLERR)) != 0) {
      event.flags = kEventHangup;
    }
    events_.push_back(event);
  }

  const std::vector<Subscription>& subscriptions_;
  // By subscription: of a clock, and of a descriptor (-1: not polled).
  std::vector<uint64_t> deadlines_;
  std::vector<pollfd> polled_;
  std::vector<Event> events_;
};

}  // namespace

SysStatus poll_oneoff(Guest& guest, GuestPtr in, GuestPtr out,
                      uint64_t nsubscriptions, GuestPtr nevents) {
  SLIPWAY_TRY(const std::vector<Subscription> subscriptions,
              LoadSubscriptions(guest, in, nsubscriptions));
  SLIPWAY_TRY(const std::vector<Event> events,
              Wait(guest, subscriptions).Run());
  SLIPWAY_CHECK_OK(
      guest.memory.CopyOut(out, events.data(), events.size() * sizeof(Event)));
  return guest.memory.StoreWord(nevents, events.size());
}

}  // namespace slipway::wasi
