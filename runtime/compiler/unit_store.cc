#include "runtime/compiler/unit_store.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace slipway::compiler {
namespace {

constexpr std::string_view kMagic = "SLPYUNT1";

struct Header {
  UnitStore::Key key;
  uint64_t size;
};
static_assert(sizeof(Header) == 40);

}  // namespace

UnitStore UnitStore::Read(const std::string& path) {
  UnitStore store;
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::string_view rest = bytes;
  if (!rest.starts_with(kMagic)) return store;
  rest.remove_prefix(kMagic.size());
  while (rest.size() >= sizeof(Header)) {
    Header header;
    std::memcpy(&header, rest.data(), sizeof(header));
    rest.remove_prefix(sizeof(header));
    if (header.size > rest.size()) break;
    store.Add(header.key, std::string(rest.substr(0, header.size)));
    rest.remove_prefix(header.size);
  }
  return store;
}

absl::Status UnitStore::Write(const std::string& path) const {
  std::ofstream file(path, std::ios::binary);
  file.write(kMagic.data(), kMagic.size());
  for (const auto& [key, object] : units_) {
    const Header header = {key, object.size()};
    file.write(reinterpret_cast<const char*>(&header), sizeof(header));
    file.write(object.data(), static_cast<std::streamsize>(object.size()));
  }
  file.close();
  if (file) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot write ", path, ": ", strerror(errno)));
}

}  // namespace slipway::compiler
