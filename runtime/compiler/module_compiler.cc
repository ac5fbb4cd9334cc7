#include "runtime/compiler/module_compiler.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/thread.h"
#include "runtime/compiler/function_compiler.h"
#include "runtime/compiler/linker.h"
#include "runtime/compiler/module_info.h"
#include "runtime/compiler/object_writer.h"
#include "runtime/compiler/optimizer.h"
#include "runtime/compiler/partition.h"
#include "runtime/compiler/progress.h"
#include "runtime/compiler/target.h"
#include "runtime/compiler/unit.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/validator.h"

namespace slipway::compiler {
namespace {

// LLVM recurses over the nesting of loops and expressions, which the guest
// chooses.
constexpr unsigned kThreadStackSize = 512u << 20;  // bytes, reserved

absl::StatusOr<wasm::Module> Decode(wasm::Bytes bytes) {
  absl::StatusOr<wasm::Module> module = wasm::DecodeModule(bytes);
  if (!module.ok()) return module;
  const absl::Status status = wasm::ValidateModule(*module);
  if (!status.ok()) return status;
  return module;
}

// Of a unit that is not yet optimised. The module's flags and the functions'
// attributes are part of it, and with them the CPU and its features.
UnitStore::Key KeyOf(const llvm::Module& module, const TargetSpec& target) {
  llvm::SmallVector<char, 0> bitcode;
  llvm::BitcodeWriter writer(bitcode);
  writer.writeModule(module);
  writer.writeStrtab();
  llvm::SHA256 hash;
  hash.update(absl::StrCat("unit of LLVM ", LLVM_VERSION_STRING, " -O",
                           target.optimization, " ", target.cpu, " ",
                           target.features, ";"));
  hash.update(llvm::StringRef(bitcode.data(), bitcode.size()));
  return hash.final();
}

// Compiles one partition after another, until all are done or one fails.
class PartitionQueue {
 public:
  // `known` may be null.
  PartitionQueue(const ModuleInfo& info, const TargetSpec& target,
                 const UnitStore* known, bool show_progress)
      : info_(info),
        target_(target),
        known_(known),
        partitions_(PlanPartitions(info.module)),
        progress_(show_progress, TotalSize()),
        results_(partitions_.size() + 1, absl::CancelledError("not reached")),
        keys_(partitions_.size()),
        first_error_(results_.size()) {}

  size_t size() const { return results_.size(); }

  // Called on every thread.
  void Work() {
    for (size_t i = next_++; i < results_.size(); i = next_++) {
      if (i > first_error_) return;
      results_[i] = i == 0 ? CompileObjectUnit() : Compile(i - 1);
      if (!results_[i].ok()) LowerFirstError(i);
      if (i > 0) progress_.Add(partitions_[i - 1].size);
    }
  }

  // The objects in order, or the error of the first partition that failed.
  // Precondition: every Work has returned.
  absl::StatusOr<CompiledObjects> Take() {
    CompiledObjects taken;
    for (absl::StatusOr<std::string>& result : results_) {
      if (!result.ok()) return result.status();
      taken.objects.push_back(*std::move(result));
    }
    taken.reused = reused_;
    return taken;
  }

  // Those of what Take answered. Precondition: `known` was not null.
  UnitStore UnitsOf(const CompiledObjects& taken) const {
    UnitStore units;
    for (size_t i = 0; i < keys_.size(); ++i) {
      units.Add(keys_[i], taken.objects[i + 1]);
    }
    return units;
  }

 private:
  uint64_t TotalSize() const {
    uint64_t total = 0;
    for (const Partition& partition : partitions_) total += partition.size;
    return total;
  }

  void LowerFirstError(size_t i) {
    size_t known = first_error_;
    while (i < known && !first_error_.compare_exchange_weak(known, i)) {
    }
  }

  absl::StatusOr<std::string> CompileObjectUnit() {
    const std::unique_ptr<llvm::TargetMachine> machine =
        CreateTargetMachine(target_);
    Unit unit(info_, *machine, "object");
    EmitObject(unit);
    return OptimizeAndGenerate(unit, *machine, target_);
  }

  absl::StatusOr<std::string> Compile(size_t index) {
    const Partition& partition = partitions_[index];
    TargetSpec target = target_;
    if (partition.huge) target.optimization = 0;
    const std::unique_ptr<llvm::TargetMachine> machine =
        CreateTargetMachine(target);
    Unit unit(info_, *machine, "functions");
    for (uint32_t i = partition.begin; i < partition.end; ++i) {
      const absl::Status status = CompileFunction(unit, i);
      if (!status.ok()) return status;
    }
    unit.FinishSources();
    if (known_ != nullptr) {
      keys_[index] = KeyOf(unit.module(), target);
      if (const std::string* known = known_->Find(keys_[index])) {
        ++reused_;
        return *known;
      }
    }
    return OptimizeAndGenerate(unit, *machine, target);
  }

