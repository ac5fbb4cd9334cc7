#include "tests/differential/generated_case.h"

#include <algorithm>
#include <string>
#include <vector>

#include "runtime/wasm/testing/generator/choices.h"

namespace slipway::differential {
namespace {

using wasm::Choices;
using wasm::Decisions;
using wasm::GeneratedModule;
using wasm::ValueType;

constexpr int kCallsPerBody = 6;

// The bits of numbers of all types: an entry's integers may be any of them.
int64_t Argument(Choices& choices, ValueType type) {
  static const int64_t values[] = {0,
                                   1,
                                   -1,
                                   2,
                                   7,
                                   0x7f,
                                   0x80,
                                   0xffff,
                                   INT32_MAX,
                                   INT32_MIN,
                                   INT64_MAX,
                                   INT64_MIN,
                                   0x3f800000,
                                   0xc0200000,
                                   0x7fc00000,
                                   0x7f800000,
                                   0x80000000,
                                   0x3ff0000000000000,
                                   0x4330000000000000,
                                   0x7ff8000000000000,
                                   0x7ff0000000000000,
                                   0x3f8000003f800000};
  const bool wide = type == ValueType::kI64;
  int64_t value = 0;
  if (choices.OneIn(3)) {
    value = static_cast<int64_t>(choices.Number(8));
  } else {
    value = values[choices.Below(std::size(values))];
  }
  return wide ? value : static_cast<int32_t>(value);
}

// Takes away what it can of a sequence of `count` things: `try_without(begin,
// end)` says whether [begin, end) was not needed, and has taken it away.
void RemoveParts(size_t count,
                 const std::function<bool(size_t, size_t)>& try_without) {
  for (size_t part = std::max<size_t>(count / 2, 1);; part /= 2) {
    for (size_t begin = 0; begin < count;) {
      const size_t end = std::min(begin + part, count);
      if (try_without(begin, end)) {
        count -= end - begin;
      } else {
        begin = end;
      }
    }
    if (part == 1) return;
  }
}

class Minimizer {
 public:
  Minimizer(GeneratedCase& test,
            const std::function<bool(const Case&)>& differs,
            const std::function<bool()>& stop)
      : test_(test), differs_(differs), stop_(stop) {}

  void Run() {
    RemoveCalls();
    for (size_t i = 0; i < test_.module.decisions.bodies.size(); ++i) {
      Decisions decisions = test_.module.decisions;
      decisions.bodies[i].clear();
      TryDecisions(decisions);
    }
    for (bool again = true; again && !stop_();) {
      again = false;
      for (size_t i = 0; i < test_.module.decisions.bodies.size(); ++i) {
        again |= SimplifyBody(i);
      }
      RemoveCalls();
    }
  }

 private:
  void RemoveCalls() {
    RemoveParts(test_.calls.size(), [this](size_t begin, size_t end) {
      GeneratedCase smaller = test_;
      smaller.calls.erase(smaller.calls.begin() + begin,
                          smaller.calls.begin() + end);
      return Try(std::move(smaller));
    });
  }

  // Replaces parts of the code by the simplest of their kind.
  bool SimplifyBody(size_t body) {
    bool changed = false;
    for (size_t i = 0; i < test_.module.spans[body].size(); ++i) {
      // Outer parts come last.
      const std::vector<Choices::Span>& spans = test_.module.spans[body];
      const Choices::Span span = spans[spans.size() - 1 - i];
      Decisions decisions = test_.module.decisions;
      decisions.bodies[body].replace(span.begin, span.end - span.begin, 1,
                                     '\0');
      if (!TryDecisions(decisions)) continue;
      changed = true;
      --i;  // another part is there now
    }
    return changed;
  }

  bool TryDecisions(const Decisions& decisions) {
    GeneratedCase smaller = test_;
    smaller.module = GenerateModule(decisions, test_.options);
    return Try(std::move(smaller));
  }

  bool Try(GeneratedCase smaller) {
    if (stop_() || !differs_(smaller.ToCase())) return false;
    test_ = std::move(smaller);
    return true;
  }

  GeneratedCase& test_;
  const std::function<bool(const Case&)>& differs_;
  const std::function<bool()>& stop_;
};

}  // namespace

Case GeneratedCase::ToCase() const {
  return {.module = module.bytes,
          .calls = calls,
          .memories = module.memories,
          .marks = options.marks};
}

GeneratedCase GenerateCase(uint64_t seed,
                           const wasm::GeneratorOptions& options) {
  GeneratedCase test = {
      .options = options, .module = GenerateModule(seed, options), .calls = {}};
  Choices choices("", ~seed);
  for (const GeneratedModule::Entry& entry : test.module.entries) {
    const int calls = entry.name == "state" ? 1 : kCallsPerBody;
    for (int i = 0; i < calls; ++i) {
      std::string call = entry.name;
      for (const ValueType type : entry.params) {
        call += ' ' + std::to_string(Argument(choices, type));
        if (type == ValueType::kI64) call += 'n';
      }
      test.calls.push_back(call);
    }
  }
  return test;
}

GeneratedCase Minimize(GeneratedCase test,
                       const std::function<bool(const Case&)>& differs,
                       const std::function<bool()>& stop) {
  Minimizer(test, differs, stop).Run();
  return test;
}

}  // namespace slipway::differential
