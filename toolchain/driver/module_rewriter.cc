#include "toolchain/driver/module_rewriter.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "runtime/wasm/byte_reader.h"
#include "runtime/wasm/byte_writer.h"
#include "runtime/wasm/decoder.h"

namespace slipway::toolchain {
namespace {

constexpr size_t kHeaderSize = 8;
constexpr uint8_t kCustom = 0, kImport = 2, kExport = 7;
// Subsections of dylink.0 (tool-conventions, DynamicLinking.md).
constexpr uint8_t kNeeded = 2, kExportFlags = 3, kImportFlags = 4;

struct Section {
  uint8_t id = 0;
  std::string_view contents;
};

std::string_view View(wasm::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void AppendSection(std::string& to, uint8_t id, std::string_view contents) {
  to += static_cast<char>(id);
  wasm::AppendSized(to, contents);
}

std::string Sized(std::string_view text) {
  std::string result;
  wasm::AppendSized(result, text);
  return result;
}

class Rewriter {
 public:
  Rewriter(wasm::Bytes bytes, const wasm::Module& module,
           const ModuleChanges& changes)
      : bytes_(bytes), module_(module), changes_(changes) {}

  absl::StatusOr<std::string> Run() {
    std::string result(View(bytes_).substr(0, kHeaderSize));
    wasm::ByteReader reader(bytes_.subspan(kHeaderSize), kHeaderSize);
    while (!reader.AtEnd()) {
      uint8_t id;
      uint32_t size;
      wasm::Bytes contents;
      if (!reader.ReadByte(id) || !reader.ReadU32(size) ||
          !reader.ReadBytes(size, contents)) {
        return reader.status();
      }
      AppendSection(result, id, Rewritten({id, View(contents)}));
    }
    if (!changes_.soname.empty()) {
      AppendSection(result, kCustom, Sized("slipway.soname") + changes_.soname);
    }
    if (changes_.stays_loaded) {
      AppendSection(result, kCustom, Sized("slipway.nodelete"));
    }
    return result;
  }

 private:
  std::string Rewritten(const Section& section) const {
    if (section.id == kImport) return Imports(section.contents);
    if (section.id == kExport) return Exports();
    if (section.id == kCustom &&
        section.contents.starts_with(Sized("dylink.0"))) {
      return Dylink(section.contents);
    }
    return std::string(section.contents);
  }

  std::string_view WithoutPrefix(std::string_view name) const {
    const std::string& prefix = changes_.import_prefix;
    if (!prefix.empty() && name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
    }
    return name;
  }

  // Names lie in the file; everything between them stays.
  std::string Imports(std::string_view contents) const {
    std::string result;
    const char* copied = contents.data();
    for (const wasm::Import& import : module_.imports) {
      const std::string_view name = WithoutPrefix(import.name);
      if (name == import.name) continue;
      const size_t length_size = Sized(import.name).size() - import.name.size();
      result.append(copied, import.name.data() - length_size);
      result += Sized(name);
      copied = import.name.data() + import.name.size();
    }
    result.append(copied, contents.data() + contents.size());
    return result;
  }

  bool Keeps(std::string_view name) const {
    return !changes_.keeps_export || changes_.keeps_export(name);
  }

  std::string Exports() const {
    std::string entries;
    uint64_t count = 0;
    for (const wasm::Export& entry : module_.exports) {
      if (!Keeps(entry.name)) continue;
      ++count;
      wasm::AppendSized(entries, entry.name);
      entries += static_cast<char>(entry.kind);
      wasm::AppendUnsigned(entries, entry.index);
    }
    std::string result;
    wasm::AppendUnsigned(result, count);
    return result + entries;
  }

  std::string Dylink(std::string_view contents) const {
    std::string result = Sized("dylink.0");
    const wasm::Bytes subsections =
        wasm::AsBytes(contents.substr(result.size()));
    wasm::ByteReader reader(subsections);
    uint8_t id;
    uint32_t size;
    wasm::Bytes bytes;
    while (!reader.AtEnd() && reader.ReadByte(id) && reader.ReadU32(size) &&
           reader.ReadBytes(size, bytes)) {
      std::string subsection(View(bytes));
      if (id == kNeeded) subsection = Needed();
      if (id == kExportFlags) subsection = ExportFlags();
      if (id == kImportFlags) subsection = ImportFlags();
      AppendSection(result, id, subsection);
    }
    return result;
  }

  std::string Needed() const {
    std::string result;
    wasm::AppendUnsigned(result, module_.dylink->needed.size());
    for (const std::string_view name : module_.dylink->needed) {
      const auto other = changes_.needed.find(name);
      wasm::AppendSized(result,
                        other == changes_.needed.end() ? name : other->second);
    }
    return result;
  }

  std::string ExportFlags() const {
    std::string entries;
    uint64_t count = 0;
    for (const auto& [name, flags] : module_.dylink->export_flags) {
      if (!Keeps(name)) continue;
      ++count;
      wasm::AppendSized(entries, name);
      wasm::AppendUnsigned(entries, flags);
    }
    std::string result;
    wasm::AppendUnsigned(result, count);
    return result + entries;
  }

  std::string ImportFlags() const {
    std::string result;
    wasm::AppendUnsigned(result, module_.dylink->import_flags.size());
    for (const auto& [name, flags] : module_.dylink->import_flags) {
      wasm::AppendSized(result, name.first);
      wasm::AppendSized(result, WithoutPrefix(name.second));
      wasm::AppendUnsigned(result, flags);
    }
    return result;
  }

  const wasm::Bytes bytes_;
  const wasm::Module& module_;
  const ModuleChanges& changes_;
};

}  // namespace

absl::StatusOr<std::string> RewriteModule(wasm::Bytes module,
                                          const ModuleChanges& changes) {
  const absl::StatusOr<wasm::Module> decoded = wasm::DecodeModule(module);
  if (!decoded.ok()) return decoded.status();
  if (!decoded->dylink) {
    return absl::InvalidArgumentError("no dylink.0 section");
  }
  return Rewriter(module, *decoded, changes).Run();
}

}  // namespace slipway::toolchain
