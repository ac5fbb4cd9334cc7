// What decides, beside the module, which object a compilation gives: the
// compiler itself and the processor that "native" stands for. Both are part of
// a cache key, so both are cheap to compute at every start.

#ifndef SLIPWAY_RUNTIME_CACHE_COMPILER_IDENTITY_H_
#define SLIPWAY_RUNTIME_CACHE_COMPILER_IDENTITY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace slipway::cache {

// The path of slipway-compiler: $SLIPWAY_COMPILER when set, else the file of
// that name beside this executable, else beside it in the build tree
// (../compiler/slipway-compiler). NotFound says where it was looked for.
absl::StatusOr<std::string> FindCompiler();

// The build id of an ELF file (its NT_GNU_BUILD_ID note), or the SHA-256 of
// the whole file when it has none.
absl::StatusOr<std::string> FileIdentity(const std::string& path);

// `cpu` itself, or for "native" the vendor, model and feature bits that CPUID
// reports here: a cache directory may be shared between machines.
std::string CpuIdentity(std::string_view cpu);

}  // namespace slipway::cache

#endif  // SLIPWAY_RUNTIME_CACHE_COMPILER_IDENTITY_H_
