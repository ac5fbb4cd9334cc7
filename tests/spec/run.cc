// bazel run //tests/spec:run -- --suite DIR [--only NAME] [--json]

#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/spec/expectations.h"
#include "tests/spec/report.h"
#include "tests/spec/script_process.h"
#include "tests/spec/suite.h"

namespace slipway::spec {
namespace {

constexpr char kUsage[] =
    R"(usage: run [--suite DIR|ARCHIVE] [options]

Runs the specification's test scripts. Exits 0 when nothing failed.

  --suite PATH         wast2json output: a folder, or a tar archive of one
                       (default: $SLIPWAY_SPEC_TESTSUITE)
  --only NAME          only this script; repeatable; NAME may be a pattern
  --json               print JSON instead of text
  --opt N              optimisation of the generated code, 0 to 3 (default 2)
  --cpu NAME           processor to compile for (default native)
  -j, --jobs N         scripts at a time (default: one per processor)
  --timeout SECONDS    for one script (default 600)
  --expectations FILE  known failures (default: tests/spec/expectations.csv)
  --help               this text
)";

struct Arguments {
  std::string suite;
  std::vector<std::string> only;
  bool json = false;
  std::string expectations;
  RunOptions run;
};

// A path that the user gave: `bazel run` changes the working directory.
std::string UserPath(const std::string& path) {
  const char* directory = getenv("BUILD_WORKING_DIRECTORY");
  if (directory == nullptr || path.empty() || path[0] == '/') return path;
  return absl::StrCat(directory, "/", path);
}

class Parser {
 public:
  Parser(int argc, char** argv) : argc_(argc), argv_(argv) {}

  // An error message, or nothing.
  std::string Parse(Arguments& arguments) {
    const char* suite = getenv(kSuiteVariable);
    if (suite != nullptr) arguments.suite = UserPath(suite);
    for (; at_ < argc_ && error_.empty(); ++at_) ParseOne(arguments);
    return error_;
  }

 private:
  void ParseOne(Arguments& arguments) {
    const std::string_view option = argv_[at_];
    if (option == "--suite") {
      arguments.suite = UserPath(Value());
    } else if (option == "--only") {
      arguments.only.push_back(Value());
    } else if (option == "--json") {
      arguments.json = true;
    } else if (option == "--opt") {
      arguments.run.compiler.optimization = Number(0, 3);
    } else if (option == "--cpu") {
      arguments.run.compiler.cpu = Value();
    } else if (option == "-j" || option == "--jobs") {
      arguments.run.jobs = Number(1, 1024);
    } else if (option == "--timeout") {
      arguments.run.timeout = Number(1, 86400);
    } else if (option == "--expectations") {
      arguments.expectations = UserPath(Value());
    } else {
      error_ = absl::StrCat("unknown option ", argv_[at_]);
    }
  }

  std::string Value() {
    if (at_ + 1 < argc_) return argv_[++at_];
    error_ = absl::StrCat(argv_[at_], " needs a value");
    return "";
  }

  int Number(int least, int most) {
    const char* const option = argv_[at_];
    const std::string text = Value();
    int number = 0;
    if (error_.empty() &&
        (!absl::SimpleAtoi(text, &number) || number < least || number > most)) {
      error_ = absl::StrCat(option, ": not a number from ", least, " to ", most,
                            ": ", text);
    }
    return number;
  }

  const int argc_;
  char** const argv_;
  int at_ = 1;
  std::string error_;
};

// Of the build, wherever the program was started.
std::string DefaultExpectations(const char* program) {
  const std::string path = "tests/spec/expectations.csv";
  std::error_code error;
  if (std::filesystem::exists(path, error)) return path;
  return absl::StrCat(program, ".runfiles/slipway/", path);
}

absl::StatusOr<std::vector<ScriptResult>> Run(const Arguments& arguments) {
  if (arguments.suite.empty()) return absl::NotFoundError(kSuiteHelp);
  const auto expectations = ReadExpectations(arguments.expectations);
  if (!expectations.ok()) return expectations.status();
  auto suite = Suite::Open(arguments.suite);
  if (!suite.ok()) return suite.status();
  if (!arguments.only.empty()) {
    absl::Status status = suite->Select(arguments.only);
    if (!status.ok()) return status;
  }
  auto results = RunScripts(suite->scripts(), arguments.run,
                            [&arguments](const ScriptResult&) {
                              if (!arguments.json) std::fputc('.', stderr);
                            });
  if (results.ok()) ApplyExpectations(*expectations, *results);
  return results;
}

int Main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--help") {
      std::fputs(kUsage, stdout);
      return EXIT_SUCCESS;
    }
  }
  Arguments arguments;
  arguments.expectations = DefaultExpectations(argv[0]);
  const std::string error = Parser(argc, argv).Parse(arguments);
  if (!error.empty()) {
    std::fprintf(stderr, "%s (see --help)\n", error.c_str());
    return 2;
  }
  const auto results = Run(arguments);
  if (!results.ok()) {
    std::fprintf(stderr, "%s\n",
                 std::string(results.status().message()).c_str());
    return 2;
  }
  if (arguments.json) {
    std::puts(ToJson(*results).c_str());
  } else {
    std::fputs("\n", stderr);
    for (const ScriptResult& result : *results) {
      std::fputs(ScriptLines(result).c_str(), stdout);
    }
    std::fputs(Summary(*results).c_str(), stdout);
  }
  return Add(*results).failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace slipway::spec

int main(int argc, char** argv) { return slipway::spec::Main(argc, argv); }
