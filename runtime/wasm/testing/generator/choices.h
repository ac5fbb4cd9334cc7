// The stream of decisions that a generator makes: bytes, from somewhere.
//
//   Choices choices(recorded);            // replays, then only zeros
//   Choices choices("", /*seed=*/17);     // pseudo-random
//   if (choices.OneIn(4)) …               // false for zeros
//   choices.bytes()                       // what was used: replays the same
//
// Zero is the simplest decision everywhere, so a string of decisions is made
// smaller by shortening it and by writing zeros into it. A Scope says which
// bytes made one thing, so that a minimiser can replace that thing by the
// simplest of its kind (a single zero) without moving what follows.

#ifndef SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_CHOICES_H_
#define SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_CHOICES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace slipway::wasm {

class Choices {
 public:
  // Bytes [begin, end) of a stream.
  struct Span {
    size_t begin = 0;
    size_t end = 0;
  };

  explicit Choices(std::string recorded,
                   std::optional<uint64_t> seed = std::nullopt)
      : bytes_(std::move(recorded)), seed_(seed) {}

  // A number below `count`; 0 without a decision when count is 0 or 1.
  uint32_t Below(uint32_t count);
  // True once in `count` times.
  bool OneIn(uint32_t count) { return Below(count) + 1 == count; }
  // Any number, of so many bytes.
  uint64_t Number(int size);
  template <typename T>
  const T& Of(const std::vector<T>& values) {
    return values[Below(static_cast<uint32_t>(values.size()))];
  }

  // The bytes used so far.
  std::string bytes() const { return bytes_.substr(0, at_); }
  // Of every Scope that used more than one byte, outer ones after inner ones.
  const std::vector<Span>& spans() const { return spans_; }

  class Scope {
   public:
    explicit Scope(Choices& choices) : choices_(choices), begin_(choices.at_) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() {
      if (choices_.at_ > begin_ + 1) {
        choices_.spans_.push_back({begin_, choices_.at_});
      }
    }

   private:
    Choices& choices_;
    const size_t begin_;
  };

 private:
  uint8_t NextByte();

  std::string bytes_;
  std::optional<uint64_t> seed_;
  size_t at_ = 0;
  std::vector<Span> spans_;
};

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TESTING_GENERATOR_CHOICES_H_
