// The host module that scripts import from: functions that print (here: do
// nothing), globals, tables and memories. Source: the specification's
// interpreter/host/spectest.ml, with the threads proposal's shared_memory.

#ifndef SLIPWAY_TESTS_SPEC_SPECTEST_H_
#define SLIPWAY_TESTS_SPEC_SPECTEST_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/engine/extern.h"
#include "runtime/engine/store.h"

namespace slipway::spec {

// What a module offers for import, by name.
using ExternMap = std::map<std::string, engine::Extern>;

absl::StatusOr<ExternMap> MakeSpectest(engine::Store& store);

}  // namespace slipway::spec

#endif  // SLIPWAY_TESTS_SPEC_SPECTEST_H_