  static absl::StatusOr<std::string> OptimizeAndGenerate(
      Unit& unit, llvm::TargetMachine& machine, const TargetSpec& target) {
    const absl::Status status =
        Optimize(unit.module(), machine, target.optimization);
    if (!status.ok()) return status;
    return GenerateObject(unit.module(), machine);
  }

  const ModuleInfo& info_;
  const TargetSpec& target_;
  const UnitStore* const known_;
  const std::vector<Partition> partitions_;
  Progress progress_;
  // 0 is the object unit; i + 1 is partition i.
  std::vector<absl::StatusOr<std::string>> results_;
  std::vector<UnitStore::Key> keys_;  // of each partition
  std::atomic<size_t> reused_ = 0;
  std::atomic<size_t> next_ = 0;
  std::atomic<size_t> first_error_;
};

unsigned ThreadCount(const Options& options, size_t work) {
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  const unsigned wanted = options.threads != 0 ? options.threads : processors;
  return static_cast<unsigned>(std::min<size_t>(wanted, work));
}

}  // namespace

absl::StatusOr<CompiledObjects> CompileToObjects(wasm::Bytes bytes,
                                                 const Options& options,
                                                 UnitStore* units) {
  const absl::StatusOr<wasm::Module> module = Decode(bytes);
  if (!module.ok()) return module.status();
  const absl::StatusOr<TargetSpec> target = TargetSpec::Create(options);
  if (!target.ok()) return target.status();
  const ModuleInfo info(*module);
  PartitionQueue queue(info, *target, units, options.progress);
  std::vector<llvm::thread> threads;
  for (unsigned i = 0; i < ThreadCount(options, queue.size()); ++i) {
    threads.emplace_back(std::optional<unsigned>(kThreadStackSize),
                         [&queue] { queue.Work(); });
  }
  for (llvm::thread& thread : threads) thread.join();
  absl::StatusOr<CompiledObjects> compiled = queue.Take();
  if (compiled.ok() && units != nullptr) *units = queue.UnitsOf(*compiled);
  return compiled;
}

absl::StatusOr<std::vector<std::string>> CompileToObjects(
    wasm::Bytes bytes, const Options& options) {
  absl::StatusOr<CompiledObjects> compiled =
      CompileToObjects(bytes, options, nullptr);
  if (!compiled.ok()) return compiled.status();
  return std::move(compiled->objects);
}

absl::Status CompileModule(wasm::Bytes bytes, const Options& options,
                           const std::string& output) {
  const absl::StatusOr<std::string> linker = FindLinker(options.linker);
  if (!linker.ok()) return linker.status();
  const bool keeps_units =
      !options.known_units.empty() || !options.save_units.empty();
  UnitStore units;
  if (keeps_units) units = UnitStore::Read(options.known_units);
  const absl::StatusOr<CompiledObjects> compiled =
      CompileToObjects(bytes, options, keeps_units ? &units : nullptr);
  if (!compiled.ok()) return compiled.status();
  const absl::Status linked = Link(*linker, compiled->objects, output);
  if (!linked.ok() || options.save_units.empty()) return linked;
  return units.Write(options.save_units);
}

absl::StatusOr<FunctionListing> ListFunction(wasm::Bytes bytes,
                                             const Options& options,
                                             uint32_t function) {
  const absl::StatusOr<wasm::Module> module = Decode(bytes);
  if (!module.ok()) return module.status();
  if (function < module->imported_functions ||
      function >= module->functions.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("function ", function, " is not defined here"));
  }
  const absl::StatusOr<TargetSpec> target = TargetSpec::Create(options);
  if (!target.ok()) return target.status();
  const ModuleInfo info(*module);
  const std::unique_ptr<llvm::TargetMachine> machine =
      CreateTargetMachine(*target);
  Unit unit(info, *machine, "function");
  const absl::Status status = CompileFunction(unit, function);
  if (!status.ok()) return status;
  unit.FinishSources();
  const absl::Status optimized =
      Optimize(unit.module(), *machine, target->optimization);
  if (!optimized.ok()) return optimized;
  FunctionListing listing;
  llvm::raw_string_ostream stream(listing.ir);
  unit.GetFunction(function)->print(stream);
  absl::StatusOr<std::string> assembly =
      GenerateAssembly(unit.module(), *machine);
  if (!assembly.ok()) return assembly.status();
  listing.assembly = *std::move(assembly);
  return listing;
}

absl::StatusOr<std::string> FunctionIr(wasm::Bytes bytes,
                                       const Options& options,
                                       uint32_t function) {
  absl::StatusOr<FunctionListing> listing =
      ListFunction(bytes, options, function);
  if (!listing.ok()) return listing.status();
  return std::move(listing->ir);
}

}  // namespace slipway::compiler
