#include "runtime/host/exec.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <utility>

#include "runtime/host/address_space.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/exec_state.h"
#include "runtime/host/host_environment.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/process.h"
#include "runtime/host/robust_futexes.h"
#include "runtime/host/signals.h"
#include "runtime/host/thread.h"
#include "runtime/host/trace.h"
#include "runtime/host/vfs.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {
namespace {

// Copies of the runtime's descriptors that outlive execve.
class Passed {
 public:
  explicit Passed(const DescriptorTable& files) : files_(files) {}

  // The copy's number; -1 when there is none to pass.
  int Add(int fd) {
    if (fd < 0) return -1;
    copies_.emplace_back(::fcntl(fd, F_DUPFD, files_.max_limit()));
    failed_ = failed_ || !copies_.back().valid();
    return copies_.back().get();
  }
  bool failed() const { return failed_; }

 private:
  const DescriptorTable& files_;
  std::vector<OwnedFd> copies_;
  bool failed_ = false;
};

constexpr off_t kMaxModule = off_t{1} << 30;  // bytes

SysResult<std::string> ReadModule(int fd) {
  struct stat st;
  if (::fstat(fd, &st) != 0) return Errno::Last();
  if (st.st_size > kMaxModule) return Errno{ENOEXEC};
  std::string bytes(static_cast<size_t>(st.st_size), '\0');
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t size =
        ::pread(fd, bytes.data() + done, bytes.size() - done, done);
    if (size < 0) return Errno::Last();
    if (size == 0) return Errno{ENOEXEC};  // cut off meanwhile
    done += static_cast<size_t>(size);
  }
  return bytes;
}

// Compiles the program while there still is somebody to tell that it is no
// module: the path of its object. ENOEXEC, ENOMEM.
SysResult<std::string> CompileImage(const Process& process,
                                    const ExecImage& image) {
  if (!process.start.compile) return std::string();
  SLIPWAY_TRY(const std::string module, ReadModule(image.program.file.get()));
  const absl::StatusOr<std::string> object = process.start.compile(module);
  if (object.ok()) return *object;
  process.policy.NoteDenial("execute " + image.program.path + ": " +
                                std::string(object.status().message()),
                            "");
  const bool memory =
      object.status().code() == absl::StatusCode::kResourceExhausted;
  return Errno{memory ? ENOMEM : ENOEXEC};
}

std::string MountOption(int fd, const Mounts::Entry& mount) {
  return "--dir=/proc/self/fd/" + std::to_string(fd) + "::" + mount.guest_path +
         (mount.read_only ? ":ro" : "");
}

void AddDirectory(const WorkingDirectory::Place& place, Passed& passed,
                  ExecState& state) {
  state.directory_node = place.node;
  if (!place.mount) return;
  state.directory_mount = *place.mount;
  state.directory = passed.Add(place.fd);
  state.used.push_back(state.directory);
}

void AddFiles(const DescriptorTable& files, ExecState& state) {
  state.descriptor_limit = files.limit();
  state.descriptor_hard_limit = files.hard_limit();
  files.ForEach([&state](int number, Descriptor descriptor) {
    const int flags = ::fcntl(number, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) {
      state.files.push_back({number, descriptor});
    }
  });
}

