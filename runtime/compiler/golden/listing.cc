#include "runtime/compiler/golden/listing.h"

#include <cstdio>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/compiler/module_compiler.h"
#include "runtime/wasm/decoder.h"

namespace slipway::compiler {
namespace {

// Whether the line is an instruction, a label that something jumps to, or
// aligns what follows to a line of the cache.
bool IsCode(std::string_view line) {
  if (line.starts_with(".LBB") || line.starts_with("\t.p2align\t6"))
    return true;
  const size_t start = line.find_first_not_of(" \t");
  return start != std::string_view::npos && line[start] != '#' &&
         line[start] != '.';
}

}  // namespace

std::string NormalizeIr(const std::string& ir) {
  static const std::regex metadata(", ![a-z.]+ ![0-9]+");
  static const std::regex attributes(" #[0-9]+");
  static const std::regex predecessors(" +; preds = .*");
  std::string text = std::regex_replace(ir, metadata, "");
  text = std::regex_replace(text, attributes, "");
  return std::regex_replace(text, predecessors, "");
}

std::string NormalizeAssembly(const std::string& assembly) {
  static const std::regex comment("[ \t]*#.*");
  std::istringstream lines(assembly);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    // Tables of exceptions and jumps follow the code.
    if (line.starts_with(".Lfunc_end")) break;
    if (!IsCode(line)) continue;
    absl::StrAppend(&text, std::regex_replace(line, comment, ""), "\n");
  }
  return text;
}

std::string List(const Shape& shape) {
  const absl::StatusOr<FunctionListing> listing = ListFunction(
      wasm::AsBytes(shape.module), {.cpu = kGoldenCpu}, shape.function);
  if (!listing.ok()) {
    fprintf(stderr, "%s: %s\n", shape.name.c_str(),
            std::string(listing.status().message()).c_str());
    exit(EXIT_FAILURE);
  }
  return absl::StrCat("# ", shape.purpose, "\n\n== LLVM IR\n",
                      NormalizeIr(listing->ir), "\n== ", kGoldenCpu, "\n",
                      NormalizeAssembly(listing->assembly));
}

}  // namespace slipway::compiler
