#include "runtime/engine/frame_rows.h"

#include <dlfcn.h>

#include <limits>
#include <vector>

#include "runtime/engine/dwarf_reader.h"
#include "runtime/engine/landing_pads.h"

namespace slipway::engine {
namespace {

// DWARF's numbers of x86-64 registers (System V x86-64 ABI, figure 3.36).
constexpr uint64_t kDwarfRbp = 6;
constexpr uint64_t kDwarfRsp = 7;
constexpr uint64_t kDwarfReturnAddress = 16;

std::optional<SavedRegister> Saved(uint64_t dwarf_register) {
  switch (dwarf_register) {
    case 3:
      return kRbx;
    case kDwarfRbp:
      return kRbp;
    case 12:
      return kR12;
    case 13:
      return kR13;
    case 14:
      return kR14;
    case 15:
      return kR15;
    default:
      return std::nullopt;
  }
}

// A pointer of .eh_frame; nothing for encodings that are not used there.
std::optional<uintptr_t> ReadPointer(DwarfReader& reader, uint8_t encoding) {
  const auto here = reinterpret_cast<uintptr_t>(reader.position());
  switch (encoding & ~kPcRelative) {
    case kAbsolute:
    case kUdata4:
    case kSdata4:
    case kSdata8:
      break;
    default:
      return std::nullopt;
  }
  const uintptr_t value = reader.Encoded(encoding);
  if (value == 0) return 0;
  return (encoding & kPcRelative) != 0 ? here + value : value;
}

// A common information entry.
struct Cie {
  uint64_t code_alignment = 1;
  int64_t data_alignment = 1;
  uint8_t pointer_encoding = kAbsolute;
  uint8_t lsda_encoding = kOmit;
  bool augmented = false;
  const uint8_t* program = nullptr;
  const uint8_t* end = nullptr;
};

// What the augmentation string announces.
bool ReadAugmentation(const char* letters, DwarfReader& reader, Cie& cie) {
  if (*letters == 0) return true;
  if (*letters++ != 'z') return false;
  cie.augmented = true;
  const uint64_t length = reader.Uleb128();
  const uint8_t* const end = reader.position() + length;
  for (; *letters != 0; ++letters) {
    switch (*letters) {
      case 'R':
        cie.pointer_encoding = reader.Byte();
        break;
      case 'L':
        cie.lsda_encoding = reader.Byte();
        break;
      case 'P': {
        const uint8_t encoding = reader.Byte() & ~kIndirect;
        if (!ReadPointer(reader, encoding)) return false;
        break;
      }
      default:  // a signal's frame, among others
        return false;
    }
  }
  reader.Skip(static_cast<uint64_t>(end - reader.position()));
  return true;
}

constexpr uint32_t kExtendedLength = 0xffffffff;

std::optional<Cie> ReadCie(const uint8_t* at) {
  DwarfReader reader(at);
  const uint32_t length = reader.Fixed<uint32_t>();
  if (length == kExtendedLength) return std::nullopt;
  Cie cie;
  cie.end = reader.position() + length;
  reader.Skip(sizeof(uint32_t));  // its id
  if (reader.Byte() != 1) return std::nullopt;
  const auto* letters = reinterpret_cast<const char*>(reader.position());
  reader.Skip(std::strlen(letters) + 1);
  cie.code_alignment = reader.Uleb128();
  cie.data_alignment = reader.Sleb128();
  if (reader.Byte() != kDwarfReturnAddress) return std::nullopt;
  if (!ReadAugmentation(letters, reader, cie)) return std::nullopt;
  cie.program = reader.position();
  return cie;
}

// A frame description entry.
struct Fde {
  Cie cie;
  uintptr_t begin = 0;
  uintptr_t end = 0;
  const uint8_t* lsda = nullptr;
  const uint8_t* program = nullptr;
  const uint8_t* program_end = nullptr;
};

std::optional<Fde> ReadFde(const uint8_t* at) {
  DwarfReader reader(at);
  const uint32_t length = reader.Fixed<uint32_t>();
  if (length == kExtendedLength) return std::nullopt;
  Fde fde;
  fde.program_end = reader.position() + length;
  const uint8_t* const cie_base = reader.position();
  const auto cie = ReadCie(cie_base - reader.Fixed<uint32_t>());
  if (!cie) return std::nullopt;
  fde.cie = *cie;
  const auto begin = ReadPointer(reader, cie->pointer_encoding);
  if (!begin) return std::nullopt;
  fde.begin = *begin;
  fde.end = fde.begin + reader.Encoded(cie->pointer_encoding);
  fde.program = reader.position();
  if (!cie->augmented) return fde;
  const uint64_t augmentation = reader.Uleb128();
  fde.program = reader.position() + augmentation;
  if (augmentation == 0 || cie->lsda_encoding == kOmit) return fde;
  const auto lsda = ReadPointer(reader, cie->lsda_encoding);
  if (!lsda) return std::nullopt;
  fde.lsda = reinterpret_cast<const uint8_t*>(*lsda);
  return fde;
}

// .eh_frame_hdr's table of (function, its description), sorted, relative to the
// section, as all linkers write it.
std::optional<Fde> FindFde(uintptr_t pc) {
  dl_find_object object;
  if (_dl_find_object(reinterpret_cast<void*>(pc), &object) != 0 ||
      object.dlfo_eh_frame == nullptr) {
    return std::nullopt;
  }
  const auto* header = static_cast<const uint8_t*>(object.dlfo_eh_frame);
  constexpr uint8_t kExpected[] = {1, kPcRelative | kSdata4, kUdata4,
                                   kDataRelative | kSdata4};
  if (std::memcmp(header, kExpected, sizeof(kExpected)) != 0) {
    return std::nullopt;
  }
  struct Entry {
    int32_t function;
    int32_t description;
  };
  DwarfReader reader(header + sizeof(kExpected) + sizeof(int32_t));
  uint64_t count = reader.Fixed<uint32_t>();
  const uint8_t* const table = reader.position();
  auto entry = [table](uint64_t index) {
    return DwarfReader(table + index * sizeof(Entry)).Fixed<Entry>();
  };
  const auto offset = static_cast<int64_t>(pc) -
                      static_cast<int64_t>(reinterpret_cast<uintptr_t>(header));
  uint64_t first = 0;  // the last entry with function <= offset is at or after
  if (count == 0 || entry(0).function > offset) return std::nullopt;
  while (count > 1) {
    const uint64_t half = count / 2;
    if (entry(first + half).function <= offset) first += half;
    count -= half;
  }
  const auto fde = ReadFde(header + entry(first).description);
  if (!fde || pc < fde->begin || pc >= fde->end) return std::nullopt;
  return fde;
}

// The rules that a frame's program has made so far.
struct Rules {
  uint64_t cfa_register = kDwarfRsp;
  int64_t cfa_offset = 0;
  std::array<int64_t, kSavedRegisters> offsets = {};  // 0: not saved
  int64_t return_address = 0;                         // offset, too
};

// Executes call frame instructions (DWARF 5, 6.4.2) up to an address.
class FrameProgram {
 public:
  // Of the instruction at `pc`.
  FrameProgram(const Fde& fde, uintptr_t pc)
      : cie_(fde.cie), pc_(pc), location_(fde.begin) {}