ExecState MakeState(const Process& process, ExecImage& image,
                    std::string object, std::vector<std::string> environment,
                    Passed& passed) {
  const StartInfo& start = process.start;
  ExecState state;
  state.options = start.options;
  for (const Mounts::Entry& mount : process.vfs.mounts().entries()) {
    state.used.push_back(passed.Add(mount.root.get()));
    state.options.push_back(MountOption(state.used.back(), mount));
  }
  state.executable = image.program.path;
  state.object = std::move(object);
  state.arguments = image.arguments;
  state.environment = std::move(environment);
  state.own_file = start.own_file;
  state.program = passed.Add(image.program.file.get());
  state.used.push_back(state.program);
  state.own_fd = passed.Add(start.own_fd);
  state.pid_registry = passed.Add(start.pid_registry);
  state.shm_lock = passed.Add(start.shm_lock);
  state.trace_fd = passed.Add(start.trace_fd);
  AddDirectory(process.vfs.working_directory(), passed, state);
  AddFiles(process.files, state);
  state.ignored_signals = process.signals.Ignored();
  for (const int resource : {RLIMIT_AS, RLIMIT_DATA}) {
    const rlimit limit = process.address_space.Limit(resource);
    state.memory_limits.push_back(limit.rlim_cur);
    state.memory_limits.push_back(limit.rlim_max);
  }
  return state;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// slipway's own environment, which the guest's has nothing to do with.
std::vector<std::string> RuntimeEnvironment(int state_fd) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    result.emplace_back(*entry);
  }
  result.push_back(std::string(ExecState::kVariable) + "=" +
                   std::to_string(state_fd));
  return result;
}

// Handlers are gone and the mask is the guest's during the kernel's execve, so
// that what is pending or arrives finds what it finds on Linux.
Errno ExecInKernel(Thread& thread, const char* path,
                   std::vector<std::string>& arguments,
                   std::vector<std::string>& environment) {
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);
  Signals& signals = thread.process->signals;
  signals.UninstallHandlers();
  if (signal_pending.exchange(0) != 0) QueueToSelf(thread.signals.pending);
  SetKernelMask(thread.signals.mask);
  const ReleasedFutexes released(thread);
  ::execve(path, argv.data(), envp.data());
  const Errno error = Errno::Last();
  released.TakeBack();
  SetKernelMask(~kNeverBlocked);
  signals.ReinstallHandlers();
  return error;
}

Errno ExecGuest(Thread& thread, ExecImage image, std::string object,
                std::vector<std::string> environment) {
  const Process& process = *thread.process;
  Passed passed(process.files);
  const ExecState state = MakeState(process, image, std::move(object),
                                    std::move(environment), passed);
  SLIPWAY_TRY(const OwnedFd file, state.ToFile());
  const int state_fd = passed.Add(file.get());
  if (passed.failed()) return Errno{EMFILE};
  std::vector<std::string> variables = RuntimeEnvironment(state_fd);
  ::fcntl(file.get(), F_SETFD, FD_CLOEXEC);
  // The guest's argv is for those who look at the process from outside.
  return ExecInKernel(thread, "/proc/thread-self/exe", image.arguments,
                      variables);
}

// A program of the host gets the guest's descriptors, arguments, environment
// (HostEnvironment) and working directory, and its own view of files.
Errno ExecHost(Thread& thread, ExecImage image,
               std::vector<std::string> environment) {
  environment = HostEnvironment(std::move(environment));
  const Process& process = *thread.process;
  const WorkingDirectory::Place place = process.vfs.working_directory();
  if (place.mount) (void)::fchdir(place.fd);
  if (image.script.valid()) ::fcntl(image.script.get(), F_SETFD, 0);
  rlimit limits;
  if (::getrlimit(RLIMIT_NOFILE, &limits) == 0) {
    limits.rlim_cur = static_cast<rlim_t>(process.files.limit());
    ::setrlimit(RLIMIT_NOFILE, &limits);
  }
  return ExecInKernel(thread, image.program.host_path.c_str(), image.arguments,
                      environment);
}

}  // namespace

Errno Exec(Thread& thread, ExecImage image,
           std::vector<std::string> environment) {
  const bool host = !image.program.host_path.empty();
  std::string object;
  if (!host) {
    SLIPWAY_TRY(object, CompileImage(*thread.process, image));
  }
  BlockSignals block;
  // No fork inherits what is passed on.
  std::lock_guard lock(thread.process->files.mutex());
  if (const Tracer* tracer = thread.process->tracer; tracer != nullptr) {
    tracer->Executing(host ? image.program.host_path + " of the host"
                           : image.program.path);
  }
  return host ? ExecHost(thread, std::move(image), std::move(environment))
              : ExecGuest(thread, std::move(image), std::move(object),
                          std::move(environment));
}

}  // namespace slipway::host
