// The contract between generated code and the engine: the layout of an object
// file, of the context that every compiled function receives, and the calling
// convention. runtime/compiler writes it, runtime/engine reads it, and nothing
// else is shared between the two. Change kObjectVersion with any change here.
//
// OBJECT FILE. An ELF shared object without undefined symbols other than the
// C library's memcpy family and maths functions. It exports two symbols:
//   slipway_object   const ObjectHeader (below); every offset in it is relative
//                    to the address of the header, so loading needs no
//                    relocations and all pages but one stay shared.
//   slipway_runtime  const RuntimeTable*, null until the engine sets it.
//
// CALLING CONVENTION. Every wasm function is a System V function whose first
// argument is its InstanceContext*. Up to kIntRegisters integer or reference
// and kFloatRegisters f32/f64/v128 parameters follow in their order; the first
// result is the return value. Further parameters, and further results, travel
// in ThreadState::overflow, one 16-byte Value each, in order (a parameter or
// result that overflows takes the next free Value; stored by the sender
// immediately before the call or return, loaded by the receiver before
// anything else). No call therefore ever passes anything on the native stack,
// which is what lets every return_call be a jump.
//
// TRAPS. Generated code traps with `ud1 TrapCode(%eax),%eax` (llvm.ubsantrap),
// with a fault on linear memory (kMemoryOutOfBounds, or the guest's SIGSEGV),
// on its stack (kStackExhausted), or on a null FuncRef (address below 4096:
// kNullReference; kUninitializedElement when it is the type that was read, as
// only call_indirect does).
//
// BOUNDS CHECKS. A memory64 is kMemory64Reservation bytes of address space
// between two guards, of kGuardBelow bytes before it and of kGuardSize +
// kStrideSize behind it: code checks the base operand (before the static offset
// is added) against that constant, and the guard covers static offsets below
// kGuardSize. Addresses at a distance of less than kStrideSize above one that
// was checked or accessed need no check either, and those of at most
// kGuardBelow below it need none if the access has no static offset. Larger
// offsets are added with an overflow check first. A memory32 has the same
// guards, and needs no check. Bulk operations check against the current size.
//
// INDIRECT CALLS by another type than the function has trap, as the core
// specification says, except in a module with a dylink.0 section: that is C,
// linked by a linker of C, and C programs rely on what such calls do on x86-64
// (RuntimeTable::call_adapted).
//
// EXCEPTIONS. A thrown wasm exception is an Exception object raised through
// the native unwinder; landing pads are found by the object's own personality
// routine, which jumps to RuntimeTable::personality.

#ifndef SLIPWAY_RUNTIME_OBJECT_OBJECT_FORMAT_H_
#define SLIPWAY_RUNTIME_OBJECT_OBJECT_FORMAT_H_

#include <cstddef>
#include <cstdint>

