#include "runtime/syscalls/fuzzing/guest.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <memory>
#include <optional>

#include "runtime/engine/fault_handler.h"
#include "runtime/engine/invoke.h"
#include "runtime/engine/store.h"
#include "runtime/engine/thread.h"
#include "runtime/engine/type_registry.h"
#include "runtime/host/address_space.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/guarded_exchange.h"
#include "runtime/host/pid_registry.h"
#include "runtime/host/signal_delivery.h"
#include "runtime/host/signals.h"
#include "runtime/host/thread.h"
#include "runtime/host/trace.h"
#include "runtime/host/vfs.h"
#include "runtime/sandbox/policy.h"
#include "runtime/syscalls/dispatch.h"
#include "runtime/syscalls/fuzzing/arena.h"
#include "runtime/syscalls/fuzzing/checks.h"

namespace slipway::sys::fuzzing {
namespace {

using host::GuestPtr;

constexpr uint32_t kThreadType = 1, kSignalType = 2;  // hashes of our own
constexpr int kMostThreads = 12;
constexpr uid_t kNobody = 65534;

// Everything of the guest's process; there is one, and it is never destroyed.
class Guest {
 public:
  Guest(const World& world, const Script& script)
      : world_(world), script_(script) {}

  void Build();
  [[noreturn]] void Run();

  // What the guest's threads and handlers execute.
  void ThreadMain(uint64_t function);
  void HandleSignal(uint64_t handler);

 private:
  void SetPolicy();
  void MapMemory();
  void OpenFiles();
  void RunThread(size_t thread);
  void RunRecord(size_t index);
  void Poke(const Record& record);
  // Whether the call may be made at all; counts what it starts or ends.
  bool Admit(const char* name, int64_t* arguments);
  void CheckDenial(const Row& row, int64_t result);
  void FinishThread();
  int64_t Make(const Row& row, const int64_t* arguments);
  template <typename... Args>
  int64_t Call(const char* name, Args... values) {
    const int64_t arguments[7] = {static_cast<int64_t>(values)...};
    return Make(*FindRow(name), arguments);
  }
  bool Is(const char* name, const char* other) const {
    return std::strcmp(name, other) == 0;
  }

