// Shared libraries: modules that the guest loads beside the program.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "posix-shim/abi/modules.h"
#include "runtime/host/side_modules.h"
#include "runtime/host/signals.h"
#include "runtime/host/thread.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {

namespace {

constexpr uint64_t kMaxModule = uint64_t{1} << 28;  // bytes
constexpr uint64_t kMaxScope = 1 << 16;             // modules

Errno ErrnoOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
      return Errno{ENOMEM};
    case absl::StatusCode::kNotFound:
      return Errno{ENOENT};
    case absl::StatusCode::kFailedPrecondition:
      return Errno{EPERM};
    default:
      return Errno{ENOEXEC};
  }
}

// As much of the text as there is room for, and a NUL.
SysStatus PutText(Call& call, GuestPtr to, uint64_t size,
                  absl::string_view text) {
  if (size == 0) return Done{};
  const std::string cut(text.substr(0, size - 1));
  return call.process.memory.CopyOut(to, cut.c_str(), cut.size() + 1);
}

Errno Explain(Call& call, GuestPtr to, uint64_t size,
              const absl::Status& status) {
  const SysStatus put = PutText(call, to, size, status.message());
  return put.ok() ? ErrnoOf(status) : put.error();
}

void Append(std::string& list, char kind, std::string_view text) {
  list += kind;
  list += text;
  list += '\0';
}

// What module_load tells of a module; see posix.def.
std::string Describe(const wasm::Module& module) {
  std::string list;
  for (std::string_view name : module.dylink->needed) Append(list, 'N', name);
  for (std::string_view path : module.dylink->runtime_path) {
    Append(list, 'R', path);
  }
  for (const wasm::CustomSection& section : module.custom) {
    if (section.name == "slipway.nodelete") Append(list, 'K', "");
    if (section.name != "slipway.soname") continue;
    Append(list, 'S',
           {reinterpret_cast<const char*>(section.bytes.data()),
            section.bytes.size()});
  }
  return list;
}

// Room is made as the guest's memory turns out to be there: its word for the
// length is no reason to allocate that much.
SysResult<std::string> LoadBytes(const GuestMemory& memory, GuestPtr from,
                                 uint64_t length) {
  constexpr uint64_t kPiece = 1 << 20;
  std::string bytes;
  while (bytes.size() < length) {
    const size_t done = bytes.size();
    bytes.resize(done + std::min(kPiece, length - done));
    SLIPWAY_CHECK_OK(
        memory.CopyIn(bytes.data() + done, from + done, bytes.size() - done));
  }
  return bytes;
}

SysStatus PutDescription(Call& call, GuestPtr to, uint64_t size,
                         const wasm::Module& module) {
  const std::string list = Describe(module);
  if (list.size() >= size) return Errno{ENAMETOOLONG};
  return call.process.memory.CopyOut(to, list.c_str(), list.size() + 1);
}

// ENOSYS before the program is loaded.
SysResult<host::SideModules*> Modules(Call& call) {
  if (call.process.modules == nullptr) return Errno{ENOSYS};
  return call.process.modules;
}

// No other thread and no signal handler of the guest's can run.
bool IsAlone(const host::Process& process) {
  for (int signal = 1; signal <= host::kSignalCount; ++signal) {
    if (process.signals.Get(signal).has_handler()) return false;
  }
  return process.threads.size() == 1;
}

}  // namespace

SysResult<int64_t> module_load(Call& call, GuestPtr bytes, uint64_t length,
                               GuestPtr text, uint64_t text_size) {
  SLIPWAY_TRY(host::SideModules * modules, Modules(call));
  if (length > kMaxModule) return Errno{ENOMEM};
  SLIPWAY_TRY(const std::string copy,
              LoadBytes(call.process.memory, bytes, length));
  const auto loaded = modules->Load(copy);
  if (!loaded.ok()) return Explain(call, text, text_size, loaded.status());
  const SysStatus put = PutDescription(call, text, text_size, *loaded->module);
  if (put.ok()) return loaded->id;
  (void)modules->Unload(loaded->id);
  return put.error();
}

