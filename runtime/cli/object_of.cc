#include "runtime/cli/object_of.h"

#include "runtime/cache/object_cache.h"
#include "runtime/cli/module_file.h"

namespace slipway::cli {

absl::StatusOr<std::string> ObjectOf(const std::string& module_path,
                                     const cache::CompileOptions& options) {
  const auto store = cache::ObjectCache::OpenDefault();
  if (store.ok()) {
    auto known = cache::FindKnown(module_path, *store, options);
    if (known) return *std::move(known);
  }
  const cache::FileState before = cache::FileState::Of(module_path);
  const absl::StatusOr<std::string> module = ReadModuleFile(module_path);
  if (!module.ok()) return module.status();
  if (!store.ok()) return store.status();
  return cache::FindOrCompile(module_path, *module, *store, options, before);
}

}  // namespace slipway::cli
