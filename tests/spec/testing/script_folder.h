// A folder with one script whose modules are made when the test runs: the
// runner's own test scripts.

#ifndef SLIPWAY_TESTS_SPEC_TESTING_SCRIPT_FOLDER_H_
#define SLIPWAY_TESTS_SPEC_TESTING_SCRIPT_FOLDER_H_

#include <string>
#include <string_view>

namespace slipway::spec {

class ScriptFolder {
 public:
  // Makes `parent`/`name` below the test's temporary directory.
  explicit ScriptFolder(const std::string& name,
                        const std::string& parent = "suite");

  const std::string& path() const { return path_; }
  // Of the folder that all scripts with the same `parent` are in.
  static std::string SuitePath(const std::string& parent = "suite");

  void Write(const std::string& file, std::string_view content) const;
  // The script: `commands` is the inside of the JSON list.
  std::string WriteScript(std::string_view commands) const;

 private:
  const std::string name_;
  const std::string path_;
};

// Modules that test scripts use, in the binary format.
//
// Exports: "add" (i32, i32) -> i32; "nan" () -> f32, a NaN that is not
// canonical; "pair" () -> (i32, i64); "same" (externref) -> externref;
// "divide" (i32, i32) -> i32; "load" (i32) -> i32 of a memory of one page,
// exported as "memory"; "indirect" (i32), which calls an element of a table of
// two, the second of which is "add"; "unreachable"; "recurse", which never ends
// and whose call is the last thing it does; "throw"; "increment", which adds 1
// to the mutable i32 global "count".
std::string MainModule();
// Imports function `name` () -> () of `module`.
std::string ImportingModule(std::string_view module, std::string_view name);
// A start function that traps with unreachable.
std::string TrappingModule();
// A body of the wrong type; and bytes that are no module.
std::string InvalidModule();
std::string MalformedModule();
// Exports "spin", which does not return.
std::string SpinningModule();
// A shared memory, exported as "memory"; and a module that imports it from
// "shared" and exports "add" (i32) -> i32, an atomic addition at address 0.
std::string SharedMemoryModule();
std::string AtomicAddModule();

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_TESTING_SCRIPT_FOLDER_H_
