#include "runtime/compiler/progress.h"

#include <algorithm>
#include <cstdio>
#include <string>

namespace slipway::compiler {
namespace {

constexpr int kWidth = 40;  // columns
constexpr std::chrono::seconds kPatience(1);

}  // namespace

Progress::Progress(bool enabled, uint64_t total)
    : enabled_(enabled),
      total_(std::max<uint64_t>(total, 1)),
      start_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (visible_) fputs("\r\033[K", stderr);
}

void Progress::Add(uint64_t amount) {
  const std::lock_guard<std::mutex> lock(mutex_);
  done_ += amount;
  if (!enabled_ || std::chrono::steady_clock::now() - start_ < kPatience) {
    return;
  }
  visible_ = true;
  const int filled = static_cast<int>(done_ * kWidth / total_);
  fprintf(stderr, "\rcompiling [%s%s] %3d%%", std::string(filled, '#').c_str(),
          std::string(kWidth - filled, ' ').c_str(),
          static_cast<int>(done_ * 100 / total_));
}

}  // namespace slipway::compiler
