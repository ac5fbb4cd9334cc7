// What an input of the dispatcher's fuzzer says: how the guest is set up, and
// the calls that its threads make, each argument chosen by its kind.
//
// An input is a header and records of one size each, so that libFuzzer's
// changes stay inside a call. Every input means something.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_FUZZING_SCRIPT_H_
#define SLIPWAY_RUNTIME_SYSCALLS_FUZZING_SCRIPT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/host/trace_call.h"

namespace slipway::sys::fuzzing {

struct Header {
  uint8_t threads;  // 1 … 8, modulo
  uint8_t options;  // kTraced …
  uint16_t rights_removed;
};
inline constexpr uint8_t kTraced = 1;
inline constexpr uint8_t kMayExec = 2;
inline constexpr uint8_t kRestrict = 4;  // rights_removed counts

// One argument: how it is chosen, and from what.
struct Choice {
  uint8_t how;
  uint8_t value[3];
  uint32_t number() const {
    return value[0] | value[1] << 8 | static_cast<uint32_t>(value[2]) << 16;
  }
};

struct Record {
  uint16_t row;  // of posix.def, modulo; kPokes of all are stores instead
  uint8_t thread;
  uint8_t unused;
  Choice arguments[host::kMaxArgs];
};
static_assert(sizeof(Record) == 32);

inline constexpr uint16_t kPoke = 0x8000;  // in `row`: store to guest memory
inline constexpr size_t kMaxRecords = 64;
inline constexpr int kMaxThreads = 8;

class Script {
 public:
  Script(const uint8_t* data, size_t size);

  const Header& header() const { return header_; }
  int threads() const { return 1 + header_.threads % kMaxThreads; }
  std::span<const Record> records() const { return {records_, count_}; }

 private:
  Header header_{};
  Record records_[kMaxRecords]{};
  size_t count_ = 0;
};

// What the calls of all threads returned, by record.
struct Results {
  std::atomic<int64_t> values[kMaxRecords]{};
};

// The value to pass.
int64_t Choose(host::ArgKind kind, Choice choice, const Results& results);

}  // namespace slipway::sys::fuzzing

#endif  // SLIPWAY_RUNTIME_SYSCALLS_FUZZING_SCRIPT_H_
