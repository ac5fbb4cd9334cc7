// The types of WebAssembly 3.0 (core specification, section 2.3), without the
// garbage-collection proposal's structures.
//
// Values of these types are small and copyable; equality is structural. Type
// *indices* are only meaningful inside one Module; use TypeHash (see
// runtime/object/object_format.h) to compare types across modules.

#ifndef SLIPWAY_RUNTIME_WASM_TYPES_H_
#define SLIPWAY_RUNTIME_WASM_TYPES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace slipway::wasm {

// What a reference points at. Values below kFirstAbstract are type indices.
class HeapType {
 public:
  enum Abstract : uint32_t {
    kFirstAbstract = 0xffff'ff00,
    kFunc = kFirstAbstract,
    kExtern,
    kExn,
    kNoFunc,
    kNoExtern,
    kNoExn,
    // Below all others: the validator's, and never in a Module.
    kBottomHeap,
  };

  constexpr HeapType(Abstract abstract) : code_(abstract) {}
  static constexpr HeapType Index(uint32_t type_index) {
    return HeapType(type_index);
  }

  constexpr bool is_index() const { return code_ < kFirstAbstract; }
  // Precondition: is_index().
  constexpr uint32_t index() const { return code_; }
  constexpr uint32_t code() const { return code_; }
  friend constexpr bool operator==(HeapType, HeapType) = default;

 private:
  friend class ValueType;
  explicit constexpr HeapType(uint32_t code) : code_(code) {}
  uint32_t code_;
};

// A number, vector or reference type; kBottom is the validator's type of
// unreachable operands and never appears in a Module.
class ValueType {
 public:
  enum Kind : uint8_t { kI32, kI64, kF32, kF64, kV128, kRef, kBottom };

  constexpr ValueType(Kind kind = kBottom) : bits_(kind) {}
  static constexpr ValueType Ref(HeapType heap, bool nullable) {
    ValueType type(kRef);
    if (nullable) type.bits_ |= kNullableBit;
    type.bits_ |= uint64_t{heap.code()} << kHeapShift;
    return type;
  }
  static constexpr ValueType FuncRef() { return Ref(HeapType::kFunc, true); }
  static constexpr ValueType ExternRef() {
    return Ref(HeapType::kExtern, true);
  }
  static constexpr ValueType ExnRef() { return Ref(HeapType::kExn, true); }

  constexpr Kind kind() const { return static_cast<Kind>(bits_ & 0xff); }
  constexpr bool is_ref() const { return kind() == kRef; }
  // Preconditions of the next two: is_ref().
  constexpr bool nullable() const { return (bits_ & kNullableBit) != 0; }
  constexpr HeapType heap() const {
    return HeapType(static_cast<uint32_t>(bits_ >> kHeapShift));
  }
  friend constexpr bool operator==(const ValueType&,
                                   const ValueType&) = default;

  // The text format's name: "i32", "(ref null func)", …
  std::string ToString() const;

 private:
  static constexpr uint64_t kNullableBit = 0x100;
  static constexpr int kHeapShift = 32;
  // One number, so that comparing two types is one instruction: validation does
  // little else.
  uint64_t bits_;
};

struct FuncType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  friend bool operator==(const FuncType&, const FuncType&) = default;
  // "(i32, i64) -> (f32)".
  std::string ToString() const;
};

// "(i32, i64)".
std::string ToString(std::span<const ValueType> types);

// Limits of a memory (unit: 64 KiB pages) or table (unit: elements).
struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max = std::nullopt;
  bool shared = false;
  bool is64 = false;  // addressed by i64 (memory64, table64)
  friend bool operator==(const Limits&, const Limits&) = default;

  ValueType address_type() const {
    return is64 ? ValueType::kI64 : ValueType::kI32;
  }
};

struct MemoryType {
  Limits limits;
  size_t offset = 0;  // of the limits in the file
};

struct TableType {
  ValueType element;  // is_ref()
  Limits limits;
};

struct GlobalType {
  ValueType value;
  bool is_mutable = false;
};

struct TagType {
  uint32_t type_index = 0;  // a FuncType without results
  size_t offset = 0;        // in the file
};

inline constexpr uint64_t kPageSize = 65536;  // bytes

}  // namespace slipway::wasm

#endif  // SLIPWAY_RUNTIME_WASM_TYPES_H_
