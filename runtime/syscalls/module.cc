// Shared libraries: modules that the guest loads beside the program.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "posix-shim/abi/modules.h"
#include "runtime/host/side_modules.h"
#include "runtime/syscalls/handlers.h"

namespace slipway::sys {

namespace {

constexpr uint64_t kMaxModule = uint64_t{1} << 30;  // bytes
constexpr uint64_t kMaxScope = 1 << 16;             // modules

Errno ErrnoOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
      return Errno{ENOMEM};
    case absl::StatusCode::kNotFound:
      return Errno{ENOENT};
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
  if (!module.name.empty()) Append(list, 'S', module.name);
  return list;
}

// ENOSYS before the program is loaded.
SysResult<host::SideModules*> Modules(Call& call) {
  if (call.process.modules == nullptr) return Errno{ENOSYS};
  return call.process.modules;
}

}  // namespace

SysResult<int64_t> module_load(Call& call, GuestPtr bytes, uint64_t length,
                               GuestPtr text, uint64_t text_size) {
  SLIPWAY_TRY(host::SideModules * modules, Modules(call));
  if (length > kMaxModule) return Errno{ENOMEM};
  std::string copy(length, '\0');
  SLIPWAY_CHECK_OK(call.process.memory.CopyIn(copy.data(), bytes, length));
  const auto loaded = modules->Load(copy);
  if (!loaded.ok()) return Explain(call, text, text_size, loaded.status());
  const std::string list = Describe(*loaded->module);
  if (list.size() >= text_size) return Errno{ENAMETOOLONG};
  SLIPWAY_CHECK_OK(
      call.process.memory.CopyOut(text, list.c_str(), list.size() + 1));
  return loaded->id;
}

SysResult<int64_t> module_link(Call& call, uint32_t module, GuestPtr scope,
                               uint64_t count, uint32_t flags, GuestPtr place,
                               GuestPtr text, uint64_t text_size) {
  SLIPWAY_TRY(host::SideModules * modules, Modules(call));
  if (count > kMaxScope || (flags & ~SLIPWAY_MODULE_LAZY) != 0) {
    return Errno{EINVAL};
  }
  std::vector<uint32_t> ids(count);
  SLIPWAY_CHECK_OK(
      call.process.memory.CopyIn(ids.data(), scope, count * sizeof(uint32_t)));
  const auto linked = modules->Link(*call.thread.engine, module, ids,
                                    (flags & SLIPWAY_MODULE_LAZY) != 0);
  if (!linked.ok()) return Explain(call, text, text_size, linked.status());
  const slipway_module_place result = {.memory_base = linked->memory_base,
                                       .memory_size = linked->memory_size,
                                       .tls_size = linked->tls_size,
                                       .tls_alignment = linked->tls_alignment};
  SLIPWAY_CHECK_OK(call.process.memory.Store(place, result));
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
