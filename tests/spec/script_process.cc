#include "tests/spec/script_process.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/spec/executor.h"
#include "tests/spec/module_loader.h"
#include "tests/spec/script.h"

namespace slipway::spec {
namespace {

using Clock = std::chrono::steady_clock;

// How far the child is, in memory shared with the parent, so that it is known
// when the child dies.
struct Progress {
  std::atomic<uint64_t> assertions;  // of the script
  std::atomic<uint64_t> passed;
  std::atomic<uint64_t> failed;
  std::atomic<uint64_t> skipped;
  std::atomic<int> line;  // of the command that was last begun
};

Progress* NewProgress() {
  void* at = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? nullptr : new (at) Progress{};
}

// In the child: counts into Progress, and writes failures to a pipe, one
// "line command message" each, ended by a zero byte. One write is one failure,
// whichever thread it comes from.
class PipeRecorder : public Recorder {
 public:
  PipeRecorder(Progress& progress, int fd) : progress_(progress), fd_(fd) {}

  void Begin(const Command& command) override { progress_.line = command.line; }
  void Passed(const Command& command) override {
    if (command.is_assertion()) ++progress_.passed;
  }
  void Failed(const Command& command, const std::string& message) override {
    Report(command.line, command.type_name, message);
    if (command.is_assertion()) ++progress_.failed;
  }
  void Skipped(const Command& command, const std::string& reason) override {
    if (command.is_assertion()) ++progress_.skipped;
  }

  void Report(int line, const std::string& command,
              const std::string& message) {
    std::string record =
        absl::StrCat(line, " ", command, " ", message.substr(0, PIPE_BUF / 2));
    record += '\0';
    const ssize_t written = write(fd_, record.data(), record.size());
    if (written != static_cast<ssize_t>(record.size())) _exit(EXIT_FAILURE);
  }

 private:
  Progress& progress_;
  const int fd_;
};

[[noreturn]] void RunChild(const ScriptFile& file, const RunOptions& options,
                           const std::string& scratch, Progress& progress,
                           int fd) {
  PipeRecorder recorder(progress, fd);
  compiler::Options compiler = options.compiler;
  compiler.threads = 1;
  ModuleLoader loader(compiler, scratch);
  absl::Status status;
  const auto script = ReadScript(file.path);
  status.Update(script.status());
  if (script.ok()) {
    progress.assertions = CountAssertions(script->commands);
    status.Update(Executor(loader, recorder).Run(*script));
  }
  if (!status.ok()) {
    recorder.Report(0, "script", std::string(status.message()));
  }
  _exit(EXIT_SUCCESS);
}

std::string Describe(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return absl::StrCat("the script's process died of signal ",
                        WTERMSIG(wait_status), " (",
                        strsignal(WTERMSIG(wait_status)), ")");
  }
  return absl::StrCat("the script's process exited with status ",
                      WEXITSTATUS(wait_status));
}

// A running script, from the parent's side.
class ScriptProcess {
 public:
  static absl::StatusOr<std::unique_ptr<ScriptProcess>> Start(
      const ScriptFile& file, const RunOptions& options,
      const std::string& scratch) {
    std::unique_ptr<ScriptProcess> process(new ScriptProcess(file.name));
    process->progress_ = NewProgress();
    int fds[2];
    if (process->progress_ == nullptr || pipe2(fds, O_CLOEXEC) != 0) {
      return absl::ResourceExhaustedError(strerror(errno));
    }
    std::fflush(nullptr);
    process->fd_ = fds[0];
    process->pid_ = fork();
    if (process->pid_ == 0) {
      RunChild(file, options, scratch, *process->progress_, fds[1]);
    }
    close(fds[1]);
    if (process->pid_ < 0) {
      return absl::ResourceExhaustedError(
          absl::StrCat("fork: ", strerror(errno)));
    }
    return process;
  }
  ScriptProcess(const ScriptProcess&) = delete;
  ScriptProcess& operator=(const ScriptProcess&) = delete;
  ~ScriptProcess() {
    close(fd_);
    if (progress_ != nullptr) munmap(progress_, sizeof(Progress));
  }

  int fd() const { return fd_; }
  int seconds() const {
    return static_cast<int>(
        std::chrono::duration<double>(Clock::now() - start_).count());
  }

  // Takes what there is to read; false at the end.
  bool Read() {
    char buffer[PIPE_BUF];
    const ssize_t count = read(fd_, buffer, sizeof(buffer));
    if (count > 0) output_.append(buffer, static_cast<size_t>(count));
    return count > 0 || (count < 0 && errno == EINTR);
  }

  void Kill() {
    timed_out_ = true;
    kill(pid_, SIGKILL);
  }

