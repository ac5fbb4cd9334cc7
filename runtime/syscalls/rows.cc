// The rows of posix.def as data, and one entry function per row: the C function
// that the engine calls with the row's number of i64 parameters.

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/host/trace.h"
#include "runtime/syscalls/dispatch.h"
#include "runtime/syscalls/dispatch_inline.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {

namespace {

using host::Process;
using sandbox::Right;

// ---- From wire values to a handler's arguments ----

template <typename T>
T FromWire(int64_t value) {
  if constexpr (std::is_same_v<T, GuestFd>) {
    return GuestFd{static_cast<int>(value)};
  } else if constexpr (std::is_same_v<T, GuestPtr>) {
    return GuestPtr{static_cast<uint64_t>(value)};
  } else {
    return static_cast<T>(value);
  }
}

template <auto kHandler>
struct Applier;

template <typename... Args, SysResult<int64_t> (*kHandler)(Call&, Args...)>
struct Applier<kHandler> {
  template <size_t... I>
  [[gnu::always_inline]] static SysResult<int64_t> RunInline(
      Call& call, const int64_t* arguments, std::index_sequence<I...>) {
    [[clang::always_inline]] return kHandler(call,
                                             FromWire<Args>(arguments[I])...);
  }
  template <size_t... I>
  static SysResult<int64_t> Run(Call& call, const int64_t* arguments,
                                std::index_sequence<I...>) {
    return kHandler(call, FromWire<Args>(arguments[I])...);
  }
  static SysResult<int64_t> Apply(Call& call, const int64_t* arguments) {
    return Run(call, arguments, std::index_sequence_for<Args...>());
  }
  [[gnu::always_inline]] static SysResult<int64_t> ApplyInline(
      Call& call, const int64_t* arguments) {
    return RunInline(call, arguments, std::index_sequence_for<Args...>());
  }
};

// ---- Entry functions ----

enum RowIndex : int {
#define POSIX_NAME(name, argc) row_##name,
#include "posix-shim/abi/posix.def"
  kRowCount
};

const Row& RowAt(int index);

int64_t DispatchTraced(int index, Process& process, const int64_t* arguments) {
  const Row& row = RowAt(index);
  const host::TraceCall& trace = host::TraceCalls()[index];
  const std::span<const int64_t> values(arguments, row.argc);
  if (row.never_returns) {
    process.tracer->Leaving(trace, process.memory, values);
  }
  const int64_t result = Dispatch(row, process, arguments);
  if (row.apply == nullptr) process.tracer->Denied(row.reason, "");
  process.tracer->Returned(trace, process.memory, values, result);
  return result;
}

template <size_t>
using Wire = int64_t;

// With all that is constant about the row in its place.
template <int kIndex, Right kRight, auto kHandler, size_t... I>
int64_t Enter(Process* process, Wire<I>... values) {
  const int64_t arguments[sizeof...(I) + 1] = {values...};
  const auto row = []() -> const Row& { return RowAt(kIndex); };
  return DispatchInline(
      *process, arguments, row, [&](Call& call) -> SysResult<int64_t> {
        if (!process->policy.rights.Has(kRight)) [[unlikely]] {
          return Deny(row(), *process);
        }
        return Applier<kHandler>::ApplyInline(call, arguments);
      });
}

template <int kIndex, size_t... I>
int64_t EnterRefused(Process* process, Wire<I>... values) {
  const int64_t arguments[sizeof...(I) + 1] = {values...};
  return Dispatch(RowAt(kIndex), *process, arguments);
}

template <int kIndex, size_t... I>
int64_t EnterTraced(Process* process, Wire<I>... values) {
  const int64_t arguments[sizeof...(I) + 1] = {values...};
  return DispatchTraced(kIndex, *process, arguments);
}

template <typename Entry>
const void* Address(Entry* entry) {
  return reinterpret_cast<const void*>(entry);
}

template <int kIndex, Right kRight, auto kHandler, size_t... I>
const void* EntryOf(std::index_sequence<I...>) {
  return Address(&Enter<kIndex, kRight, kHandler, I...>);
}
template <int kIndex, size_t... I>
const void* RefusedEntryOf(std::index_sequence<I...>) {
  return Address(&EnterRefused<kIndex, I...>);
}
template <int kIndex, size_t... I>
const void* TracedEntryOf(std::index_sequence<I...>) {
  return Address(&EnterTraced<kIndex, I...>);
}

// ---- The table ----

// signal(7), "Interruption of system calls": EINTR whatever SA_RESTART says.
constexpr int kNeverRestart[] = {
    row_poll,       row_ppoll,           row_select,        row_pselect6,
    row_epoll_wait, row_epoll_pwait,     row_epoll_pwait2,  row_nanosleep,
    row_pause,      row_clock_nanosleep, row_rt_sigsuspend, row_rt_sigtimedwait,
    row_semop,      row_semtimedop,      row_msgsnd,        row_msgrcv,
};
constexpr int kNeverReturn[] = {row_exit, row_exit_group,
                                row_thread_exit_unmap};

template <size_t kSize>
constexpr bool IsIn(const int (&list)[kSize], int index) {
  for (int entry : list) {
    if (entry == index) return true;
  }
  return false;
}

template <int kIndex, int kArgc, Right kRight, auto kHandler>
Row MakeRow(const char* name) {
  using Parameters = std::make_index_sequence<kArgc>;
  return Row{.name = name,
             .argc = kArgc,
             .right = kRight,
             .apply = &Applier<kHandler>::Apply,
             .refusal = 0,
             .reason = "",
             .never_restarts = IsIn(kNeverRestart, kIndex),
             .never_returns = IsIn(kNeverReturn, kIndex),
             .entry = EntryOf<kIndex, kRight, kHandler>(Parameters()),
             .traced_entry = TracedEntryOf<kIndex>(Parameters())};
}

template <int kIndex, int kArgc>
Row MakeRefusedRow(const char* name, int refusal, const char* reason) {
  using Parameters = std::make_index_sequence<kArgc>;
  return Row{.name = name,
             .argc = kArgc,
             .right = Right::always,
             .apply = nullptr,
             .refusal = refusal,
             .reason = reason,
             .never_restarts = false,
             .never_returns = false,
             .entry = RefusedEntryOf<kIndex>(Parameters()),
             .traced_entry = TracedEntryOf<kIndex>(Parameters())};
}

// clang-format off
#define ROW(name, argc, right) \
  MakeRow<row_##name, argc, Right::right, &name>(#name),
std::array<Row, kRowCount> MakeRows() {
  return {
#define POSIX_CALL0(name, right, level, note) ROW(name, 0, right)
#define POSIX_CALL1(name, k1, n1, right, level, note) ROW(name, 1, right)
#define POSIX_CALL2(name, k1, n1, k2, n2, right, level, note) \
  ROW(name, 2, right)
#define POSIX_CALL3(name, k1, n1, k2, n2, k3, n3, right, level, note) \
  ROW(name, 3, right)
#define POSIX_CALL4(name, k1, n1, k2, n2, k3, n3, k4, n4, right, level, note) \
  ROW(name, 4, right)
#define POSIX_CALL5(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, right, \
                    level, note)                                         \
  ROW(name, 5, right)
#define POSIX_CALL6(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, \
                    right, level, note)                                   \
  ROW(name, 6, right)
#define POSIX_CALL7(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                    n7, right, level, note)                                   \
  ROW(name, 7, right)
#define POSIX_REFUSED(name, argc, errno_name, reason) \
  MakeRefusedRow<row_##name, argc>(#name, errno_name, reason),
#include "posix-shim/abi/posix.def"
  };
}
#undef ROW
// clang-format on

