#include "runtime/wasm/testing/generator/generator.h"

#include <optional>
#include <utility>

#include "runtime/wasm/testing/generator/body.h"
#include "runtime/wasm/testing/generator/entry.h"
#include "runtime/wasm/testing/generator/plan.h"
#include "runtime/wasm/testing/module_builder.h"

namespace slipway::wasm {
namespace {

// The decisions of one part: recorded, or from a seed of its own.
class Source {
 public:
  explicit Source(const Decisions& decisions) : decisions_(&decisions) {}
  explicit Source(uint64_t seed) : seed_(seed) {}

  Choices Plan() const {
    if (decisions_ != nullptr) return Choices(decisions_->plan);
    return Choices("", seed_);
  }
  Choices Body(uint32_t i) const {
    if (decisions_ == nullptr) {
      return Choices("", seed_ ^ (uint64_t{i} + 1) << 40);
    }
    return Choices(i < decisions_->bodies.size() ? decisions_->bodies[i] : "");
  }

 private:
  const Decisions* decisions_ = nullptr;
  uint64_t seed_ = 0;
};

GeneratedModule Generate(const Source& source,
                         const GeneratorOptions& options) {
  GeneratedModule module;
  Choices plan_choices = source.Plan();
  Plan plan = MakePlan(plan_choices, options);
  module.decisions.plan = plan_choices.bytes();
  module.memories = static_cast<uint32_t>(plan.memories.size());
  std::vector<Body> bodies;
  uint32_t next_mark = 0;
  for (uint32_t i = 0; i < options.bodies; ++i) {
    Choices choices = source.Body(i);
    bodies.push_back(
        BodyGenerator(plan, options, kHostFunctionCount + i, choices, next_mark)
            .Generate());
    module.decisions.bodies.push_back(choices.bytes());
    module.spans.push_back(choices.spans());
  }
  std::vector<EntryCode> entries;
  for (uint32_t i = 0; i < options.bodies; ++i) {
    entries.push_back(MakeEntry(plan, i));
  }
  entries.push_back(MakeStateEntry(plan));

  ModuleBuilder builder;
  BuildTypes(plan, builder);
  for (uint32_t i = 0; i < options.bodies; ++i) {
    builder.Function(plan.functions[kHostFunctionCount + i], bodies[i].locals,
                     bodies[i].code);
  }
  for (const EntryCode& entry : entries) {
    builder.Export(entry.entry.name, ExternKind::kFunction,
                   builder.Function(entry.type, entry.locals, entry.code));
    module.entries.push_back(entry.entry);
  }
  BuildDefinitions(plan, builder);
  module.bytes = builder.Build();
  return module;
}

}  // namespace

Decisions DecisionsFromBytes(std::string_view bytes, uint32_t bodies) {
  Decisions decisions;
  const size_t part = bytes.size() / (bodies + 1) + 1;
  auto take = [&] {
    const std::string_view taken = bytes.substr(0, part);
    bytes.remove_prefix(taken.size());
    return std::string(taken);
  };
  decisions.plan = take();
  for (uint32_t i = 0; i < bodies; ++i) decisions.bodies.push_back(take());
  return decisions;
}

GeneratedModule GenerateModule(uint64_t seed, const GeneratorOptions& options) {
  return Generate(Source(seed), options);
}

GeneratedModule GenerateModule(const Decisions& decisions,
                               const GeneratorOptions& options) {
  return Generate(Source(decisions), options);
}

}  // namespace slipway::wasm