namespace slipway::object {

inline constexpr uint32_t kObjectMagic = 0x59504c53;  // "SLPY"
inline constexpr uint32_t kObjectVersion = 6;

inline constexpr uint64_t kMemory64Reservation = uint64_t{1} << 40;  // bytes
inline constexpr uint64_t kMemory32Reservation = uint64_t{1} << 32;  // bytes
inline constexpr uint64_t kGuardSize = uint64_t{1} << 32;            // bytes
inline constexpr uint64_t kStrideSize = uint64_t{1} << 32;           // bytes
inline constexpr uint64_t kGuardBelow = uint64_t{1} << 32;           // bytes

inline constexpr int kIntRegisters = 5;  // after the context pointer
inline constexpr int kFloatRegisters = 8;
inline constexpr int kMaxValues = 1000;  // parameters or results of a type

enum class TrapCode : uint8_t {
  kUnreachable = 1,
  kMemoryOutOfBounds,
  kTableOutOfBounds,
  kIndirectCallTypeMismatch,
  kUninitializedElement,
  kNullReference,
  kIntegerDivideByZero,
  kIntegerOverflow,
  kInvalidConversion,
  kStackExhausted,
  kUnalignedAtomic,
  kUnsharedWait,
  kUncaughtException,
};

// One wasm value in memory: parameters and results of entry thunks, overflow
// arguments, globals.
union alignas(16) Value {
  int32_t i32;
  int64_t i64;
  float f32;
  double f64;
  uint8_t v128[16];
  void* ref;  // FuncRef*, Exception*, or an embedder's externref
};
static_assert(sizeof(Value) == 16);

struct InstanceContext;
struct ThreadState;

// A function as a first-class value. Immutable once published, never freed
// while its instance lives; tables hold FuncRef* and null.
struct FuncRef {
  const void* code;    // wasm calling convention
  uint32_t type_hash;  // TypeHash of its type; compared by call_indirect
  // ThreadState::contexts[instance] is the callee's context.
  uint32_t instance;
  uint32_t function_index;  // in its module's function index space
  uint32_t reserved;
};

// A host function: its FuncRef's context is a HostFunction*, and its code the
// host thunk (below) that some object provides for its type.
struct HostFunction {
  // R (*)(void* env, params…) in the C convention, at most one result.
  const void* handler;
  // Where thunks find overflowing parameters; at InstanceContext::thread's
  // offset, so that an entry thunk serves both kinds of context.
  ThreadState* thread;
  void* env;
};

// One per native thread that runs guest code; owned by the engine.
struct ThreadState {
  Value overflow[kMaxValues];
  // Indexed by instance id; for a host function's id, a HostFunction*.
  void** contexts;
  void* engine_thread;  // engine::Thread
};

struct MemoryRef {
  uint8_t* base;
  const uint64_t* size;  // bytes; grows, read with a relaxed atomic load
};

struct TableRef {
  FuncRef** base;        // or void** for externref/exnref; never moves
  const uint64_t* size;  // elements; as above
};

struct FunctionImport {
  const void* code;
  void* context;  // of this thread
};

// A thrown exception; payload holds the tag's parameters.
struct Exception;

// What generated code reaches through its first argument: one per (thread,
// instance). The header is followed by these arrays, each 16-byte aligned, in
// this order; ContextLayout computes where they start:
//   MemoryRef       memories[all memories]
//   TableRef        tables[all tables]
//   FunctionImport  imports[imported functions]
//   Value*          global_imports[imported globals]
//   const void*     tags[all tags]            (identity of each tag)
//   FuncRef*        functions[all functions]  (for ref.func)
//   Value           globals[defined globals]  (this thread's own copies)
struct InstanceContext {
  uint8_t* memory0;  // memories[0].base, or null
  ThreadState* thread;
  void** contexts;  // thread->contexts
  void* instance;   // engine::Instance
  uint32_t instance_id;
  uint32_t reserved;
  uint64_t reserved2;
};
static_assert(sizeof(InstanceContext) == 48);
static_assert(offsetof(HostFunction, thread) ==
              offsetof(InstanceContext, thread));

// Byte offsets from the InstanceContext of each array, for one module.
struct ContextLayout {
  ContextLayout(uint64_t memory_count, uint64_t table_count,
                uint64_t imported_function_count,
                uint64_t imported_global_count, uint64_t tag_count,
                uint64_t function_count, uint64_t defined_global_count) {
    uint64_t at = sizeof(InstanceContext);
    auto place = [&at](uint64_t count, uint64_t size) {
      const uint64_t start = (at + 15) & ~uint64_t{15};
      at = start + count * size;
      return start;
    };
    memories = place(memory_count, sizeof(MemoryRef));
    tables = place(table_count, sizeof(TableRef));
    imports = place(imported_function_count, sizeof(FunctionImport));
    global_imports = place(imported_global_count, sizeof(Value*));
    tags = place(tag_count, sizeof(void*));
    functions = place(function_count, sizeof(FuncRef*));
    globals = place(defined_global_count, sizeof(Value));
    size = (at + 15) & ~uint64_t{15};
  }
  uint64_t memories, tables, imports, global_imports, tags, functions, globals;
  uint64_t size;  // of the whole context
};

// An offset in bytes from the ObjectHeader; 0 means absent.
using HeaderOffset = int32_t;

struct ObjectHeader {
  uint32_t magic;    // kObjectMagic
  uint32_t version;  // kObjectVersion
  // The module without its code section: types, imports, segments, names.
  HeaderOffset module_bytes;
  uint32_t reserved;
  uint64_t module_size;  // bytes
  // HeaderOffset[defined functions]: code of each.
  HeaderOffset functions;
  uint32_t function_count;
  // HeaderOffset[types]: entry thunk of each type:
  //   void (InstanceContext*, const void* code, Value* values)
  // reads the parameters from `values` and writes the results to it.
  HeaderOffset entry_thunks;
  // HeaderOffset[types], absent (0) for types no function import has: a
  // function in the wasm convention that calls its HostFunction.
  HeaderOffset host_thunks;
  uint32_t type_count;
  uint32_t reserved2;
  // The range of all generated code.
  HeaderOffset text_begin;
  HeaderOffset text_end;
  uint8_t module_sha256[32];  // of the module as the user gave it
};

using EntryThunk = void (*)(InstanceContext*, const void* code, Value* values);

// What generated code asks of the engine, reached through slipway_runtime.
// Functions that can fail trap: they do not return in that case. Sizes and
// addresses are zero-extended to 64 bits for 32-bit memories and tables.
struct RuntimeTable {
  // Returns the old size in pages/elements, or UINT64_MAX.
  uint64_t (*memory_grow)(InstanceContext*, uint32_t memory, uint64_t delta);
  uint64_t (*table_grow)(InstanceContext*, uint32_t table, uint64_t delta,
                         void* value);
  void (*memory_init)(InstanceContext*, uint32_t memory, uint32_t segment,
                      uint64_t to, uint64_t from, uint64_t size);
  void (*data_drop)(InstanceContext*, uint32_t segment);
  void (*memory_copy)(InstanceContext*, uint32_t to_memory,
                      uint32_t from_memory, uint64_t to, uint64_t from,
                      uint64_t size);
  void (*memory_fill)(InstanceContext*, uint32_t memory, uint64_t to,
                      uint32_t byte, uint64_t size);
  void (*table_init)(InstanceContext*, uint32_t table, uint32_t segment,
                     uint64_t to, uint64_t from, uint64_t size);
  void (*elem_drop)(InstanceContext*, uint32_t segment);
  void (*table_copy)(InstanceContext*, uint32_t to_table, uint32_t from_table,
                     uint64_t to, uint64_t from, uint64_t size);
  void (*table_fill)(InstanceContext*, uint32_t table, uint64_t to, void* value,
                     uint64_t size);
  // A call_indirect found a function of another type than the one whose
  // TypeHash is given: calls it all the same (engine/adapted_call.h), or traps
  // with kIndirectCallTypeMismatch. Arguments and the result are the caller's,
  // in ThreadState::overflow from 0 on.
  void (*call_adapted)(InstanceContext*, FuncRef*, uint32_t type_hash);
  // timeout in nanoseconds, negative for none; returns 0 woken, 1 not-equal,
  // 2 timed out. `address` is the effective address.
  uint32_t (*memory_wait32)(InstanceContext*, uint32_t memory, uint64_t address,
                            uint32_t expected, int64_t timeout);
  uint32_t (*memory_wait64)(InstanceContext*, uint32_t memory, uint64_t address,
                            uint64_t expected, int64_t timeout);
  uint32_t (*memory_notify)(InstanceContext*, uint32_t memory, uint64_t address,
                            uint32_t count);
  // Allocates an exception of the tag with room for `count` values.
  Exception* (*exception_new)(InstanceContext*, const void* tag,
                              uint32_t count);
  Value* (*exception_values)(Exception*);
  const void* (*exception_tag)(Exception*);
  // Raises; does not return (traps when nothing catches it).
  void (*exception_throw)(InstanceContext*, Exception*);
  // Turns the unwinder's object, as a landing pad receives it, into ours.
  Exception* (*exception_from_unwind)(void* unwind_exception);
  // Continues unwinding from a landing pad that matched nothing.
  void (*exception_resume)(void* unwind_exception);
  // A catch clause took the values and did not keep the reference.
  void (*exception_caught)(Exception*);
  // The personality routine (Itanium C++ ABI, exception handling, 2.5.2).
  int (*personality)(int version, int actions, uint64_t exception_class,
                     void* unwind_exception, void* unwind_context);
};

}  // namespace slipway::object

#endif  // SLIPWAY_RUNTIME_OBJECT_OBJECT_FORMAT_H_
