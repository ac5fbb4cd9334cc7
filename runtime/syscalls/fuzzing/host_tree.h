// The host directory that a fuzzed guest is granted parts of:
//
//   ROOT/data     granted for writing
//   ROOT/ro       granted for reading
//   ROOT/outside  not granted; a sentinel file in it
//
// ROOT's name and the sentinel's text are secrets: new ones for every input, so
// that the fuzzer cannot have learned them.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_FUZZING_HOST_TREE_H_
#define SLIPWAY_RUNTIME_SYSCALLS_FUZZING_HOST_TREE_H_

#include <sys/types.h>
#include <unistd.h>

#include <random>
#include <string>

namespace slipway::sys::fuzzing {

class HostTree {
 public:
  // Aborts when the directory cannot be made.
  HostTree();
  ~HostTree();

  // For the next input.
  void Reset();
  const std::string& root() const { return root_; }
  const std::string& secret() const { return secret_; }
  const std::string& sentinel() const { return sentinel_; }
  // What a guest must not have changed: "" when it is as Reset left it.
  std::string FindChange() const;

 private:
  std::string Fingerprint() const;

  const pid_t owner_ = ::getpid();
  std::mt19937_64 random_;
  std::string parent_, root_, secret_, sentinel_, fingerprint_;
};

}  // namespace slipway::sys::fuzzing

#endif  // SLIPWAY_RUNTIME_SYSCALLS_FUZZING_HOST_TREE_H_
