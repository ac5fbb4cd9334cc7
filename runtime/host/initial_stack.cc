#include "runtime/host/initial_stack.h"

#include <elf.h>
#include <sys/random.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace slipway::host {

namespace {

// Grows downwards from the top; addresses are final at once.
class Block {
 public:
  Block(const GuestMemory& memory, GuestPtr top, uint64_t room)
      : memory_(memory), at_(top.address), floor_(top.address - room) {}

  SysResult<GuestPtr> Push(const void* bytes, uint64_t size) {
    if (size > at_ - floor_) return Errno{E2BIG};
    at_ -= size;
    SLIPWAY_CHECK_OK(memory_.CopyOut({at_}, bytes, size));
    return GuestPtr{at_};
  }
  SysResult<uint64_t> PushString(const std::string& text) {
    SLIPWAY_TRY(const GuestPtr at, Push(text.c_str(), text.size() + 1));
    return at.address;
  }
  // So that `size` more bytes end 16-byte aligned.
  void AlignFor(uint64_t size) { at_ -= (at_ - size) % 16; }

 private:
  const GuestMemory& memory_;
  uint64_t at_;
  const uint64_t floor_;
};

// Without gaps and in ascending order, as on Linux: programs that change their
// title count on it.
SysResult<std::vector<uint64_t>> PushStrings(
    Block& block, const std::vector<std::string>& strings) {
  std::vector<uint64_t> pointers(strings.size() + 1);
  for (size_t i = strings.size(); i-- > 0;) {
    SLIPWAY_TRY(pointers[i], block.PushString(strings[i]));
  }
  return pointers;
}

void AppendAuxiliary(std::vector<uint64_t>& words, uint64_t random,
                     uint64_t executable) {
  const uint64_t vector[][2] = {
      {AT_PAGESZ, 4096},       {AT_CLKTCK, 100},     {AT_HWCAP, 0},
      {AT_UID, getuid()},      {AT_EUID, geteuid()}, {AT_GID, getgid()},
      {AT_EGID, getegid()},    {AT_SECURE, 0},       {AT_RANDOM, random},
      {AT_EXECFN, executable}, {AT_NULL, 0},
  };
  for (const auto& [type, value] : vector) {
    words.push_back(type);
    words.push_back(value);
  }
}

}  // namespace

SysResult<GuestPtr> WriteInitialStack(const GuestMemory& memory, GuestPtr top,
                                      uint64_t room, const StartInfo& start) {
  Block block(memory, top, room);
  uint8_t random_bytes[16];
  if (getrandom(random_bytes, sizeof(random_bytes), 0) !=
      sizeof(random_bytes)) {
    return Errno{EIO};
  }
  SLIPWAY_TRY(const uint64_t executable, block.PushString(start.executable));
  SLIPWAY_TRY(std::vector<uint64_t> environment,
              PushStrings(block, start.environment));
  SLIPWAY_TRY(std::vector<uint64_t> arguments,
              PushStrings(block, start.arguments));
  SLIPWAY_TRY(const GuestPtr random,
              block.Push(random_bytes, sizeof(random_bytes)));

  std::vector<uint64_t> words = {start.arguments.size()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.insert(words.end(), environment.begin(), environment.end());
  AppendAuxiliary(words, random.address, executable);
  const uint64_t size = words.size() * sizeof(uint64_t);
  block.AlignFor(size);
  return block.Push(words.data(), size);
}

}  // namespace slipway::host
