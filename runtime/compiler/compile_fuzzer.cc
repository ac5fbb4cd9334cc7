// Valid modules compile, and invalid ones are refused with the validator's
// message, even when code was already generated for a part of them. LLVM's
// verifier checks what is generated (optimizer.cc).
//
// Most inputs are modules; one that does not begin as a module does is the
// decisions of a module generator, which makes larger and stranger ones.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/compiler/module_compiler.h"
#include "runtime/compiler/options.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/testing/generator/generator.h"
#include "runtime/wasm/testing/libfuzzer_mutator.h"
#include "runtime/wasm/validator.h"

namespace slipway::compiler {
namespace {

void Check(bool condition, const absl::Status& status) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

bool IsValid(wasm::Bytes bytes) {
  const absl::StatusOr<wasm::Module> module = wasm::DecodeModule(bytes);
  return module.ok() && wasm::ValidateAll(*module).ok();
}

// FNV-1a: choices that depend on the input alone, so that a finding repeats.
uint32_t Hash(wasm::Bytes bytes) {
  uint32_t hash = 0x811c'9dc5;
  for (uint8_t byte : bytes) hash = (hash ^ byte) * 0x0100'0193;
  return hash >> 8;
}

absl::Status Compile(wasm::Bytes bytes, int optimization) {
  Options options;
  options.cpu = "x86-64-v3";
  options.optimization = optimization;
  options.threads = 1;
  return CompileToObjects(bytes, options).status();
}

void FuzzModule(wasm::Bytes bytes) {
  const bool valid = IsValid(bytes);
  // The validator's own fuzzer has the others.
  constexpr uint32_t kInvalidShare = 16;
  const uint32_t hash = Hash(bytes);
  if (!valid && hash % kInvalidShare != 0) return;
  const absl::Status status =
      Compile(bytes, hash / kInvalidShare % 4 == 0 ? 0 : 2);
  Check(valid == status.ok(), status);
  Check(valid || status.code() == absl::StatusCode::kInvalidArgument, status);
}

void FuzzDecisions(std::string_view decisions) {
  wasm::GeneratorOptions options;
  options.bodies = 2;
  options.body_size = 60;
  const std::string bytes =
      wasm::GenerateModule(wasm::DecisionsFromBytes(decisions, options.bodies),
                           options)
          .bytes;
  const absl::Status status = Compile(wasm::AsBytes(bytes), 2);
  Check(status.ok(), status);
}

}  // namespace
}  // namespace slipway::compiler

// LLVM's headers poison memory when they are compiled for AddressSanitizer,
// which the library, built without it, then touches.
extern "C" const char* __asan_default_options() {
  return "allow_user_poisoning=0";
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = slipway::wasm::AsText(data, size);
  if (text.starts_with(std::string_view("\0asm", 4))) {
    slipway::compiler::FuzzModule({data, size});
  } else {
    slipway::compiler::FuzzDecisions(text);
  }
  return 0;
}
