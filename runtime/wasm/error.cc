#include "runtime/wasm/error.h"

#include <cstdio>
#include <string>

#include "absl/strings/cord.h"

namespace slipway::wasm {
namespace {

constexpr char kMalformedPayload[] = "slipway/wasm/malformed";

std::string AtOffset(size_t offset, std::string_view message) {
  char prefix[40];
  std::snprintf(prefix, sizeof(prefix), "offset 0x%zx: ", offset);
  return prefix + std::string(message);
}

}  // namespace

absl::Status MalformedError(size_t offset, std::string_view message) {
  absl::Status status = absl::InvalidArgumentError(AtOffset(offset, message));
  status.SetPayload(kMalformedPayload, absl::Cord());
  return status;
}

absl::Status InvalidError(size_t offset, std::string_view message) {
  return absl::InvalidArgumentError(AtOffset(offset, message));
}

absl::Status InvalidError(std::string_view message) {
  return absl::InvalidArgumentError(std::string(message));
}

bool IsMalformed(const absl::Status& status) {
  return status.GetPayload(kMalformedPayload).has_value();
}

}  // namespace slipway::wasm
