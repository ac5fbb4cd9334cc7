// slipway compile: fills the cache, or writes an object file.

#include <cstdio>
#include <string>

#include "runtime/cache/compile_service.h"
#include "runtime/cache/object_cache.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/compile_options.h"
#include "runtime/cli/module_file.h"

namespace slipway::cli {
namespace {

absl::Status CompileIntoCache(const std::string& path, const std::string& bytes,
                              const cache::CompileOptions& options) {
  const auto store = cache::ObjectCache::OpenDefault();
  if (!store.ok()) return store.status();
  const absl::StatusOr<std::string> object =
      cache::FindOrCompile(path, bytes, *store, options);
  if (object.ok()) std::printf("%s\n", object->c_str());
  return object.status();
}

int CompileMain(const Arguments& arguments) {
  if (arguments.operands().size() != 1) {
    return ReportUsage("compile", "expects one module");
  }
  const auto options = CompileOptionsOf(arguments);
  if (!options.ok()) {
    return ReportUsage("compile", std::string(options.status().message()));
  }
  const std::string& path = arguments.operands()[0];
  const absl::StatusOr<std::string> bytes = ReadModuleFile(path);
  if (!bytes.ok()) return Report(bytes.status());
  const absl::Status status =
      arguments.Has("output")
          ? cache::Compile(path, arguments.Last("output"), *options)
          : CompileIntoCache(path, *bytes, *options);
  return status.ok() ? 0 : Report(status);
}

constexpr Option kOptions[] = {
    {"output", 'o', "FILE", "write the object there, past the cache"},
    kCpuOption,
    kOptimizeOption,
};

constexpr std::string_view kExamples[] = {
    "slipway compile redis-server.wasm",
    "slipway compile --cpu x86-64-v3 -o app.so app.wasm",
};

}  // namespace

const Command kCompileCommand = {
    .name = "compile",
    .operands = "MODULE.wasm",
    .summary = "Compile a module ahead of its first run",
    .description =
        "The object goes to the cache, where 'slipway run' finds it, and its\n"
        "path is printed.",
    .options = kOptions,
    .examples = kExamples,
    .main = CompileMain,
};

}  // namespace slipway::cli
