#include "runtime/host/constants.h"

#include <sys/mman.h>

#include <string_view>

#include "runtime/wasm/byte_reader.h"

namespace slipway::host {

namespace {

constexpr uint8_t kDataNames = 9;  // subsection of the name section

bool IsConstant(std::string_view segment) {
  return segment == ".rodata" || segment.starts_with(".rodata.");
}

void ReadDataNames(wasm::Bytes bytes, uint32_t segments,
                   std::vector<uint32_t>& constants) {
  wasm::ByteReader reader(bytes);
  uint32_t count, index;
  std::string_view name;
  if (!reader.ReadCount(count, "names")) return;
  for (uint32_t i = 0; i < count; ++i) {
    if (!reader.ReadU32(index) || !reader.ReadName(name)) return;
    if (index < segments && IsConstant(name)) constants.push_back(index);
  }
}

}  // namespace

std::vector<uint32_t> ConstantSegments(const wasm::Module& module) {
  std::vector<uint32_t> constants;
  for (const wasm::CustomSection& section : module.custom) {
    if (section.name != "name") continue;
    wasm::ByteReader reader(section.bytes);
    uint8_t id;
    uint32_t size;
    wasm::Bytes bytes;
    while (!reader.AtEnd() && reader.ReadByte(id) && reader.ReadU32(size) &&
           reader.ReadBytes(size, bytes)) {
      if (id == kDataNames) {
        ReadDataNames(bytes, static_cast<uint32_t>(module.data.size()),
                      constants);
      }
    }
  }
  return constants;
}

void ProtectConstants(const engine::Instance& instance, AddressSpace& space) {
  for (const uint32_t index : ConstantSegments(instance.module())) {
    const uint64_t begin = instance.data_address(index);
    if (begin == 0) continue;
    const uint64_t end = begin + instance.module().data[index].bytes.size();
    constexpr uint64_t kMask = AddressSpace::kPage - 1;
    const uint64_t first = (begin + kMask) & ~kMask;
    const uint64_t last = end & ~kMask;
    if (first < last) (void)space.Protect({first}, last - first, PROT_READ);
  }
}

}  // namespace slipway::host