const std::array<Row, kRowCount>& AllRows() {
  static const std::array<Row, kRowCount> rows = MakeRows();
  return rows;
}

const Row& RowAt(int index) { return AllRows()[index]; }

std::string Text(std::string_view view) { return std::string(view); }

absl::Status DefineRow(engine::Linker& linker, const wasm::Module& module,
                       const wasm::Import& import, Process& process) {
  const Row* row = import.kind == wasm::ExternKind::kFunction
                       ? FindRow(import.name)
                       : nullptr;
  if (row == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "unlinkable: there is no call posix1.", Text(import.name)));
  }
  wasm::FuncType type;
  type.params.assign(row->argc, wasm::ValueType::kI64);
  type.results = {wasm::ValueType::kI64};
  if (module.function_type(import.index) != type) {
    return absl::InvalidArgumentError(
        absl::StrCat("unlinkable: posix1.", row->name, " has type ",
                     type.ToString(), ", the module expects ",
                     module.function_type(import.index).ToString()));
  }
  const void* entry =
      process.tracer != nullptr ? row->traced_entry : row->entry;
  return linker.DefineHostFunction("posix1", row->name, type, entry, &process);
}

}  // namespace

std::span<const Row> Rows() { return AllRows(); }

const Row* FindRow(std::string_view name) {
  static const auto& by_name = *[] {
    auto* rows = new absl::flat_hash_map<absl::string_view, const Row*>();
    rows->reserve(kRowCount);
    for (const Row& row : AllRows()) rows->emplace(row.name, &row);
    return rows;
  }();
  const auto found = by_name.find(absl::string_view(name.data(), name.size()));
  return found == by_name.end() ? nullptr : found->second;
}

absl::Status DefineImports(engine::Linker& linker, const wasm::Module& module,
                           host::Process& process) {
  for (const wasm::Import& import : module.imports) {
    if (import.module != "posix1") continue;
    absl::Status status = DefineRow(linker, module, import, process);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace slipway::sys
