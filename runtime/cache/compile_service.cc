#include "runtime/cache/compile_service.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/cache/compiler_identity.h"
#include "runtime/cache/file.h"
#include "runtime/cache/sha256.h"

namespace slipway::cache {
namespace {

constexpr int kExecFailed = 127;

absl::StatusOr<std::string> CompilerPath(const CompileOptions& options) {
  if (!options.compiler.empty()) return options.compiler;
  return FindCompiler();
}

// In the child: the compiler has none of our descriptors and signal handlers,
// which belong to the guest, and dies with us. All signals are blocked at
// first.
[[noreturn]] void ExecCompiler(char* const* argv, int messages, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(kExecFailed);
  const int null = open("/dev/null", O_RDONLY);
  dup2(messages, STDERR_FILENO);
  dup2(null, STDIN_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execv(argv[0], argv);
  _exit(kExecFailed);
}

// What the process between us and the compiler needs and says.
struct Errand {
  char* const* argv;
  int messages;
  pid_t parent;
  int status = 0;  // the compiler's wait status
  int error = 0;   // errno when there is none
};

// In the process between, which shares our memory: only system calls.
int RunErrand(void* argument) {
  Errand& errand = *static_cast<Errand*>(argument);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != errand.parent) _exit(0);
  // Ignored, it would have the kernel reap the compiler.
  ::signal(SIGCHLD, SIG_DFL);
  const pid_t self = getpid();
  const pid_t compiler = vfork();
  if (compiler == 0) ExecCompiler(errand.argv, errand.messages, self);
  if (compiler < 0 || waitpid(compiler, &errand.status, 0) < 0) {
    errand.error = errno;
  }
  _exit(0);
}

// The compiler's wait status. A program is a child that ends with SIGCHLD and
// that anybody may wait for, and a guest is to see neither; so the compiler is
// the child of a process between, which is no program: it ends without a
// signal, and only __WALL waits for it. CLONE_VFORK: we do not go on before it
// has ended, so that it can share our memory (a guest's may be large).
absl::StatusOr<int> RunCompiler(char* const* argv, int messages) {
  constexpr size_t kStack = 64 << 10;
  const auto stack = std::make_unique<char[]>(kStack);
  Errand errand{.argv = argv, .messages = messages, .parent = getpid()};
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t between =
      clone(RunErrand, stack.get() + kStack, CLONE_VM | CLONE_VFORK, &errand);
  const int error = errno;
  if (between > 0) {
    while (waitpid(between, nullptr, __WALL) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (between < 0) return ErrnoStatus("clone", error);
  if (errand.error != 0) return ErrnoStatus("running it", errand.error);
  return errand.status;
}

absl::Status Describe(int status, const std::string& compiler,
                      const std::string& module_path) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 1) {
    return absl::AbortedError(absl::StrCat(module_path, ": not compiled"));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExecFailed) {
    return absl::NotFoundError(absl::StrCat(compiler, ": cannot be run"));
  }
  const std::string end =
      WIFSIGNALED(status)
          ? absl::StrCat("was killed by signal ", WTERMSIG(status), " (",
                         strsignal(WTERMSIG(status)), ")")
          : absl::StrCat("exited with ", WEXITSTATUS(status));
  return absl::InternalError(
      absl::StrCat(module_path, ": the compiler ", compiler, " ", end));
}

Key KeyOf(const Digest& module, const std::string& compiler_identity,
          const CompileOptions& options) {
  return Sha256()
      .Field("slipway object of digest")
      .Field(Hex(module))
      .Field(compiler_identity)
      .Field(CpuIdentity(options.cpu))
      .Field(absl::StrCat("-O", options.optimization))
      .Finish();
}

// Of the units (runtime/compiler/unit_store.h) of what was last compiled at a
// path: a program that is being worked on is built where it was built before.
// Nothing when the path is no lasting one.
std::optional<Key> UnitsKeyOf(const std::string& module_path,
                              const std::string& compiler_identity,
                              const CompileOptions& options) {
  const std::unique_ptr<char, decltype(&free)> path(
      realpath(module_path.c_str(), nullptr), free);
  if (path == nullptr || *path != '/' || module_path.starts_with("/proc/")) {
    return std::nullopt;
  }
  return Sha256()
      .Field("slipway units of path")
      .Field(path.get())
      .Field(compiler_identity)
      .Field(CpuIdentity(options.cpu))
      .Field(absl::StrCat("-O", options.optimization))
      .Finish();
}

// The compiler reads the file after we did; an object of other bytes must not
// be stored under this key.
absl::Status CheckUnchanged(const std::string& path, std::string_view module) {
  const absl::StatusOr<std::string> now = ReadFile(path);
  if (!now.ok()) return now.status();
  if (*now == module) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(path, ": changed while it was being compiled; run again"));
}

// How another process opens what only we have open.
std::string ProcPath(const OwnedFd& fd) {
  return absl::StrCat("/proc/", getpid(), "/fd/", fd.get());
}

}  // namespace

