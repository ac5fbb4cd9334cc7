// Compares our engine with another on generated modules; see README.md.

#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "tests/differential/campaign.h"
#include "tests/differential/case_files.h"
#include "tests/differential/slipway_engine.h"

namespace slipway::differential {
namespace {

constexpr char kUsage[] =
    R"(usage: differential --node FILE --peer FILE [options]

Runs generated modules on Slipway and on Node.js and compares.

  --seed N               the first module's seed (default 1)
  --modules N            stop after N modules
  --seconds N            stop after N seconds
  --jobs N               pairs of engines at the same time (default 1)
  --bodies N             functions in a module (default 12)
  --body-size N          operators in a function, about (default 100)
  -O0 … -O3              optimisation of ours (default -O2)
  --findings DIR         where to write what differs (default: findings)
  --max-findings N       stop after N differences (default 5)
  --minimize-seconds N   for each difference (default 120)
  --min-coverage N       fail when less than N percent of the operators ran
  --replay DIR           run the case of a finding again
)";

struct Arguments {
  CampaignOptions campaign;
  std::string node, peer, replay;
  int optimization = 2;
  int min_coverage = 0;
  bool serve = false;
};

[[noreturn]] void Refuse(const std::string& why) {
  fprintf(stderr, "differential: %s\n%s", why.c_str(), kUsage);
  exit(2);
}

class Parser {
 public:
  Parser(int argc, char** argv) : argc_(argc), argv_(argv) {}

  Arguments Parse() {
    for (; at_ < argc_; ++at_) ParseOne();
    return arguments_;
  }

 private:
  void ParseOne() {
    const std::string_view name = argv_[at_];
    CampaignOptions& campaign = arguments_.campaign;
    if (name == "--seed") {
      campaign.seed = Number();
    } else if (name == "--modules") {
      campaign.modules = Number();
    } else if (name == "--seconds") {
      campaign.seconds = static_cast<int>(Number());
    } else if (name == "--jobs") {
      campaign.jobs = static_cast<int>(Number());
    } else if (name == "--bodies") {
      campaign.generator.bodies = static_cast<uint32_t>(Number());
    } else if (name == "--body-size") {
      campaign.generator.body_size = static_cast<uint32_t>(Number());
    } else if (name == "--max-findings") {
      campaign.max_findings = static_cast<int>(Number());
    } else if (name == "--minimize-seconds") {
      campaign.minimize_seconds = static_cast<int>(Number());
    } else if (name == "--min-coverage") {
      arguments_.min_coverage = static_cast<int>(Number());
    } else if (name.size() == 3 && name.starts_with("-O") && name[2] >= '0' &&
               name[2] <= '3') {
      arguments_.optimization = name[2] - '0';
    } else if (name == "--help") {
      fputs(kUsage, stdout);
      exit(EXIT_SUCCESS);
    } else if (name == "--serve") {
      arguments_.serve = true;
    } else {
      ParsePath(name);
    }
  }

  void ParsePath(std::string_view name) {
    if (name == "--node") {
      arguments_.node = Value();
    } else if (name == "--peer") {
      arguments_.peer = Value();
    } else if (name == "--findings") {
      arguments_.campaign.findings = Value();
    } else if (name == "--replay") {
      arguments_.replay = Value();
    } else {
      Refuse("unknown option " + std::string(name));
    }
  }

  std::string Value() {
    if (at_ + 1 == argc_) Refuse(std::string(argv_[at_]) + " needs a value");
    return argv_[++at_];
  }

  uint64_t Number() {
    const std::string text = Value();
    uint64_t number = 0;
    if (!absl::SimpleAtoi(text, &number)) Refuse("not a number: " + text);
    return number;
  }

  const int argc_;
  char** const argv_;
  int at_ = 1;
  Arguments arguments_;
};

Engines MakeEngines(const Arguments& arguments) {
  if (arguments.node.empty() || arguments.peer.empty()) {
    Refuse("--node and --peer are needed");
  }
  if (access(arguments.node.c_str(), X_OK) != 0) {
    Refuse("cannot run " + arguments.node +
           ": run ci/setup, which installs npm, and build @node//:node");
  }
  return {
      .slipway = {"/proc/self/exe", "--serve",
                  "-O" + std::to_string(arguments.optimization)},
      .peer = {std::filesystem::absolute(arguments.node), "--expose-gc",
               "--stack-size=4000", std::filesystem::absolute(arguments.peer)}};
}

int Replay(const Arguments& arguments) {
  const Case test = ReadCase(arguments.replay);
  std::string scratch = "/tmp/slipway-differential-XXXXXX";
  if (mkdtemp(scratch.data()) == nullptr) Refuse("no scratch directory");
  const Transcripts transcripts =
      Comparison(arguments.campaign.engines, scratch).Run(test);
  WriteCase(arguments.replay, test, transcripts);
  if (!transcripts.differ()) {
    printf("no difference\n");
    return EXIT_SUCCESS;
  }
  printf("DIFFERENCE\n%s", FirstDifference(transcripts).c_str());
  return EXIT_FAILURE;
}

int RunCampaign(const Arguments& arguments) {
  const Campaign::Totals totals = Campaign(arguments.campaign).Run();
  printf("%ju modules, %ju calls compared\n",
         static_cast<uintmax_t>(totals.modules),
         static_cast<uintmax_t>(totals.calls));
  const char* separator = "ended: ";
  for (const auto& [ending, count] : totals.endings) {
    printf("%s%s %ju", separator, ending.c_str(),
           static_cast<uintmax_t>(count));
    separator = ", ";
  }
  printf("\n");
  printf("%zu of %u operators executed (%.1f%%)", totals.coverage.executed(),
         wasm::kOpcodeCount, totals.coverage.percent());
  constexpr size_t kMost = 40;
  const std::vector<std::string> missing = totals.coverage.Missing();
  for (size_t i = 0; i < missing.size() && i < kMost; ++i) {
    printf("%s %s", i == 0 ? "; not:" : ",", missing[i].c_str());
  }
  printf("\n%d differences\n", totals.findings);
  if (totals.coverage.percent() < arguments.min_coverage) {
    printf("FAILED: less than %d%% of the operators\n", arguments.min_coverage);
    return EXIT_FAILURE;
  }
  return totals.findings == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

// `bazel run` starts programs elsewhere, and `bazel test` collects outputs.
void ChooseDirectories(Arguments& arguments) {
  const char* started = getenv("BUILD_WORKING_DIRECTORY");
  if (started != nullptr && chdir(started) != 0) perror(started);
  if (!arguments.campaign.findings.empty()) return;
  const char* outputs = getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  arguments.campaign.findings = outputs != nullptr ? outputs : "findings";
}

int Main(int argc, char** argv) {
  Arguments arguments = Parser(argc, argv).Parse();
  if (arguments.serve) {
    ServeSlipway(arguments.optimization);
    return EXIT_SUCCESS;
  }
  signal(SIGPIPE, SIG_IGN);  // engines may die
  arguments.campaign.engines = MakeEngines(arguments);
  ChooseDirectories(arguments);
  if (!arguments.replay.empty()) return Replay(arguments);
  if (!arguments.campaign.modules && !arguments.campaign.seconds) {
    Refuse("--modules or --seconds is needed");
  }
  return RunCampaign(arguments);
}

}  // namespace
}  // namespace slipway::differential

int main(int argc, char** argv) {
  return slipway::differential::Main(argc, argv);
}
