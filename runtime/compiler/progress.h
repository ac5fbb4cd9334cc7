// A one-line progress bar on stderr, for compilations that take longer than a
// second. Thread safe.

#ifndef SLIPWAY_RUNTIME_COMPILER_PROGRESS_H_
#define SLIPWAY_RUNTIME_COMPILER_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <mutex>

namespace slipway::compiler {

class Progress {
 public:
  // `total`: of the amounts that Add will report. Draws nothing unless
  // `enabled`.
  Progress(bool enabled, uint64_t total);
  // Erases the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Add(uint64_t amount);

 private:
  const bool enabled_;
  const uint64_t total_;
  const std::chrono::steady_clock::time_point start_;
  std::mutex mutex_;
  uint64_t done_ = 0;     // guarded by mutex_
  bool visible_ = false;  // guarded by mutex_
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_PROGRESS_H_