  const World& world_;
  const Script script_;
  sandbox::Policy policy_;
  host::StartInfo start_;
  std::optional<host::DescriptorTable> files_;
  std::unique_ptr<host::Vfs> vfs_;
  std::unique_ptr<host::AddressSpace> space_;
  host::GuestMemory memory_;
  host::Signals signals_;
  host::ThreadRegistry threads_;
  host::PidRegistry pids_;
  engine::Store store_;
  std::optional<host::Tracer> tracer_;
  std::optional<host::Process> process_;
  std::unique_ptr<engine::Thread> engine_;
  host::Thread main_;
  Results results_;
  std::atomic<int> running_ = 1;
  std::atomic<int> forks_ = 0;
  std::optional<DescriptorCheck> descriptors_;
};

Guest* guest = nullptr;

void CallThread(object::InstanceContext*, const void*, object::Value* values) {
  guest->ThreadMain(static_cast<uint64_t>(values[0].i64));
}

void CallHandler(object::InstanceContext*, const void*, object::Value* values) {
  guest->HandleSignal(static_cast<uint64_t>(values[0].i64));
}

constexpr object::FuncRef kThreadStart = {nullptr, kThreadType, 0, 0, 0};
constexpr object::FuncRef kSignal = {nullptr, kSignalType, 0, 0, 0};

// Root's rights would let a finding do harm, and a guest get at files that its
// user may not read.
void DropRights() {
  if (::getuid() == 0) {
    (void)!::setgroups(0, nullptr);
    (void)!::setresgid(kNobody, kNobody, kNobody);
    (void)!::setresuid(kNobody, kNobody, kNobody);
  }
  ::prctl(PR_SET_DUMPABLE, 1);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

void LimitResources() {
  const auto set = [](__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    const rlimit limit = {soft, hard};
    ::setrlimit(resource, &limit);
  };
  set(RLIMIT_CORE, 0, 0);
  set(RLIMIT_FSIZE, 16 << 20, 16 << 20);
  set(RLIMIT_NOFILE, 512, 1024);
}

void Guest::SetPolicy() {
  policy_.mounts = {{world_.root + "/data", "/data", false},
                    {world_.root + "/ro", "/ro", true}};
  policy_.programs = {{"/bin/true", "/bin/true"}};
  policy_.cwd = "/data";
  const Header& header = script_.header();
  if (header.options & kMayExec) policy_.rights.Add(sandbox::Right::exec);
  if (header.options & kRestrict) {
    constexpr int kRights = static_cast<int>(sandbox::Right::system) + 1;
    for (int i = 1; i < kRights; ++i) {  // not `always`
      if (header.rights_removed >> i & 1) {
        policy_.rights.Remove(static_cast<sandbox::Right>(i));
      }
    }
  }
  start_.executable = "/data/program.wasm";
  start_.arguments = {"program", "argument"};
}

void Guest::MapMemory() {
  void* const base = ::mmap(nullptr, kReservation, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) std::abort();
  memory_ = host::GuestMemory(static_cast<uint8_t*>(base), kReservation);
  space_ = std::make_unique<host::AddressSpace>(memory_, kReservation / 2);
  const auto map = [&](uint64_t at, uint64_t size, uint32_t protection, int fd,
                       bool shared) {
    const uint32_t kind = shared ? MAP_SHARED : MAP_PRIVATE;
    const auto mapped =
        space_->Map({.address = {at},
                     .length = size,
                     .protection = protection,
                     .flags = kind | MAP_FIXED | (fd < 0 ? MAP_ANONYMOUS : 0u),
                     .host_fd = fd});
    if (!mapped.ok()) std::abort();
  };
  constexpr uint32_t kBoth = PROT_READ | PROT_WRITE;
  map(kSlots, kSlotBytes, kBoth, world_.slots_fd, true);
  map(kReadOnlyPage, kPage, PROT_READ, -1, false);
  map(kLastPage, kPage, kBoth, -1, false);
  map(kReservation - kPage, kPage, kBoth, -1, false);
  map(kStacks, kStackSize * kMostThreads, kBoth, -1, false);
  const int file =
      ::open((world_.root + "/data/file").c_str(), O_RDWR | O_CLOEXEC);
  if (file >= 0) {
    map(kBeyondFile, 3 * kPage, kBoth, file, true);
    ::close(file);
  }
  space_->SetBreakStart({kReservation / 4 * 3});
}

// One of each kind, so that small numbers mean something.
void Guest::OpenFiles() {
  const uint64_t pair = kLastPage;
  const auto path = [](const char* wanted) {
    for (uint32_t i = 0; i < PathCount(); ++i) {
      if (std::strcmp(PathText(i), wanted) == 0) return SlotAt(kFirstPath + i);
    }
    return uint64_t{0};
  };
  Call("pipe2", pair, O_NONBLOCK);
  Call("socketpair", AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
  Call("socketpair", AF_UNIX, SOCK_DGRAM, 0, pair);
  Call("open", path("/data/file"), O_RDWR, 0);
  Call("open", path("/data"), O_RDONLY | O_DIRECTORY, 0);
  Call("open", path("/ro/file"), O_RDONLY, 0);
  Call("open", path("/proc/self/fd"), O_RDONLY | O_DIRECTORY, 0);
  Call("open", path("/data/directory"), O_PATH, 0);
  Call("eventfd2", 1, O_NONBLOCK);
  Call("epoll_create1", 0);
  Call("memfd_create", path("new"), 2 /* MFD_ALLOW_SEALING */);
  Call("timerfd_create", CLOCK_MONOTONIC, O_NONBLOCK);
  Call("inotify_init1", O_NONBLOCK);
  Call("signalfd4", -1, SlotAt(8), 8, O_NONBLOCK);
  Call("socket", AF_INET, SOCK_STREAM, 0);
  Call("socket", AF_INET6, SOCK_DGRAM, 0);
  Call("socket", AF_UNIX, SOCK_STREAM, 0);
  Call("open", path("/proc/self/stat"), O_RDONLY, 0);
  Call("open", path("/dev/zero"), O_RDWR, 0);
}

void Guest::Build() {
  SetPolicy();
  (void)engine::InstallFaultHandlers();
  if (!host::InstallGuardedExchange()) std::abort();
  MapMemory();
  files_.emplace();
  for (int fd = 0; fd < 3; ++fd) files_->AdoptInherited(fd);
  auto vfs = host::Vfs::Create(policy_, *files_, start_, memory_);
  if (!vfs.ok()) std::abort();
  vfs_ = *std::move(vfs);
  process_.emplace(host::Process{memory_, policy_, start_, *files_, *vfs_,
                                 *space_, signals_, threads_, pids_, store_});
  if (script_.header().options & kTraced) {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    tracer_.emplace(files_->MoveHigh(null));
    process_->tracer = &*tracer_;
  }
  (void)engine::RegisterType(kThreadType, "thread", {}, CallThread, nullptr);
  (void)engine::RegisterType(kSignalType, "signal", {}, CallHandler, nullptr);
  auto stack_pointer = store_.AddThreadGlobal(
      {.value = wasm::ValueType::kI64, .is_mutable = true}, {});
  process_->entry = {.thread_start = &kThreadStart,
                     .signal = &kSignal,
                     .stack_pointer = *stack_pointer};
  auto engine = engine::Thread::Create(store_);
  if (!engine.ok()) std::abort();
  engine_ = *std::move(engine);
  engine_->Attach();
  main_.process = &*process_;
  main_.engine = engine_.get();
  engine_->set_host_data(&main_);
  engine_->Global(*stack_pointer).i64 = kStacks + kStackSize;
  if (!threads_.AdoptMain(main_).ok()) std::abort();
  pids_.Add(main_.tid);
}

void Guest::Run() {
  guest = this;
  signals_.Inherit(0);
  host::InstallFaultHooks();
  host::SetGuestMask(main_, 0);
  object::Value values[3] = {};
  const engine::Outcome outcome =
      engine::Invoke(*engine_, kThreadStart, values);
  threads_.FinishMain(main_, static_cast<int>(outcome.exit_value));
}

// Functions below kMaxThreads are the script's threads; what else the script
// starts executes a little of it.
void Guest::ThreadMain(uint64_t function) {
  if (function == 0 && host::Thread::Current().tid == main_.tid) {
    OpenFiles();
    // A handler that ends waits: the fuzzing process sends this signal.
    const uint64_t action = kLastPage;
    (void)memory_.Store(GuestPtr{action}, host::GuestSigaction{.handler = 2});
    Call("rt_sigaction", SIGUSR1, action, 0, 8);
    descriptors_.emplace(*files_);
    for (int i = 1; i < script_.threads(); ++i) {
      running_.fetch_add(1);
      constexpr uint64_t kFlags =
          CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
      const uint64_t stack = kStacks + kStackSize * (i + 1);
      if (Call("thread_spawn", i, stack, kFlags, 0, 0, 0, 0) < 0) {
        running_.fetch_sub(1);
      }
    }
    RunThread(0);
  } else if (function < kMaxThreads) {
    RunThread(function);
  } else {
    const size_t count = script_.records().size();
    for (size_t i = 0; i < std::min<size_t>(count, 4); ++i) {
      RunRecord((function + i) % count);
    }
  }
  FinishThread();
  Call("exit", 0);
}

void Guest::HandleSignal(uint64_t handler) {
  static thread_local int depth = 0;
  const size_t count = script_.records().size();
  if (handler < 3 || depth >= 2 || count == 0) return;
  ++depth;
  RunRecord(handler % count);
  --depth;
}

void Guest::RunThread(size_t thread) {
  const auto records = script_.records();
  const size_t threads = script_.threads();
  for (size_t i = 0; i < records.size(); ++i) {
    if (records[i].thread % threads == thread) RunRecord(i);
  }
}

void Guest::Poke(const Record& record) {
  const uint64_t at = SlotAt(record.arguments[0].number()) +
                      record.arguments[1].number() % kSlotSize;
  const int64_t value = Choose(static_cast<host::ArgKind>(record.row % 64),
                               record.arguments[2], results_);
  if (record.arguments[1].how % 2) {
    (void)memory_.Store(GuestPtr{at}, static_cast<int32_t>(value));
  } else {
    (void)memory_.Store(GuestPtr{at}, value);
  }
}

void Guest::RunRecord(size_t index) {
  const Record& record = script_.records()[index];
  if (record.row & kPoke) return Poke(record);
  const Row& row = Rows()[record.row % Rows().size()];
  const host::TraceCall& kinds = host::TraceCalls()[&row - Rows().data()];
  int64_t arguments[7] = {};
  for (size_t i = 0; i < kinds.argc; ++i) {
    arguments[i] = Choose(kinds.args[i].kind, record.arguments[i], results_);
  }
  if (!Admit(row.name, arguments)) return;
  const int64_t result = Make(row, arguments);
  results_.values[index].store(result);
  CheckDenial(row, result);
  const bool forks =
      Is(row.name, "fork") || Is(row.name, "vfork") || Is(row.name, "clone");
  if (forks && result == 0) running_.store(1);
  if (Is(row.name, "thread_spawn") && result < 0) running_.fetch_sub(1);
}

bool Guest::Admit(const char* name, int64_t* arguments) {
  if (Is(name, "fork") || Is(name, "vfork") || Is(name, "clone")) {
    return forks_.fetch_add(1) < 2;
  }
  if (Is(name, "thread_spawn")) {
    if (running_.fetch_add(1) >= kMostThreads) {
      running_.fetch_sub(1);
      return false;
    }
    arguments[0] = static_cast<int64_t>(
        std::max<uint64_t>(static_cast<uint64_t>(arguments[0]), kMaxThreads));
  }
  if (Is(name, "exit") || Is(name, "thread_exit_unmap")) FinishThread();
  constexpr const char* kSignalling[] = {"kill",         "tkill",
                                         "tgkill",       "rt_sigqueueinfo",
                                         "timer_create", "fcntl",
                                         "setrlimit",    "rt_tgsigqueueinfo",
                                         "setitimer",    "prctl",
                                         "alarm",        "prlimit64",
                                         "ioctl",        "pidfd_send_signal"};
  for (const char* sends : kSignalling) {
    if (Is(name, sends)) world_.shared->signals_sent.store(true);
  }
  return true;
}

void Guest::CheckDenial(const Row& row, int64_t result) {
  const int expected = row.apply == nullptr            ? row.refusal
                       : policy_.rights.Has(row.right) ? 0
                                                       : EPERM;
  if (expected != 0 && result != -expected) {
    Report(*world_.shared, "a call that is denied was made:");
    Report(*world_.shared, row.name);
  }
}

// The last thread of the process looks at what is left.
void Guest::FinishThread() {
  if (running_.fetch_sub(1) != 1) return;
  descriptors_->Run(*world_.shared);
  CheckMemory(memory_, *space_, *world_.shared);
}

int64_t Guest::Make(const Row& row, const int64_t* a) {
  void* const entry = const_cast<void*>(
      process_->tracer != nullptr ? row.traced_entry : row.entry);
  using P = host::Process*;
  using I = int64_t;
  P p = &*process_;
  switch (row.argc) {
    case 0:
      return reinterpret_cast<I (*)(P)>(entry)(p);
    case 1:
      return reinterpret_cast<I (*)(P, I)>(entry)(p, a[0]);
    case 2:
      return reinterpret_cast<I (*)(P, I, I)>(entry)(p, a[0], a[1]);
    case 3:
      return reinterpret_cast<I (*)(P, I, I, I)>(entry)(p, a[0], a[1], a[2]);
    case 4:
      return reinterpret_cast<I (*)(P, I, I, I, I)>(entry)(p, a[0], a[1], a[2],
                                                           a[3]);
    case 5:
      return reinterpret_cast<I (*)(P, I, I, I, I, I)>(entry)(p, a[0], a[1],
                                                              a[2], a[3], a[4]);
    case 6:
      return reinterpret_cast<I (*)(P, I, I, I, I, I, I)>(entry)(
          p, a[0], a[1], a[2], a[3], a[4], a[5]);
    default:
      return reinterpret_cast<I (*)(P, I, I, I, I, I, I, I)>(entry)(
          p, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
  }
}

}  // namespace

void Report(Shared& shared, const char* what) {
  const size_t size = std::strlen(what);
  const uint32_t at =
      shared.report_size.fetch_add(static_cast<uint32_t>(size + 1));
  if (at + size + 1 >= sizeof(shared.report)) return;
  std::memcpy(shared.report + at, what, size);
  shared.report[at + size] = '\n';
}

void RunGuest(const World& world, const Script& script) {
  ::setsid();
  LimitResources();
  DropRights();
  ::umask(022);
  auto* const built = new Guest(world, script);
  built->Build();
  built->Run();
}

}  // namespace slipway::sys::fuzzing
