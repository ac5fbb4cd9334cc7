#include "runtime/syscalls/fuzzing/mutator.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

#include "runtime/syscalls/dispatch.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace slipway::sys::fuzzing {
namespace {

using Random = std::minstd_rand;

Record RandomRecord(Random& random) {
  Record record{};
  auto* const bytes = reinterpret_cast<uint8_t*>(&record);
  for (size_t i = 0; i < sizeof(record); ++i) {
    bytes[i] = static_cast<uint8_t>(random() >> 8);
  }
  constexpr uint32_t kPokes = 8;  // one in
  record.row = static_cast<uint16_t>(random() % Rows().size());
  if (random() % kPokes == 0) record.row |= kPoke;
  return record;
}

void Change(std::vector<Record>& records, size_t at, Random& random) {
  Record& record = records[at];
  switch (random() % 8) {
    case 0:
      record = RandomRecord(random);
      break;
    case 1:
      records.erase(records.begin() + static_cast<ptrdiff_t>(at));
      break;
    case 2:
      records.insert(records.begin() + static_cast<ptrdiff_t>(at), record);
      break;
    case 3:
      std::swap(record, records[random() % records.size()]);
      break;
    case 4:
      record.thread = static_cast<uint8_t>(random() >> 8);
      break;
    case 5: {
      Choice& choice = record.arguments[random() % host::kMaxArgs];
      choice.how = static_cast<uint8_t>(random() >> 8);
      choice.value[0] = static_cast<uint8_t>(random() >> 8);
      break;
    }
    default:
      LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(&record), sizeof(record),
                       sizeof(record));
  }
}

}  // namespace

size_t Mutate(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  Random random(seed);
  Header header{};
  std::memcpy(&header, data, std::min(size, sizeof(header)));
  const Script script(data, size);
  std::vector<Record> records(script.records().begin(), script.records().end());
  if (random() % 16 == 0) {
    header.threads = static_cast<uint8_t>(random() >> 8);
    header.options = static_cast<uint8_t>(random() >> 8);
    header.rights_removed = static_cast<uint16_t>(random() >> 8);
  }
  for (uint32_t i = 0; i <= random() % 4; ++i) {
    const size_t at = records.empty() ? 0 : random() % records.size();
    if (records.empty() || random() % 3 == 0) {
      records.insert(records.begin() + static_cast<ptrdiff_t>(at),
                     RandomRecord(random));
    } else {
      Change(records, at, random);
    }
  }
  const size_t room = max_size < sizeof(header)
                          ? 0
                          : (max_size - sizeof(header)) / sizeof(Record);
  records.resize(std::min({records.size(), room, kMaxRecords}));
  if (max_size < sizeof(header)) return size;
  std::memcpy(data, &header, sizeof(header));
  if (!records.empty()) {
    std::memcpy(data + sizeof(header), records.data(),
                records.size() * sizeof(Record));
  }
  return sizeof(header) + records.size() * sizeof(Record);
}

void PrintScript(const Script& script) {
  std::fprintf(stderr, "threads %d options %d rights removed %x\n",
               script.threads(), script.header().options,
               script.header().rights_removed);
  const Results none;
  for (const Record& record : script.records()) {
    if (record.row & kPoke) {
      std::fprintf(stderr, "  [%d] store\n", record.thread % script.threads());
      continue;
    }
    const host::TraceCall& call =
        host::TraceCalls()[record.row % Rows().size()];
    std::fprintf(stderr, "  [%d] %s(", record.thread % script.threads(),
                 call.name);
    for (size_t i = 0; i < call.argc; ++i) {
      std::fprintf(stderr, "%s%#llx", i == 0 ? "" : ", ",
                   static_cast<unsigned long long>(
                       Choose(call.args[i].kind, record.arguments[i], none)));
    }
    std::fprintf(stderr, ")\n");
  }
}

}  // namespace slipway::sys::fuzzing