  // False for an instruction that rows have no place for.
  bool Run(const uint8_t* begin, const uint8_t* end) {
    DwarfReader reader(begin);
    while (reader.position() < end && location_ <= pc_) {
      if (!Execute(reader)) return false;
    }
    return true;
  }
  // The common entry's program is done.
  void EndOfCommon() { initial_ = rules_; }
  const Rules& rules() const { return rules_; }

 private:
  enum Opcode : uint8_t {
    kNop = 0x00,
    kAdvance1 = 0x02,
    kAdvance2 = 0x03,
    kAdvance4 = 0x04,
    kRememberState = 0x0a,
    kRestoreState = 0x0b,
    kDefCfa = 0x0c,
    kDefCfaRegister = 0x0d,
    kDefCfaOffset = 0x0e,
    // The upper two bits, with an operand in the others.
    kAdvance = 0x40,
    kOffset = 0x80,
    kRestore = 0xc0,
  };

  bool Execute(DwarfReader& reader) {
    const uint8_t byte = reader.Byte();
    const uint8_t operand = byte & 0x3f;
    switch (byte & 0xc0) {
      case kAdvance:
        return Advance(operand);
      case kOffset:
        return SetOffset(operand, reader.Uleb128());
      case kRestore:
        return Restore(operand);
    }
    switch (byte) {
      case kNop:
        return true;
      case kAdvance1:
        return Advance(reader.Byte());
      case kAdvance2:
        return Advance(reader.Fixed<uint16_t>());
      case kAdvance4:
        return Advance(reader.Fixed<uint32_t>());
      case kRememberState:
        remembered_.push_back(rules_);
        return true;
      case kRestoreState:
        if (remembered_.empty()) return false;
        rules_ = remembered_.back();
        remembered_.pop_back();
        return true;
      case kDefCfa:
        rules_.cfa_register = reader.Uleb128();
        rules_.cfa_offset = static_cast<int64_t>(reader.Uleb128());
        return true;
      case kDefCfaRegister:
        rules_.cfa_register = reader.Uleb128();
        return true;
      case kDefCfaOffset:
        rules_.cfa_offset = static_cast<int64_t>(reader.Uleb128());
        return true;
      default:
        return false;
    }
  }

