#include "runtime/host/exec_state.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace slipway::host {
namespace {

// Everything is 64-bit numbers, and strings after their sizes.
class Writer {
 public:
  void Do(const uint64_t& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void Do(const int& value) { Do(static_cast<uint64_t>(value)); }
  void Do(const std::string& text) {
    Do(uint64_t{text.size()});
    bytes_ += text;
  }
  void Do(const ExecState::OpenFile& file) {
    Do(file.number);
    Do(static_cast<int>(file.descriptor.kind));
    Do(int{file.descriptor.read_only});
    Do(int{file.descriptor.node});
  }
  template <typename T>
  void Do(const std::vector<T>& list) {
    Do(uint64_t{list.size()});
    for (const T& item : list) Do(item);
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool complete() const { return good_ && rest_.empty(); }

  void Do(uint64_t& value) {
    if (rest_.size() < sizeof(value)) {
      good_ = false;
      value = 0;
      return;
    }
    std::memcpy(&value, rest_.data(), sizeof(value));
    rest_.remove_prefix(sizeof(value));
  }
  void Do(int& value) {
    uint64_t wide;
    Do(wide);
    value = static_cast<int>(wide);
  }
  void Do(std::string& text) {
    uint64_t size;
    Do(size);
    good_ = good_ && size <= rest_.size();
    if (!good_) return;
    text = std::string(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }
  void Do(ExecState::OpenFile& file) {
    int kind, read_only, node;
    Do(file.number);
    Do(kind);
    Do(read_only);
    Do(node);
    file.descriptor = {static_cast<FdKind>(kind), read_only != 0,
                       static_cast<uint16_t>(node)};
  }
  template <typename T>
  void Do(std::vector<T>& list) {
    uint64_t size;
    Do(size);
    for (; good_ && size > 0; --size) {
      T item{};
      Do(item);
      list.push_back(std::move(item));
    }
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

template <typename State, typename Visitor>
void Visit(State& state, Visitor& visitor) {
  visitor.Do(state.options);
  visitor.Do(state.executable);
  visitor.Do(state.arguments);
  visitor.Do(state.environment);
  visitor.Do(state.own_file);
  visitor.Do(state.object);
  visitor.Do(state.program);
  visitor.Do(state.used);
  visitor.Do(state.own_fd);
  visitor.Do(state.pid_registry);
  visitor.Do(state.shm_lock);
  visitor.Do(state.trace_fd);
  visitor.Do(state.directory);
  visitor.Do(state.directory_mount);
  visitor.Do(state.directory_node);
  visitor.Do(state.descriptor_limit);
  visitor.Do(state.descriptor_hard_limit);
  visitor.Do(state.memory_limits);
  visitor.Do(state.ignored_signals);
  visitor.Do(state.files);
}

}  // namespace

std::string ExecState::Encode() const {
  Writer writer;
  Visit(*this, writer);
  return writer.Take();
}

std::optional<ExecState> ExecState::Decode(std::string_view bytes) {
  ExecState state;
  Reader reader(bytes);
  Visit(state, reader);
  if (!reader.complete()) return std::nullopt;
  return state;
}

SysResult<OwnedFd> ExecState::ToFile() const {
  OwnedFd fd(::memfd_create("slipway-exec", MFD_ALLOW_SEALING));
  if (!fd.valid()) return Errno::Last();
  const std::string bytes = Encode();
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t size =
        ::write(fd.get(), bytes.data() + done, bytes.size() - done);
    if (size < 0) return Errno::Last();
    done += static_cast<size_t>(size);
  }
  constexpr int kSeals =
      F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  if (::fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0) return Errno::Last();
  return fd;
}

std::optional<ExecState> ExecState::FromFile(int fd) {
  struct stat st;
  if (::fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return std::nullopt;
  std::string bytes(static_cast<size_t>(st.st_size), '\0');
  const ssize_t size = ::pread(fd, bytes.data(), bytes.size(), 0);
  if (size < 0 || static_cast<size_t>(size) != bytes.size()) {
    return std::nullopt;
  }
  return Decode(bytes);
}

}  // namespace slipway::host
