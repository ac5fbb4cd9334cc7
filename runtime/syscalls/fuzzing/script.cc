#include "runtime/syscalls/fuzzing/script.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "runtime/syscalls/fuzzing/arena.h"

namespace slipway::sys::fuzzing {
namespace {

using host::ArgKind;

// How numbers of each family are chosen.
enum class Family { kPointer, kText, kDescriptor, kSize, kSignal, kPid, kWord };

Family FamilyOf(ArgKind kind) {
  switch (kind) {
    case ArgKind::k_fd:
    case ArgKind::k_dirfd:
      return Family::kDescriptor;
    case ArgKind::k_path:
    case ArgKind::k_text:
      return Family::kText;
    case ArgKind::k_size:
    case ArgKind::k_offset:
    case ArgKind::k_i64:
    case ArgKind::k_u64:
      return Family::kSize;
    case ArgKind::k_sig:
      return Family::kSignal;
    case ArgKind::k_pid:
      return Family::kPid;
    default:
      break;
  }
  return kind >= ArgKind::k_ptr ? Family::kPointer : Family::kWord;
}

// The slots that hold what a pointer of this kind most likely wants: the
// remainder of the slot's number by 16 (arena.cc).
int SlotKindOf(ArgKind kind) {
  switch (kind) {
    case ArgKind::k_in_buf:
      return 1;
    case ArgKind::k_iovec_in:
    case ArgKind::k_iovec_out:
      return 2;
    case ArgKind::k_texts:
      return 3;
    case ArgKind::k_msghdr_in:
    case ArgKind::k_msghdr_out:
      return 4;
    case ArgKind::k_sockaddr_in:
      return 5;
    case ArgKind::k_timespec_in:
    case ArgKind::k_timeval_in:
    case ArgKind::k_itimerval_in:
    case ArgKind::k_itimerspec_in:
      return 7;
    case ArgKind::k_sigset_in:
    case ArgKind::k_fdset_io:
      return 8;
    case ArgKind::k_pollfds_io:
      return 9;
    case ArgKind::k_siginfo_in:
      return 10;
    case ArgKind::k_rlimit_in:
      return 11;
    case ArgKind::k_socklen_io:
    case ArgKind::k_epoll_event_in:
      return 12;
    case ArgKind::k_sigaction_in:
      return 15;
    default:
      return -1;
  }
}

uint64_t ChoosePointer(ArgKind kind, Choice choice) {
  const uint32_t n = choice.number();
  const int wanted = SlotKindOf(kind);
  switch (choice.how % 24) {
    case 0:
      return 0;
    case 1:
      return kReservation - n % 64;
    case 2:
      return kReservation + n;
    case 3:
      return ~uint64_t{0} - n % 64;
    case 4:
      return kReadOnlyPage + n % kPage;
    case 5:
      return kLastPage + kPage - n % 300;
    case 6:
      return kBeyondFile + n % (2 * kPage);
    case 7:
      return kReservation / 2 + n * kPage % (kReservation / 4);
    case 8:
      return n;
    case 9:
      return uint64_t{n} << 40;
    default:
      break;
  }
  if (wanted >= 0 && choice.how % 24 < 20) {
    return SlotAt(n % 16 * 16 + static_cast<uint64_t>(wanted));
  }
  return SlotAt(n) + (n >> 12) % 32 * (choice.how / 24);
}

uint64_t ChooseText(Choice choice) {
  if (choice.how % 8 == 0) return ChoosePointer(ArgKind::k_ptr, choice);
  const uint64_t slots = kSlotCount - kFirstPath;
  return SlotAt(kFirstPath + choice.number() % slots);
}

int64_t ChooseDescriptor(Choice choice, const Results& results) {
  const uint32_t n = choice.number();
  switch (choice.how % 8) {
    case 0:
      return results.values[n % kMaxRecords].load();
    case 1: {
      constexpr int64_t kOdd[] = {-1,      AT_FDCWD, INT32_MAX, INT32_MIN,
                                  959,     960,      1023,      1024,
                                  1 << 20, -4096,    1 << 16,   0x1'0000'0003};
      return kOdd[n % std::size(kOdd)];
    }
    case 2:
      return 940 + n % 100;  // around where the runtime has its own
    case 3:
      return AT_FDCWD;
    default:
      return n % 32;
  }
}

int64_t ChooseSize(Choice choice) {
  constexpr uint64_t kSizes[] = {0,
                                 1,
                                 2,
                                 4,
                                 8,
                                 16,
                                 24,
                                 32,
                                 64,
                                 128,
                                 255,
                                 256,
                                 1023,
                                 1024,
                                 1025,
                                 4095,
                                 4096,
                                 4097,
                                 65536,
                                 kReservation - 1,
                                 kReservation,
                                 1ull << 31,
                                 0x7fffffff,
                                 0xffffffff,
                                 1ull << 32,
                                 1ull << 40,
                                 1ull << 62,
                                 1ull << 63,
                                 ~0ull,
                                 ~0ull - 4095,
                                 ~0ull - 4096,
                                 0x7fffffffffffffffull};
  const uint32_t n = choice.number();
  switch (choice.how % 4) {
    case 0:
      return static_cast<int64_t>(kSizes[n % std::size(kSizes)]);
    case 1:
      return n % 64;
    case 2:
      return static_cast<int64_t>(uint64_t{n} * kPage);
    default:
      return n % 300;
  }
}

int64_t ChoosePid(Choice choice, const Results& results) {
  const uint32_t n = choice.number();
  switch (choice.how % 8) {
    case 0:
      return results.values[n % kMaxRecords].load();
    case 1: {
      constexpr int64_t kOdd[] = {0, -1, 1, INT32_MIN, INT32_MAX, -2};
      return kOdd[n % std::size(kOdd)];
    }
    case 2:
      return ::getppid();
    case 3:
      return ::gettid();
    case 4:
      return -::getpgrp();
    case 5:
      return n % 100'000;
    default:
      return ::getpid();
  }
}

// Flags, operations, identifiers: small numbers and few bits.
int64_t ChooseWord(ArgKind kind, Choice choice, const Results& results) {
  const uint32_t n = choice.number();
  switch (choice.how % 16) {
    case 0:
      return results.values[n % kMaxRecords].load();
    case 1:
    case 2:
      return static_cast<int64_t>(ChoosePointer(
          kind, {choice.value[0], {choice.value[1], choice.value[2], 0}}));
    case 3:
      return ChooseSize(choice);
    case 4:
      return int64_t{1} << n % 64;
    case 5:
      return int64_t{1} << n % 32 | int64_t{1} << (n >> 8) % 32;
    case 6:
      return -static_cast<int64_t>(n);
    case 7:
    case 8:
      return n;
    case 9:
      return static_cast<int64_t>(n) << 8;
    case 10:
      return 0;
    case 11:  // ioctls of terminals and sockets
      return 0x5400 + n % 0x100;
    case 12:
      return n % 2048;
    default:
      return n % 40;
  }
}

}  // namespace

Script::Script(const uint8_t* data, size_t size) {
  const size_t header = std::min(size, sizeof(header_));
  if (header != 0) std::memcpy(&header_, data, header);
  size -= header;
  count_ = std::min(size / sizeof(Record), kMaxRecords);
  if (count_ != 0) {
    std::memcpy(records_, data + header, count_ * sizeof(Record));
  }
}

int64_t Choose(ArgKind kind, Choice choice, const Results& results) {
  switch (FamilyOf(kind)) {
    case Family::kPointer:
      return static_cast<int64_t>(ChoosePointer(kind, choice));
    case Family::kText:
      return static_cast<int64_t>(ChooseText(choice));
    case Family::kDescriptor:
      return ChooseDescriptor(choice, results);
    case Family::kSize:
      return ChooseSize(choice);
    case Family::kSignal:
      return static_cast<int64_t>(choice.number() % 67) - 1;
    case Family::kPid:
      return ChoosePid(choice, results);
    case Family::kWord:
      break;
  }
  return ChooseWord(kind, choice, results);
}

}  // namespace slipway::sys::fuzzing