namespace {

// Compile() with more words for the compiler.
absl::Status CompileWith(const std::string& module_path,
                         const std::string& object_path,
                         const CompileOptions& options,
                         const std::vector<std::string>& more) {
  const absl::StatusOr<std::string> compiler = CompilerPath(options);
  if (!compiler.ok()) return compiler.status();
  std::vector<std::string> words = {*compiler,
                                    module_path,
                                    "-o",
                                    object_path,
                                    "--cpu",
                                    options.cpu,
                                    absl::StrCat("-O", options.optimization)};
  if (options.progress) words.push_back("--progress");
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const absl::StatusOr<int> status =
      RunCompiler(argv.data(), options.messages_fd);
  if (!status.ok()) return status.status();
  return Describe(*status, *compiler, module_path);
}

// Compiles with the units of the last time, and keeps those of this one, if
// that can be done: it saves time, and nothing depends on it.
absl::Status CompileIncrementally(const std::string& module_path,
                                  const std::string& object_path,
                                  const std::string& compiler_identity,
                                  const ObjectCache& cache,
                                  const CompileOptions& options) {
  const std::optional<Key> key =
      UnitsKeyOf(module_path, compiler_identity, options);
  if (!key) return CompileWith(module_path, object_path, options, {});
  const std::string made = cache.PartialPath(*key);
  std::vector<std::string> words = {"--save-units", made};
  if (const std::optional<std::string> known = cache.Find(*key)) {
    words.insert(words.end(), {"--known-units", *known});
  }
  absl::Status status = CompileWith(module_path, object_path, options, words);
  const bool kept = status.ok() && cache.Publish(*key, made).ok();
  if (!kept) unlink(made.c_str());
  return status;
}

}  // namespace

absl::Status Compile(const std::string& module_path,
                     const std::string& object_path,
                     const CompileOptions& options) {
  return CompileWith(module_path, object_path, options, {});
}

std::optional<std::string> FindKnown(const std::string& module_path,
                                     const ObjectCache& cache,
                                     const CompileOptions& options) {
  const std::optional<Digest> module =
      cache.digests().Find(FileState::Of(module_path));
  if (!module) return std::nullopt;
  const absl::StatusOr<std::string> compiler = CompilerPath(options);
  if (!compiler.ok()) return std::nullopt;
  const absl::StatusOr<std::string> identity = FileIdentity(*compiler);
  if (!identity.ok()) return std::nullopt;
  return cache.Find(KeyOf(*module, *identity, options));
}

absl::StatusOr<std::string> FindOrCompile(const std::string& module_path,
                                          std::string_view module,
                                          const ObjectCache& cache,
                                          const CompileOptions& options,
                                          const FileState& before) {
  CompileOptions resolved = options;
  absl::StatusOr<std::string> compiler = CompilerPath(options);
  if (!compiler.ok()) return compiler.status();
  resolved.compiler = *std::move(compiler);
  const absl::StatusOr<std::string> identity = FileIdentity(resolved.compiler);
  if (!identity.ok()) return identity.status();

  const Digest digest = Sha256().Update(module).Finish();
  cache.digests().Remember(before, FileState::Of(module_path), digest);
  const Key key = KeyOf(digest, *identity, options);
  if (std::optional<std::string> hit = cache.Find(key)) return *hit;
  const auto lock = cache.Lock(key);
  if (!lock.ok()) return lock.status();
  // Whoever held the lock before us may have made it.
  if (std::optional<std::string> hit = cache.Find(key)) return *hit;

  cache.RemoveStalePartials();
  const std::string partial = cache.PartialPath(key);
  absl::Status status =
      CompileIncrementally(module_path, partial, *identity, cache, resolved);
  if (status.ok()) status = CheckUnchanged(module_path, module);
  if (!status.ok()) {
    unlink(partial.c_str());
    return status;
  }
  return cache.Publish(key, partial);
}

absl::StatusOr<std::string> FindOrCompileBytes(std::string_view module,
                                               const ObjectCache& cache,
                                               const CompileOptions& options) {
  const OwnedFd file(memfd_create("module", MFD_CLOEXEC));
  const OwnedFd messages(memfd_create("messages", MFD_CLOEXEC));
  if (!file.ok() || !messages.ok()) return ErrnoStatus("memfd_create", errno);
  for (size_t done = 0; done < module.size();) {
    const ssize_t written =
        write(file.get(), module.data() + done, module.size() - done);
    if (written <= 0) return ErrnoStatus("writing a module", errno);
    done += static_cast<size_t>(written);
  }
  CompileOptions quiet = options;
  quiet.progress = false;
  quiet.messages_fd = messages.get();
  absl::StatusOr<std::string> object =
      FindOrCompile(ProcPath(file), module, cache, quiet);
  if (object.ok() || object.status().code() != absl::StatusCode::kAborted) {
    return object;
  }
  const absl::StatusOr<std::string> words = ReadFile(ProcPath(messages));
  if (!words.ok() || words->empty()) return object;
  return absl::AbortedError(absl::StripSuffix(*words, "\n"));
}

}  // namespace slipway::cache
