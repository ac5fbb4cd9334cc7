// Decodes and validates one large module several times on one core and prints
// how long that takes: the median with its spread, by the clock and in
// processor time, which other programs on the machine disturb less.

#include <time.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/wasm/decoder.h"
#include "runtime/wasm/function_reader.h"
#include "runtime/wasm/validator.h"
#include "tests/bench/decode/workload.h"

namespace slipway::bench {
namespace {

struct Options {
  std::string module;  // a file; empty: generated code
  size_t megabytes = 20;
  size_t runs = 21;
};

struct Times {
  std::vector<double> seconds;
  void Print(const char* label, size_t bytes) {
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    std::printf("%-15s median %.3f s (%.3f to %.3f), %.0f MB/s\n", label,
                median, seconds.front(), seconds.back(),
                static_cast<double>(bytes) / 1e6 / median);
  }
};

double Now(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) / 1e9;
}

[[noreturn]] void Fail(const std::string& message) {
  std::fprintf(stderr, "decode: %s\n", message.c_str());
  std::exit(1);
}

size_t ParseNumber(std::string_view text) {
  size_t value = 0;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ptr != text.data() + text.size() || value == 0) {
    Fail("expected a positive number, found \"" + std::string(text) + "\"");
  }
  return value;
}

Options ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const std::string_view value =
        equals == argument.npos ? "" : argument.substr(equals + 1);
    if (name == "--module") {
      options.module = value;
    } else if (name == "--megabytes") {
      options.megabytes = ParseNumber(value);
    } else if (name == "--runs") {
      options.runs = ParseNumber(value);
    } else {
      Fail("unknown option " + std::string(argument) +
           "; expected --module=FILE, --megabytes=N or --runs=N");
    }
  }
  return options;
}

std::string MakeModule(const Options& options) {
  const size_t size = options.megabytes * 1'000'000;
  if (options.module.empty()) return GenerateModule(size);
  std::ifstream file(options.module, std::ios::binary);
  if (!file) Fail("cannot read " + options.module);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  absl::StatusOr<std::string> repeated =
      RepeatFunctions(wasm::AsBytes(bytes), size);
  if (!repeated.ok())
    Fail(options.module + ": " + repeated.status().ToString());
  return *std::move(repeated);
}

size_t CountOperators(const wasm::Module& module) {
  size_t count = 0;
  wasm::FunctionReader reader(module);
  wasm::Instruction instruction;
  for (uint32_t i = 0; i < module.bodies.size(); ++i) {
    reader.Start(module.imported_functions + i);
    while (reader.Next(instruction)) ++count;
  }
  return count;
}

void Run(const Options& options) {
  const std::string bytes = MakeModule(options);
  Times wall, processor;
  for (size_t i = 0; i < options.runs; ++i) {
    const double wall_start = Now(CLOCK_MONOTONIC);
    const double processor_start = Now(CLOCK_PROCESS_CPUTIME_ID);
    const absl::StatusOr<wasm::Module> module =
        wasm::DecodeModule(wasm::AsBytes(bytes));
    const absl::Status status =
        module.ok() ? wasm::ValidateAll(*module) : module.status();
    processor.seconds.push_back(Now(CLOCK_PROCESS_CPUTIME_ID) -
                                processor_start);
    wall.seconds.push_back(Now(CLOCK_MONOTONIC) - wall_start);
    if (!status.ok()) Fail("the module is not valid: " + status.ToString());
    if (i > 0) continue;
    std::printf("%.1f MB, %zu functions, %.1f million operators; %zu runs\n",
                static_cast<double>(bytes.size()) / 1e6, module->bodies.size(),
                static_cast<double>(CountOperators(*module)) / 1e6,
                options.runs);
  }
  wall.Print("elapsed:", bytes.size());
  processor.Print("processor time:", bytes.size());
}

}  // namespace
}  // namespace slipway::bench

int main(int argc, char** argv) {
  slipway::bench::Run(slipway::bench::ParseOptions(argc, argv));
  return 0;
}