  bool Advance(uint64_t delta) {
    location_ += delta * cie_.code_alignment;
    return true;
  }
  bool SetOffset(uint64_t dwarf_register, uint64_t factored) {
    const int64_t offset = static_cast<int64_t>(factored) * cie_.data_alignment;
    if (dwarf_register == kDwarfReturnAddress) {
      rules_.return_address = offset;
      return true;
    }
    const auto saved = Saved(dwarf_register);
    if (saved) rules_.offsets[*saved] = offset;
    return saved.has_value();
  }
  bool Restore(uint64_t dwarf_register) {
    const auto saved = Saved(dwarf_register);
    if (saved) rules_.offsets[*saved] = initial_.offsets[*saved];
    return saved.has_value();
  }

  const Cie& cie_;
  const uintptr_t pc_;
  uintptr_t location_;
  Rules rules_;
  Rules initial_;
  std::vector<Rules> remembered_;
};

std::optional<Rules> RulesAt(const Fde& fde, uintptr_t pc) {
  FrameProgram program(fde, pc);
  if (!program.Run(fde.cie.program, fde.cie.end)) return std::nullopt;
  program.EndOfCommon();
  if (!program.Run(fde.program, fde.program_end)) return std::nullopt;
  return program.rules();
}

constexpr int64_t kWord = sizeof(uintptr_t);

bool Fits32(int64_t number) { return number == static_cast<int32_t>(number); }

bool FillRow(const Rules& rules, FrameRow& row) {
  if (rules.cfa_register != kDwarfRsp && rules.cfa_register != kDwarfRbp) {
    return false;
  }
  if (rules.return_address != -kWord || !Fits32(rules.cfa_offset)) return false;
  row.cfa_from_rbp = rules.cfa_register == kDwarfRbp;
  row.cfa_offset = static_cast<int32_t>(rules.cfa_offset);
  for (size_t i = 0; i < kSavedRegisters; ++i) {
    const int64_t slot = rules.offsets[i] / kWord;
    if (slot * kWord != rules.offsets[i] ||
        slot < std::numeric_limits<int8_t>::min() ||
        slot > std::numeric_limits<int8_t>::max()) {
      return false;
    }
    row.slots[i] = static_cast<int8_t>(slot);
  }
  return true;
}

}  // namespace

std::optional<FrameRow> ReadFrameRow(uintptr_t program_counter) {
  const uintptr_t in_call = program_counter - 1;
  const auto fde = FindFde(in_call);
  if (!fde) return std::nullopt;
  const auto rules = RulesAt(*fde, in_call);
  FrameRow row;
  row.program_counter = program_counter;
  row.known = true;
  if (!rules || !FillRow(*rules, row)) return std::nullopt;
  if (fde->lsda == nullptr) return row;
  const uintptr_t pad =
      FindLandingPad(fde->lsda, fde->begin, in_call, /*faulted=*/false);
  if (pad == 0) return row;
  const auto landing = static_cast<int64_t>(pad - in_call);
  if (!Fits32(landing)) return std::nullopt;
  row.landing = static_cast<int32_t>(landing);
  return row;
}

}  // namespace slipway::engine
