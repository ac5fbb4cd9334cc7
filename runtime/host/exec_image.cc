#include "runtime/host/exec_image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace slipway::host {
namespace {

constexpr size_t kHeaderSize = 256;  // as Linux: BINPRM_BUF_SIZE
constexpr int kMaxScripts = 5;
constexpr std::string_view kModuleMagic("\0asm", 4);
constexpr std::string_view kBlanks = " \t";

SysResult<std::string> ReadHeader(int fd) {
  std::string header(kHeaderSize, '\0');
  const ssize_t size = ::pread(fd, header.data(), header.size(), 0);
  if (size < 0) return Errno::Last();
  header.resize(static_cast<size_t>(size));
  return header;
}

std::string_view Trim(std::string_view text) {
  const size_t start = text.find_first_not_of(kBlanks);
  if (start == text.npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) + 1 - start);
}

// argv as the interpreter gets it; the script's own argv[0] is dropped.
std::vector<std::string> InterpreterArguments(
    const ScriptLine& line, const std::string& script,
    std::vector<std::string> arguments) {
  std::vector<std::string> result = {line.interpreter};
  if (!line.argument.empty()) result.push_back(line.argument);
  result.push_back(script);
  for (size_t i = 1; i < arguments.size(); ++i) {
    result.push_back(std::move(arguments[i]));
  }
  return result;
}

// Whether the host, too, knows the script by this name, from the guest's
// working directory if it is relative. What is in /proc depends on who looks.
bool IsNameOnHost(const Vfs& vfs, const std::string& name, int script) {
  if (name.starts_with("/proc/") || name.starts_with("/dev/fd/")) return false;
  const WorkingDirectory::Place place = vfs.working_directory();
  if (!name.starts_with('/') && !place.mount) return false;
  struct stat named, opened;
  return ::fstatat(place.mount ? place.fd : AT_FDCWD, name.c_str(), &named,
                   0) == 0 &&
         ::fstat(script, &opened) == 0 && named.st_dev == opened.st_dev &&
         named.st_ino == opened.st_ino;
}

}  // namespace

std::optional<ScriptLine> ParseScriptLine(std::string_view start) {
  if (start.substr(0, 2) != "#!") return std::nullopt;
  const size_t end = start.find('\n');
  const std::string_view line = Trim(start.substr(2, end - 2));
  const size_t split = line.find_first_of(kBlanks);
  // A path that may have been cut off is not executed.
  if (end == start.npos && split == line.npos && start.size() >= kHeaderSize) {
    return std::nullopt;
  }
  ScriptLine result;
  result.interpreter = std::string(line.substr(0, split));
  if (result.interpreter.empty()) return std::nullopt;
  if (split != line.npos)
    result.argument = std::string(Trim(line.substr(split)));
  return result;
}

SysResult<ExecImage> FindImage(Vfs& vfs, const DescriptorTable& files,
                               ProgramFile program, std::string name,
                               std::vector<std::string> arguments) {
  ExecImage image;
  image.program = std::move(program);
  image.arguments = std::move(arguments);
  for (int scripts = 0; image.program.host_path.empty(); ++scripts) {
    SLIPWAY_TRY(const std::string header, ReadHeader(image.program.file.get()));
    if (header.compare(0, kModuleMagic.size(), kModuleMagic) == 0) return image;
    const std::optional<ScriptLine> line = ParseScriptLine(header);
    if (!line) return Errno{ENOEXEC};
    if (scripts == kMaxScripts) return Errno{ELOOP};
    OwnedFd script = std::move(image.program.file);
    SLIPWAY_TRY(image.program,
                vfs.OpenProgram({{AT_FDCWD}, line->interpreter}, Follow::kYes));
    if (!image.program.host_path.empty() &&
        !IsNameOnHost(vfs, name, script.get())) {
      image.script = OwnedFd(files.MoveHigh(script.Release()));
      name = "/proc/self/fd/" + std::to_string(image.script.get());
    }
    image.arguments =
        InterpreterArguments(*line, name, std::move(image.arguments));
    name = line->interpreter;
  }
  return image;
}

}  // namespace slipway::host
