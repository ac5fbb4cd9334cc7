// The rows of wasi.def as data, and two entry functions per row: the C
// functions that the engine calls, with parameters of the row's types.

#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/wasi/dispatch.h"
#include "runtime/wasi/handlers.h"

namespace slipway::wasi {
namespace {

using sandbox::Right;
using namespace fd_right;  // the names that rows use

// ---- From wire values to a handler's arguments ----

template <typename T>
T FromWire(uint64_t value) {
  if constexpr (std::is_same_v<T, WasiFd>) {
    return WasiFd{static_cast<uint32_t>(value)};
  } else if constexpr (std::is_same_v<T, GuestPtr>) {
    return GuestPtr{value};
  } else {
    return static_cast<T>(value);
  }
}

template <auto kHandler>
struct Applier;

template <typename... Args, SysStatus (*kHandler)(Guest&, Args...)>
struct Applier<kHandler> {
  template <size_t... I>
  static SysStatus Run(Guest& guest, const uint64_t* arguments,
                       std::index_sequence<I...>) {
    return kHandler(guest, FromWire<Args>(arguments[I])...);
  }
  static SysStatus Apply(Guest& guest, const uint64_t* arguments) {
    return Run(guest, arguments, std::index_sequence_for<Args...>());
  }
};

// ---- Entry functions ----

enum RowIndex : int {
#define ROW(name, ...) row_##name,
#define WASI_CALL0 ROW
#define WASI_CALL1 ROW
#define WASI_CALL2 ROW
#define WASI_CALL3 ROW
#define WASI_CALL4 ROW
#define WASI_CALL5 ROW
#define WASI_CALL6 ROW
#define WASI_CALL7 ROW
#define WASI_CALL9 ROW
#include "runtime/wasi/wasi.def"
#undef ROW
};

template <Kind kKind, Width kWidth>
using WireType = std::conditional_t<WireOf(kKind) == Wire::i32 ||
                                        (WireOf(kKind) == Wire::address &&
                                         kWidth == Width::k32),
                                    uint32_t, uint64_t>;

template <int kIndex, Width kWidth, Kind... kKinds>
int32_t Enter(Guest* guest, WireType<kKinds, kWidth>... values) {
  const uint64_t arguments[sizeof...(kKinds) + 1] = {values...};
  return Dispatch(Rows()[kIndex], *guest, arguments);
}

template <int kIndex, Kind... kKinds>
constexpr Row MakeRow(const char* name, uint64_t fd_rights, Right right,
                      decltype(Row::apply) apply, const void* entry32,
                      const void* entry64) {
  return Row{.name = name,
             .argc = sizeof...(kKinds),
             .kinds = {kKinds...},
             .fd_rights = fd_rights,
             .right = right,
             .apply = apply,
             .entry32 = entry32,
             .entry64 = entry64};
}

// clang-format off
#define ENTRY(width, name, ...)                                       \
  reinterpret_cast<const void*>(                                      \
      &Enter<row_##name, Width::width __VA_OPT__(, ) __VA_ARGS__>)
#define ROW(name, fd_rights, right, ...)                              \
  MakeRow<row_##name __VA_OPT__(, ) __VA_ARGS__>(                     \
      #name, fd_rights, Right::right, &Applier<&name>::Apply, \
      ENTRY(k32, name __VA_OPT__(, ) __VA_ARGS__),                    \
      ENTRY(k64, name __VA_OPT__(, ) __VA_ARGS__)),
#define K(kind) Kind::k_##kind
const Row kRows[] = {
#define WASI_CALL0(name, rights, right, note) ROW(name, rights, right)
#define WASI_CALL1(name, k1, n1, rights, right, note) \
  ROW(name, rights, right, K(k1))
#define WASI_CALL2(name, k1, n1, k2, n2, rights, right, note) \
  ROW(name, rights, right, K(k1), K(k2))
#define WASI_CALL3(name, k1, n1, k2, n2, k3, n3, rights, right, note) \
  ROW(name, rights, right, K(k1), K(k2), K(k3))
#define WASI_CALL4(name, k1, n1, k2, n2, k3, n3, k4, n4, rights, right, note) \
  ROW(name, rights, right, K(k1), K(k2), K(k3), K(k4))
#define WASI_CALL5(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, rights, \
                   right, note)                                          \
  ROW(name, rights, right, K(k1), K(k2), K(k3), K(k4), K(k5))
#define WASI_CALL6(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, \
                   rights, right, note)                                  \
  ROW(name, rights, right, K(k1), K(k2), K(k3), K(k4), K(k5), K(k6))
#define WASI_CALL7(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                   n7, rights, right, note)                                  \
  ROW(name, rights, right, K(k1), K(k2), K(k3), K(k4), K(k5), K(k6), K(k7))
#define WASI_CALL9(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                   n7, k8, n8, k9, n9, rights, right, note)                  \
  ROW(name, rights, right, K(k1), K(k2), K(k3), K(k4), K(k5), K(k6), K(k7),  \
      K(k8), K(k9))
#include "runtime/wasi/wasi.def"
};
#undef K
#undef ROW
#undef ENTRY
// clang-format on

// ---- Linking ----

wasm::ValueType TypeOf(Kind kind, Width width) {
  const Wire wire = WireOf(kind);
  const bool narrow =
      wire == Wire::i32 || (wire == Wire::address && width == Width::k32);
  return narrow ? wasm::ValueType::kI32 : wasm::ValueType::kI64;
}

wasm::FuncType TypeOf(const Row& row, Width width) {
  wasm::FuncType type;
  for (int i = 0; i < row.argc; ++i) {
    type.params.push_back(TypeOf(row.kinds[i], width));
  }
  if (row.apply != kRows[row_proc_exit].apply) {
    type.results = {wasm::ValueType::kI32};
  }
  return type;
}

absl::string_view Text(std::string_view view) {
  return {view.data(), view.size()};
}

absl::Status DefineRow(engine::Linker& linker, const wasm::Module& module,
                       const wasm::Import& import, Width width, Guest& guest) {
  const Row* row = import.kind == wasm::ExternKind::kFunction
                       ? FindRow(import.name)
                       : nullptr;
  const std::string name =
      absl::StrCat(Text(import.module), ".", Text(import.name));
  if (row == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("unlinkable: WASI preview 1 has no function ", name));
  }
  const wasm::FuncType type = TypeOf(*row, width);
  if (module.function_type(import.index) != type) {
    return absl::InvalidArgumentError(
        absl::StrCat("unlinkable: ", name, " has type ", type.ToString(),
                     width == Width::k64 ? " with 64-bit addresses" : "",
                     ", the module expects ",
                     module.function_type(import.index).ToString()));
  }
  return linker.DefineHostFunction(
      import.module, import.name, type,
      width == Width::k32 ? row->entry32 : row->entry64, &guest);
}

}  // namespace

std::span<const Row> Rows() { return kRows; }

const Row* FindRow(std::string_view name) {
  for (const Row& row : kRows) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

absl::Status DefineImports(engine::Linker& linker, const wasm::Module& module,
                           std::string_view from, Width width, Guest& guest) {
  for (const wasm::Import& import : module.imports) {
    if (import.module != from) continue;
    absl::Status status = DefineRow(linker, module, import, width, guest);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace slipway::wasi
