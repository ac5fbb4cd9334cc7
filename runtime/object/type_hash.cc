#include "runtime/object/type_hash.h"

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace slipway::object {
namespace {

using wasm::FuncType;
using wasm::Module;
using wasm::ValueType;

// Structural equivalence classes of a module's types. Types in one class
// cannot be told apart by any chain of references. Needed because a module
// may declare one structural type under several indices.
class TypeClasses {
 public:
  explicit TypeClasses(const Module& module) : classes_(module.types.size()) {
    // Partition refinement: split classes by the shape of their members until
    // nothing splits any more.
    size_t count = 0;
    for (size_t next = Refine(module); next != count; next = Refine(module)) {
      count = next;
    }
  }

  size_t operator[](uint32_t type_index) const { return classes_[type_index]; }

 private:
  using Shape = std::vector<std::pair<ValueType::Kind, uint64_t>>;

  uint64_t Describe(ValueType type) const {
    if (!type.is_ref()) return 0;
    const wasm::HeapType heap = type.heap();
    const uint64_t target =
        heap.is_index() ? classes_[heap.index()] : uint64_t{heap.code()} << 32;
    return target * 2 + type.nullable();
  }

  Shape Describe(const FuncType& type, size_t old_class) const {
    Shape shape = {{ValueType::kBottom, old_class}};
    for (ValueType param : type.params) {
      shape.emplace_back(param.kind(), Describe(param));
    }
    shape.emplace_back(ValueType::kBottom, 0);
    for (ValueType result : type.results) {
      shape.emplace_back(result.kind(), Describe(result));
    }
    return shape;
  }

  // One round; returns the number of classes.
  size_t Refine(const Module& module) {
    std::map<Shape, size_t> numbers;
    std::vector<size_t> refined;
    refined.reserve(classes_.size());
    for (size_t i = 0; i < classes_.size(); ++i) {
      refined.push_back(numbers
                            .try_emplace(Describe(module.types[i], classes_[i]),
                                         numbers.size())
                            .first->second);
    }
    classes_ = std::move(refined);
    return numbers.size();
  }

  std::vector<size_t> classes_;
};

bool MentionsTypeIndex(const FuncType& type) {
  auto mentions = [](const std::vector<ValueType>& values) {
    for (ValueType value : values) {
      if (value.is_ref() && value.heap().is_index()) return true;
    }
    return false;
  };
  return mentions(type.params) || mentions(type.results);
}

// Writes types breadth first; a class met again becomes "#n", where n counts
// classes in the order of first mention. Linear in the size of the module.
class Writer {
 public:
  Writer(const Module& module, const TypeClasses& classes)
      : module_(module), classes_(classes) {}

  std::string Write(uint32_t root) {
    Mention(root);
    for (size_t i = 0; i < pending_.size(); ++i) {
      text_ += i == 0 ? "" : ";";
      const FuncType& type = module_.types[pending_[i]];
      WriteList(type.params);
      text_ += "->";
      WriteList(type.results);
    }
    return std::move(text_);
  }

 private:
  size_t Mention(uint32_t type_index) {
    const auto [at, inserted] =
        numbers_.try_emplace(classes_[type_index], pending_.size());
    if (inserted) pending_.push_back(type_index);
    return at->second;
  }

  void WriteList(const std::vector<ValueType>& values) {
    text_ += '(';
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) text_ += ',';
      WriteValue(values[i]);
    }
    text_ += ')';
  }

  void WriteValue(ValueType value) {
    if (!value.is_ref() || !value.heap().is_index()) {
      text_ += value.ToString();
      return;
    }
    text_ += value.nullable() ? "ref null #" : "ref #";
    text_ += std::to_string(Mention(value.heap().index()));
  }

  const Module& module_;
  const TypeClasses& classes_;
  std::map<size_t, size_t> numbers_;  // class → order of first mention
  std::vector<uint32_t> pending_;     // one type of each, in that order
  std::string text_;
};

}  // namespace

std::string CanonicalType(const Module& module, uint32_t type_index) {
  const FuncType& type = module.types[type_index];
  // The usual case, which needs no look at the other types.
  if (!MentionsTypeIndex(type)) return type.ToString();
  const TypeClasses classes(module);
  return Writer(module, classes).Write(type_index);
}

uint32_t TypeHash(const Module& module, uint32_t type_index) {
  uint32_t hash = 2166136261u;  // FNV-1a
  for (char c : CanonicalType(module, type_index)) {
    hash = (hash ^ static_cast<uint8_t>(c)) * 16777619u;
  }
  return hash;
}

}  // namespace slipway::object
