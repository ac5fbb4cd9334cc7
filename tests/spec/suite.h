// A set of scripts: a folder, searched for wast2json's files, or an archive of
// one (.tar, .tar.xz, …), unpacked while the Suite lives.

#ifndef SLIPWAY_TESTS_SPEC_SUITE_H_
#define SLIPWAY_TESTS_SPEC_SUITE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace slipway::spec {

// Where the environment says that the suite is.
inline constexpr char kSuiteVariable[] = "SLIPWAY_SPEC_TESTSUITE";
// What to do when nothing does.
extern const char kSuiteHelp[];

struct ScriptFile {
  // The folder's name, or FOLDER/FILE when it holds several scripts; unique.
  std::string name;
  std::string path;     // of the JSON file
  uint64_t weight = 0;  // grows with the time that it takes
};

// A new directory that is removed with everything in it.
class TemporaryFolder {
 public:
  static absl::StatusOr<std::unique_ptr<TemporaryFolder>> Create();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

class Suite {
 public:
  // kNotFound when there is nothing, or no script in it.
  static absl::StatusOr<Suite> Open(const std::string& location);

  // By name.
  const std::vector<ScriptFile>& scripts() const { return scripts_; }
  // Keeps those whose name is one of `patterns`, as fnmatch(3) has it. An
  // error when a pattern matches none.
  absl::Status Select(const std::vector<std::string>& patterns);

 private:
  std::unique_ptr<TemporaryFolder> unpacked_;
  std::vector<ScriptFile> scripts_;
};

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_SUITE_H_