SysResult<int64_t> module_describe(Call& call, uint32_t module, GuestPtr text,
                                   uint64_t text_size) {
  SLIPWAY_TRY(host::SideModules * modules, Modules(call));
  const wasm::Module* const contents = modules->Contents(module);
  if (contents == nullptr) return Errno{EINVAL};
  SLIPWAY_CHECK_OK(PutDescription(call, text, text_size, *contents));
  return 0;
}

SysResult<int64_t> module_link(Call& call, GuestPtr scope, uint64_t count,
                               uint32_t flags, GuestPtr places, GuestPtr text,
                               uint64_t text_size) {
  SLIPWAY_TRY(host::SideModules * modules, Modules(call));
  if (count > kMaxScope || (flags & ~SLIPWAY_MODULE_LAZY) != 0) {
    return Errno{EINVAL};
  }
  std::vector<uint32_t> ids(count);
  SLIPWAY_CHECK_OK(
      call.process.memory.CopyIn(ids.data(), scope, count * sizeof(uint32_t)));
  const auto linked = modules->Link(*call.thread.engine, ids,
                                    {.lazy = (flags & SLIPWAY_MODULE_LAZY) != 0,
                                     .alone = IsAlone(call.process)});
  if (!linked.ok()) return Explain(call, text, text_size, linked.status());
  std::vector<slipway_module_place> result;
  for (const host::SideModules::Linked& module : *linked) {
    result.push_back({.memory_base = module.memory_base,
                      .memory_size = module.memory_size,
                      .tls_size = module.tls_size,
                      .tls_alignment = module.tls_alignment});
  }
  SLIPWAY_CHECK_OK(call.process.memory.CopyOut(
      places, result.data(), result.size() * sizeof(slipway_module_place)));
  return 0;
}

SysResult<int64_t> module_symbol(Call& call, uint32_t module, GuestPtr name,
                                 GuestPtr symbol) {
  SLIPWAY_TRY(host::SideModules * modules, Modules(call));
  SLIPWAY_TRY(const std::string wanted, call.process.memory.LoadString(name));
  const auto found = modules->Find(*call.thread.engine, module, wanted);
  if (!found) return Errno{ENOENT};
  const slipway_symbol result = {.value = found->value,
                                 .kind = static_cast<uint32_t>(found->kind),
                                 .module = module};
  SLIPWAY_CHECK_OK(call.process.memory.Store(symbol, result));
  return 0;
}

SysResult<int64_t> module_locate(Call& call, uint64_t address, GuestPtr symbol,
                                 GuestPtr text, uint64_t text_size) {
  SLIPWAY_TRY(host::SideModules * modules, Modules(call));
  const auto place = modules->Locate(*call.thread.engine, address);
  if (!place) return Errno{ENOENT};
  const slipway_symbol result = {
      .value = place->value, .kind = SLIPWAY_SYMBOL_DATA, .module = place->id};
  SLIPWAY_CHECK_OK(call.process.memory.Store(symbol, result));
  SLIPWAY_CHECK_OK(PutText(call, text, text_size, place->name));
  return 0;
}

SysResult<int64_t> module_thread(Call& call, uint32_t module, int32_t tid) {
  SLIPWAY_TRY(host::SideModules * modules, Modules(call));
  bool found = false;
  const bool known = modules->CopyGlobals(
      *call.thread.engine, module, [&](const engine::Thread& thread) {
        const auto* host = static_cast<const host::Thread*>(thread.host_data());
        if (host == nullptr || host->tid != tid) return false;
        return found = true;
      });
  if (!known) return Errno{EINVAL};
  if (!found) return Errno{ESRCH};
  return 0;
}

SysResult<int64_t> module_unload(Call& call, uint32_t module) {
  SLIPWAY_TRY(host::SideModules * modules, Modules(call));
  if (!modules->Unload(module)) return Errno{EINVAL};
  return 0;
}

}  // namespace slipway::sys
