// slipway-compiler: a WebAssembly module into a shared object that `slipway
// run` loads. Runs as a process of its own, so that slipway does not carry
// LLVM, and so that an accident here stays here.

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/compiler/module_compiler.h"
#include "runtime/wasm/decoder.h"

namespace slipway::compiler {
namespace {

constexpr char kUsage[] =
    R"(usage: slipway-compiler [options] IN.wasm -o OUT.so

Compiles a WebAssembly module to a shared object for `slipway run`.

  -o FILE          where to write the object
  -O0 … -O3        optimisation (default -O2)
  --cpu NAME       CPU to compile for: native (default), x86-64-v2, x86-64-v3,
                   x86-64-v4, or any other that clang -march accepts
  --threads N      compile on N threads (default: one per processor)
  --linker PATH    the ld.lld to use
  --known-units FILE
  --save-units FILE
                   take from FILE what is still the same, and write it to FILE
                   for the next time; both are of this very compiler
  --progress       show progress when it takes longer than a second and stderr
                   is a terminal
  --emit-ir N      print the LLVM IR of function N instead
  --help           this text

example: slipway-compiler --cpu x86-64-v3 server.wasm -o server.so
)";

struct Arguments {
  Options options;
  std::string input;
  std::string output;
  std::optional<uint32_t> emit_ir;
};

// Why an argument list is refused, or nothing.
class Parser {
 public:
  Parser(int argc, char** argv) : argc_(argc), argv_(argv) {}

  std::string Parse(Arguments& arguments) {
    for (; at_ < argc_ && error_.empty(); ++at_) ParseOne(arguments);
    if (!error_.empty()) return error_;
    if (arguments.input.empty()) return "no input file";
    if (arguments.output.empty() && !arguments.emit_ir) return "no -o FILE";
    return "";
  }

 private:
  void ParseOne(Arguments& arguments) {
    const std::string_view argument = argv_[at_];
    if (argument == "-o") {
      arguments.output = Value();
    } else if (argument == "--cpu") {
      arguments.options.cpu = Value();
    } else if (argument == "--linker") {
      arguments.options.linker = Value();
    } else if (argument == "--known-units") {
      arguments.options.known_units = Value();
    } else if (argument == "--save-units") {
      arguments.options.save_units = Value();
    } else if (argument == "--threads") {
      arguments.options.threads = Number();
    } else if (argument == "--emit-ir") {
      arguments.emit_ir = Number();
    } else if (argument == "--progress") {
      arguments.options.progress = isatty(STDERR_FILENO) != 0;
    } else if (argument.size() == 3 && argument.starts_with("-O") &&
               argument[2] >= '0' && argument[2] <= '3') {
      arguments.options.optimization = argument[2] - '0';
    } else if (argument.starts_with("-")) {
      error_ = absl::StrCat("unknown option ", argv_[at_]);
    } else if (!arguments.input.empty()) {
      error_ = absl::StrCat("more than one input file: ", argv_[at_]);
    } else {
      arguments.input = argument;
    }
  }

  std::string Value() {
    if (at_ + 1 < argc_) return argv_[++at_];
    error_ = absl::StrCat(argv_[at_], " needs a value");
    return "";
  }

  uint32_t Number() {
    const std::string name = argv_[at_];
    const std::string text = Value();
    uint32_t number = 0;
    if (error_.empty() && !absl::SimpleAtoi(text, &number)) {
      error_ = absl::StrCat(name, ": not a number: ", text);
    }
    return number;
  }

  const int argc_;
  char** const argv_;
  int at_ = 1;
  std::string error_;
};

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    return absl::NotFoundError(strerror(errno));
  }
  if (S_ISDIR(info.st_mode)) return absl::NotFoundError(strerror(EISDIR));
  const absl::Status size =
      wasm::CheckModuleSize(static_cast<uint64_t>(info.st_size));
  if (!size.ok()) return size;
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(strerror(errno));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

absl::Status Run(const Arguments& arguments) {
  const absl::StatusOr<std::string> input = ReadInput(arguments.input);
  if (!input.ok()) return input.status();
  const wasm::Bytes bytes = wasm::AsBytes(*input);
  if (!arguments.emit_ir) {
    return CompileModule(bytes, arguments.options, arguments.output);
  }
  const absl::StatusOr<std::string> ir =
      FunctionIr(bytes, arguments.options, *arguments.emit_ir);
  if (!ir.ok()) return ir.status();
  fputs(ir->c_str(), stdout);
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--help") {
      fputs(kUsage, stdout);
      return EXIT_SUCCESS;
    }
  }
  Arguments arguments;
  const std::string error = Parser(argc, argv).Parse(arguments);
  if (!error.empty()) {
    fprintf(stderr, "slipway-compiler: %s (see --help)\n", error.c_str());
    return 2;
  }
  const absl::Status status = Run(arguments);
  if (status.ok()) return EXIT_SUCCESS;
  fprintf(stderr, "slipway-compiler: %s: %s\n", arguments.input.c_str(),
          std::string(status.message()).c_str());
  return EXIT_FAILURE;
}

}  // namespace
}  // namespace slipway::compiler

int main(int argc, char** argv) { return slipway::compiler::Main(argc, argv); }
