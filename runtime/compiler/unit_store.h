// Compiled partitions by what they were compiled from, so that a module that
// changed a little is compiled again in little time.
//
//   UnitStore units = UnitStore::Read("old.units");
//   CompileToObjects(bytes, options, &units);  // compiles what is not in it
//   units.Write("new.units");
//
// A key is the hash of a partition's LLVM IR, before it is optimised: all that
// the code can depend on, whatever the emitters consult of the module, beside
// the target and LLVM itself. Nothing in the IR depends on the indices of
// functions and types, so that it is the same when functions come and go
// elsewhere in the module.
//
// THE FILE is of this very compiler, as keys do not identify it:
//   8 bytes   magic "SLPYUNT1"
//   per unit  32 bytes key, 8 bytes size (little endian), the object
// It has no checksum: runtime/cache keeps it as it keeps objects.

#ifndef SLIPWAY_RUNTIME_COMPILER_UNIT_STORE_H_
#define SLIPWAY_RUNTIME_COMPILER_UNIT_STORE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace slipway::compiler {

class UnitStore {
 public:
  using Key = std::array<uint8_t, 32>;

  // The units in the file; none when there is no such file or it is another
  // kind of file, and what comes before its end when that is missing.
  static UnitStore Read(const std::string& path);
  absl::Status Write(const std::string& path) const;

  // Null when there is none. Any number of threads may ask.
  const std::string* Find(const Key& key) const {
    const auto found = units_.find(key);
    return found == units_.end() ? nullptr : &found->second;
  }
  void Add(const Key& key, std::string object) {
    units_.insert_or_assign(key, std::move(object));
  }
  size_t size() const { return units_.size(); }

 private:
  std::map<Key, std::string> units_;
};

}  // namespace slipway::compiler

#endif  // SLIPWAY_RUNTIME_COMPILER_UNIT_STORE_H_