  // Precondition: Read returned false, or the process was killed.
  ScriptResult Finish() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    ScriptResult result;
    result.name = name_;
    result.seconds =
        std::chrono::duration<double>(Clock::now() - start_).count();
    result.passed = progress_->passed;
    result.skipped = progress_->skipped;
    ParseOutput(result);
    if (status != 0) AddDeath(status, result);
    return result;
  }

 private:
  explicit ScriptProcess(std::string name) : name_(std::move(name)) {}

  void ParseOutput(ScriptResult& result) const {
    std::vector<std::string> records = absl::StrSplit(output_, '\0');
    records.pop_back();  // after the last zero byte
    for (const std::string& record : records) {
      const std::vector<std::string> fields =
          absl::StrSplit(record, absl::MaxSplits(' ', 2));
      result.failures.push_back({.line = std::atoi(fields[0].c_str()),
                                 .command = fields[1],
                                 .message = fields[2]});
    }
  }

  void AddDeath(int status, ScriptResult& result) const {
    const uint64_t done =
        progress_->passed + progress_->failed + progress_->skipped;
    result.not_run = progress_->assertions - done;
    result.failures.push_back(
        {.line = progress_->line,
         .command = "script",
         .message = absl::StrCat(
             timed_out_ ? "the script took too long" : Describe(status), "; ",
             result.not_run, " assertions were not run")});
  }

  const std::string name_;
  const Clock::time_point start_ = Clock::now();
  Progress* progress_ = nullptr;
  pid_t pid_ = -1;
  int fd_ = -1;
  std::string output_;
  bool timed_out_ = false;
};

// All the scripts' processes, some at a time.
class Pool {
 public:
  Pool(const std::vector<ScriptFile>& scripts, const RunOptions& options,
       const std::string& scratch,
       const std::function<void(const ScriptResult&)>& done)
      : scripts_(scripts),
        options_(options),
        scratch_(scratch),
        done_(done),
        order_(scripts.size()),
        results_(scripts.size()) {
    // The long ones first, so that none is left running alone.
    std::iota(order_.begin(), order_.end(), size_t{0});
    std::sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
      return scripts[a].weight > scripts[b].weight;
    });
  }

  absl::StatusOr<std::vector<ScriptResult>> Run() {
    const size_t jobs = options_.jobs > 0
                            ? static_cast<size_t>(options_.jobs)
                            : std::max(1u, std::thread::hardware_concurrency());
    while (next_ < order_.size() || !running_.empty()) {
      while (next_ < order_.size() && running_.size() < jobs) {
        absl::Status status = Start(order_[next_++]);
        if (!status.ok()) return status;
      }
      Wait();
    }
    return std::move(results_);
  }

 private:
  struct Running {
    size_t index;
    std::unique_ptr<ScriptProcess> process;
  };

  absl::Status Start(size_t index) {
    auto process = ScriptProcess::Start(scripts_[index], options_, scratch_);
    if (!process.ok()) return process.status();
    running_.push_back({index, *std::move(process)});
    return absl::OkStatus();
  }

  // Reads from whoever has something to say; collects those that ended.
  void Wait() {
    std::vector<pollfd> fds;
    for (const Running& running : running_) {
      fds.push_back(
          {.fd = running.process->fd(), .events = POLLIN, .revents = 0});
    }
    poll(fds.data(), fds.size(), /*timeout_ms=*/1000);
    for (size_t i = fds.size(); i-- > 0;) {
      ScriptProcess& process = *running_[i].process;
      bool ended = fds[i].revents != 0 && !process.Read();
      if (!ended && process.seconds() >= options_.timeout) {
        process.Kill();
        ended = true;
      }
      if (!ended) continue;
      ScriptResult& result = results_[running_[i].index];
      result = process.Finish();
      running_.erase(running_.begin() + static_cast<ptrdiff_t>(i));
      done_(result);
    }
  }

  const std::vector<ScriptFile>& scripts_;
  const RunOptions& options_;
  const std::string& scratch_;
  const std::function<void(const ScriptResult&)>& done_;
  std::vector<size_t> order_;
  size_t next_ = 0;
  std::vector<Running> running_;
  std::vector<ScriptResult> results_;
};

}  // namespace

absl::StatusOr<std::vector<ScriptResult>> RunScripts(
    const std::vector<ScriptFile>& scripts, const RunOptions& options,
    const std::function<void(const ScriptResult&)>& done) {
  const auto scratch = TemporaryFolder::Create();
  if (!scratch.ok()) return scratch.status();
  return Pool(scripts, options, (*scratch)->path(), done).Run();
}

}  // namespace slipway::spec
