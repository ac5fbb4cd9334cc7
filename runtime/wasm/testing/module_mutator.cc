#include "runtime/wasm/testing/module_mutator.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/testing/operator_snippet.h"
#include "runtime/wasm/validator.h"

namespace slipway::wasm {
namespace {

// A module that FunctionReader can read, or nothing.
std::optional<Module> DecodeForBodies(std::string_view bytes) {
  absl::StatusOr<Module> module = DecodeModule(AsBytes(bytes));
  if (!module.ok() || module->bodies.empty()) return std::nullopt;
  if (!ValidateModule(*module).ok()) return std::nullopt;
  return *std::move(module);
}

// Where an instruction begins in its body, and what is on the stack there.
struct Boundary {
  size_t offset = 0;
  std::optional<ValueType> top;
};

// All instructions up to the first error.
std::vector<Boundary> Boundaries(const Module& module, uint32_t body,
                                 std::vector<ValueType>& locals) {
  FunctionReader reader(module, module.imported_functions + body);
  std::vector<Boundary> boundaries;
  std::optional<ValueType> top;
  Instruction instruction;
  while (reader.Next(instruction)) {
    boundaries.push_back(
        {instruction.offset - module.bodies[body].offset, top});
    top = std::nullopt;
    if (reader.depth() > 0 && reader.reachable() &&
        reader.height() > reader.frame(0).height) {
      top = reader.OperandType(0);
    }
  }
  locals.assign(reader.locals().begin(), reader.locals().end());
  return boundaries;
}

std::string ReplaceBody(std::string_view module, size_t index,
                        const std::string& body) {
  std::optional<std::vector<SectionParts>> sections = SplitModule(module);
  for (SectionParts& section : *sections) {
    if (section.id != SectionParts::kCode) continue;
    std::vector<std::string> bodies = *SplitBodies(section.contents);
    bodies[index] = body;
    section.contents = JoinBodies(bodies);
  }
  return JoinModule(*sections);
}

std::string BodyBytes(const Module& module, size_t index) {
  const Bytes bytes = module.bodies[index].bytes;
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace

std::string ModuleMutator::Mutate(std::string_view module) {
  std::optional<std::vector<SectionParts>> sections = SplitModule(module);
  if (!sections || sections->empty()) {
    std::string bytes(module);
    mutate_bytes_(bytes);
    return bytes;
  }
  switch (Below(10)) {
    case 0:
    case 1:
      return MutateSection(*std::move(sections));
    case 2:
      return MutateBody(*std::move(sections));
    case 3:
    case 4:
      return EditInstructions(module);
    case 5:
      return OneIn(2) ? MoveSection(*std::move(sections))
                      : AddCustomSection(*std::move(sections));
    default:
      return InsertOperator(module);
  }
}

std::string ModuleMutator::CrossOver(std::string_view module,
                                     std::string_view other) {
  std::optional<std::vector<SectionParts>> sections = SplitModule(module);
  const std::optional<std::vector<SectionParts>> others = SplitModule(other);
  if (!sections || !others || others->empty()) return std::string(module);
  size_t section, body, other_section, other_body;
  std::vector<std::string> bodies, other_bodies;
  if (OneIn(2) && PickBody(*sections, section, bodies, body) &&
      PickBody(*others, other_section, other_bodies, other_body)) {
    bodies[body] = other_bodies[other_body];
    (*sections)[section].contents = JoinBodies(bodies);
    return JoinModule(*sections);
  }
  const SectionParts& from =
      (*others)[Below(static_cast<uint32_t>(others->size()))];
  const auto same =
      std::find_if(sections->begin(), sections->end(),
                   [&](const SectionParts& to) { return to.id == from.id; });
  if (same != sections->end()) same->contents = from.contents;
  return JoinModule(*sections);
}

std::string ModuleMutator::InsertOperator(std::string_view bytes) {
  const std::optional<Module> module = DecodeForBodies(bytes);
  if (!module) return std::string(bytes);
  const uint32_t index = Below(static_cast<uint32_t>(module->bodies.size()));
  std::vector<ValueType> locals;
  const std::vector<Boundary> places = Boundaries(*module, index, locals);
  if (places.empty()) return std::string(bytes);
  const Boundary& place = places[Below(static_cast<uint32_t>(places.size()))];
  std::string snippet;
  for (int tries = 0; snippet.empty() && tries < 20; ++tries) {
    snippet = OperatorSnippet(*module, {locals, place.top}, random_);
  }
  return ReplaceBody(bytes, index,
                     BodyBytes(*module, index).insert(place.offset, snippet));
}

std::string ModuleMutator::MutateSection(std::vector<SectionParts> sections) {
  mutate_bytes_(
      sections[Below(static_cast<uint32_t>(sections.size()))].contents);
  return JoinModule(sections);
}

std::string ModuleMutator::MutateBody(std::vector<SectionParts> sections) {
  size_t section, body;
  std::vector<std::string> bodies;
  if (!PickBody(sections, section, bodies, body)) {
    return MutateSection(std::move(sections));
  }
  mutate_bytes_(bodies[body]);
  sections[section].contents = JoinBodies(bodies);
  return JoinModule(sections);
}

// Leaves one out, doubles one, or puts two in the other's place.
std::string ModuleMutator::MoveSection(std::vector<SectionParts> sections) {
  const auto size = static_cast<uint32_t>(sections.size());
  const uint32_t at = Below(size);
  switch (Below(3)) {
    case 0:
      sections.erase(sections.begin() + at);
      break;
    case 1:
      sections.insert(sections.begin() + at, SectionParts(sections[at]));
      break;
    default:
      std::swap(sections[at], sections[Below(size)]);
  }
  return JoinModule(sections);
}

std::string ModuleMutator::AddCustomSection(
    std::vector<SectionParts> sections) {
  constexpr std::string_view kNames[] = {"name", "dylink.0", "target_features",
                                         "metadata.code.branch_hint", "x"};
  SectionParts custom;
  AppendSized(custom.contents, kNames[Below(std::size(kNames))]);
  std::string contents(1, static_cast<char>(Below(4)));
  mutate_bytes_(contents);
  custom.contents += contents;
  sections.insert(
      sections.begin() + Below(static_cast<uint32_t>(sections.size() + 1)),
      custom);
  return JoinModule(sections);
}

std::string ModuleMutator::EditInstructions(std::string_view bytes) {
  const std::optional<Module> module = DecodeForBodies(bytes);
  if (!module) return MutateBody(*SplitModule(bytes));
  const uint32_t index = Below(static_cast<uint32_t>(module->bodies.size()));
  std::vector<ValueType> locals;
  std::vector<size_t> offsets;
  for (const Boundary& boundary : Boundaries(*module, index, locals)) {
    offsets.push_back(boundary.offset);
  }
  if (offsets.size() < 2) return InsertOperator(bytes);
  std::string body = BodyBytes(*module, index);
  EditBody(body, offsets);
  return ReplaceBody(bytes, index, body);
}

// Deletes, repeats or changes the bytes of a short run of instructions.
void ModuleMutator::EditBody(std::string& body,
                             const std::vector<size_t>& boundaries) {
  const auto count = static_cast<uint32_t>(boundaries.size());
  const uint32_t first = Below(count - 1);
  const uint32_t last = std::min(first + 1 + Below(4), count - 1);
  const size_t at = boundaries[first];
  std::string run = body.substr(at, boundaries[last] - at);
  switch (Below(3)) {
    case 0:
      body.erase(at, run.size());
      break;
    case 1:
      body.insert(boundaries[Below(count)], run);
      break;
    default:
      body.erase(at, run.size());
      mutate_bytes_(run);
      body.insert(at, run);
  }
}

bool ModuleMutator::PickBody(const std::vector<SectionParts>& sections,
                             size_t& section, std::vector<std::string>& bodies,
                             size_t& body) {
  for (section = 0; section < sections.size(); ++section) {
    if (sections[section].id != SectionParts::kCode) continue;
    std::optional<std::vector<std::string>> split =
        SplitBodies(sections[section].contents);
    if (!split || split->empty()) return false;
    bodies = *std::move(split);
    body = Below(static_cast<uint32_t>(bodies.size()));
    return true;
  }
  return false;
}

}  // namespace slipway::wasm
