// Whatever a guest calls, with whatever arguments, from however many threads:
// the host does not fault, hang or leak, and what was not granted is neither
// seen nor changed. What an input means: fuzzing/script.h; what is looked at
// when it has run: fuzzing/checks.h, fuzzing/watch.h and below.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime/host/exec_state.h"
#include "runtime/syscalls/fuzzing/arena.h"
#include "runtime/syscalls/fuzzing/guest.h"
#include "runtime/syscalls/fuzzing/host_tree.h"
#include "runtime/syscalls/fuzzing/mutator.h"
#include "runtime/syscalls/fuzzing/script.h"
#include "runtime/syscalls/fuzzing/watch.h"

// Of SanitizerCoverage: one counter for each edge.
extern "C" {
extern uint8_t __start___sancov_cntrs
    __attribute__((weak, visibility("hidden")));
extern uint8_t __stop___sancov_cntrs
    __attribute__((weak, visibility("hidden")));
}

namespace slipway::sys::fuzzing {
namespace {

void* MapShared(size_t size, int fd) {
  void* const at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                          MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
  if (at == MAP_FAILED) std::abort();
  return at;
}

// What the guest's process reaches counts here: whole pages of counters are
// shared from now on.
void ShareCoverage() {
  const auto round = [](uint64_t at) {
    return (at + kPage - 1) & ~(kPage - 1);
  };
  const uint64_t begin =
      round(reinterpret_cast<uint64_t>(&__start___sancov_cntrs));
  const uint64_t end =
      reinterpret_cast<uint64_t>(&__stop___sancov_cntrs) & ~(kPage - 1);
  if (end <= begin) return;
  void* const at = reinterpret_cast<void*>(begin);
  const std::string saved(static_cast<const char*>(at), end - begin);
  if (::mmap(at, end - begin, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
    std::abort();
  }
  std::memcpy(at, saved.data(), saved.size());
}

World& TheWorld() {
  static World world = [] {
    World made{};
    made.shared = static_cast<Shared*>(MapShared(sizeof(Shared), -1));
    made.slots_fd = ::memfd_create("slots", MFD_CLOEXEC);
    if (::ftruncate(made.slots_fd, kSlotBytes) != 0) std::abort();
    made.slots = static_cast<uint8_t*>(MapShared(kSlotBytes, made.slots_fd));
    ShareCoverage();
    return made;
  }();
  return world;
}

HostTree& TheTree() {
  static HostTree tree;
  return tree;
}

// Addresses of the host's code and data: libraries and this program.
bool IsHostAddress(uint64_t value) {
  const uint64_t code = reinterpret_cast<uint64_t>(&TheTree);
  const uint64_t stack = reinterpret_cast<uint64_t>(&value);
  constexpr uint64_t kNear = 1 << 26;
  return value - (code - kNear) < 2 * kNear || value - (stack - kNear) < kNear;
}

std::string LookAtMemory(const World& world, const HostTree& tree) {
  const std::string_view memory(reinterpret_cast<const char*>(world.slots),
                                kSlotBytes);
  std::string finding;
  if (memory.find(tree.secret()) != memory.npos) {
    finding += "the guest has seen a path of the host\n";
  }
  if (memory.find(tree.sentinel()) != memory.npos) {
    finding += "the guest has read a file that it was not granted\n";
  }
  for (size_t at = 0; at + 8 <= kSlotBytes; at += 8) {
    uint64_t value;
    std::memcpy(&value, world.slots + at, sizeof(value));
    if (!IsHostAddress(value)) continue;
    char line[96];
    std::snprintf(line, sizeof(line), "an address of the host at %zx: %llx\n",
                  at, static_cast<unsigned long long>(value));
    finding += line;
  }
  return finding;
}

void RunInput(const uint8_t* data, size_t size) {
  World& world = TheWorld();
  HostTree& tree = TheTree();
  tree.Reset();
  world.root = tree.root();
  FillSlots(world.slots);
  std::string finding = WatchGuest(world, Script(data, size));
  finding += LookAtMemory(world, tree);
  finding += tree.FindChange();
  if (finding.empty()) return;
  std::fprintf(stderr, "%s", finding.c_str());
  PrintScript(Script(data, size));
  std::abort();
}

// execve of a guest starts this program again: in it there is nothing to do.
__attribute__((constructor)) void EndWhenExecuted() {
  if (std::getenv(host::ExecState::kVariable) != nullptr) ::_exit(0);
}

}  // namespace
}  // namespace slipway::sys::fuzzing

extern "C" const char* __asan_default_options() {
  return "use_sigaltstack=0:detect_leaks=0:allocator_may_return_null=1";
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  slipway::sys::fuzzing::RunInput(data, size);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned seed) {
  return slipway::sys::fuzzing::Mutate(data, size, max_size, seed);
}
