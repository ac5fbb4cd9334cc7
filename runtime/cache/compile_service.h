// From a module to its compiled object: a cache hit, or a run of the compiler
// in another process. Processes that want one module at the same time compile
// it once.
//
//   ASSIGN cache = ObjectCache::OpenDefault();
//   ASSIGN object = FindOrCompile("redis.wasm", bytes, cache, {});
//   dlopen(object…)

#ifndef SLIPWAY_RUNTIME_CACHE_COMPILE_SERVICE_H_
#define SLIPWAY_RUNTIME_CACHE_COMPILE_SERVICE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/cache/known_digests.h"
#include "runtime/cache/object_cache.h"

namespace slipway::cache {

struct CompileOptions {
  std::string compiler;        // path; FindCompiler() when empty
  std::string cpu = "native";  // as the compiler's --cpu
  int optimization = 2;        // as the compiler's -O
  bool progress = false;       // a progress bar on stderr
  int messages_fd = 2;         // where the compiler's messages go
};

// Runs the compiler on the module at `module_path`, leaving the object at
// `object_path`. kAborted: the compiler refused the module, and has said why
// on stderr in one line; anything else says so in its message.
absl::Status Compile(const std::string& module_path,
                     const std::string& object_path,
                     const CompileOptions& options);

// The path of the object of the module at `module_path`, if both are known to
// the cache and have not changed since: without reading either.
std::optional<std::string> FindKnown(const std::string& module_path,
                                     const ObjectCache& cache,
                                     const CompileOptions& options);

// The path of the object of `module`, which are the bytes of the file at
// `module_path`. `before`: how that was before it was read; it is then known.
// Errors as Compile.
absl::StatusOr<std::string> FindOrCompile(const std::string& module_path,
                                          std::string_view module,
                                          const ObjectCache& cache,
                                          const CompileOptions& options,
                                          const FileState& before = {});

// The same for a module that is in memory, while a guest runs: nothing of the
// guest's reaches the compiler, its child processes and signals do not show
// ours, and kAborted carries the compiler's words.
absl::StatusOr<std::string> FindOrCompileBytes(std::string_view module,
                                               const ObjectCache& cache,
                                               const CompileOptions& options);

}  // namespace slipway::cache

#endif  // SLIPWAY_RUNTIME_CACHE_COMPILE_SERVICE_H_
