#include "tests/spec/executor.h"

#include "runtime/engine/fault_handler.h"
#include "runtime/engine/store.h"
#include "tests/spec/script_thread.h"
#include "tests/spec/spectest.h"

namespace slipway::spec {

absl::Status Executor::Run(const Script& script) {
  absl::Status status = engine::InstallFaultHandlers();
  if (!status.ok()) return status;
  engine::Store store;
  const auto spectest = MakeSpectest(store);
  if (!spectest.ok()) return spectest.status();
  ScriptThread thread({.loader = loader_,
                       .recorder = recorder_,
                       .store = store,
                       .spectest = *spectest});
  return thread.Run(script.commands);
}

}  // namespace slipway::spec
