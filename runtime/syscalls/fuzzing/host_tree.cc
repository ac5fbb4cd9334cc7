#include "runtime/syscalls/fuzzing/host_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace slipway::sys::fuzzing {
namespace {

namespace fs = std::filesystem;

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Memory, so that fsync costs nothing; else where temporary files go.
std::string ParentDirectory() {
  const char* const shared = "/dev/shm";
  return ::access(shared, W_OK) == 0 ? shared
                                     : fs::temp_directory_path().string();
}

std::string Describe(const fs::path& path) {
  struct stat st{};
  ::lstat(path.c_str(), &st);
  char text[160];
  std::snprintf(text, sizeof(text), " %o %u %u %lld %lld.%09ld\n", st.st_mode,
                st.st_uid, st.st_gid, static_cast<long long>(st.st_size),
                static_cast<long long>(st.st_mtim.tv_sec), st.st_mtim.tv_nsec);
  return path.string() + text;
}

}  // namespace

HostTree::HostTree() : random_(std::random_device()()) {
  parent_ = ParentDirectory() + "/slipway-fuzz-XXXXXX";
  if (::mkdtemp(parent_.data()) == nullptr ||
      ::chmod(parent_.c_str(), 0755) != 0) {
    std::perror(parent_.c_str());
    std::abort();
  }
}

// The guest's process may end by exit(3) as well.
HostTree::~HostTree() {
  if (::getpid() != owner_) return;
  std::error_code ignored;
  fs::remove_all(parent_, ignored);
}

void HostTree::Reset() {
  std::error_code ignored;
  if (!root_.empty()) fs::remove_all(root_, ignored);
  secret_ = "host-" + std::to_string(random_());
  sentinel_ = "sentinel-" + std::to_string(random_());
  root_ = parent_ + "/" + secret_;
  const std::string data = root_ + "/data";
  fs::create_directories(data + "/directory/deep");
  fs::create_directories(root_ + "/ro");
  fs::create_directories(root_ + "/outside");
  Write(data + "/file", std::string(5000, 'f'));
  Write(data + "/script", "#!/bin/true argument\n");
  Write(data + "/program.wasm", std::string("\0asm\1\0\0\0", 8));
  Write(root_ + "/ro/file", "read only");
  Write(root_ + "/outside/sentinel", sentinel_);
  fs::create_symlink("/data/file", data + "/absolute", ignored);
  fs::create_symlink("../outside", data + "/escape", ignored);
  fs::create_symlink("loop", data + "/loop", ignored);
  fs::create_symlink("nothing", data + "/dangling", ignored);
  ::mkfifo((data + "/fifo").c_str(), 0666);
  for (const char* open : {"", "/directory", "/directory/deep"}) {
    ::chmod((data + open).c_str(), 0777);
  }
  ::chmod((data + "/file").c_str(), 0666);
  ::chmod((data + "/program.wasm").c_str(), 0777);
  ::chmod((data + "/script").c_str(), 0777);
  // What only the sandbox keeps the guest from.
  ::chmod((root_ + "/ro").c_str(), 0777);
  ::chmod((root_ + "/ro/file").c_str(), 0666);
  ::chmod((root_ + "/outside").c_str(), 0777);
  ::chmod((root_ + "/outside/sentinel").c_str(), 0666);
  ::chmod(root_.c_str(), 0777);
  if (::getuid() == 0) {
    constexpr uid_t kNobody = 65534;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      (void)!::lchown(entry.path().c_str(), kNobody, kNobody);
    }
  }
  fingerprint_ = Fingerprint();
}

// `data` is the guest's: only that it is there.
std::string HostTree::Fingerprint() const {
  std::string text;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(root_, gone)) {
    text += entry.path().string() + "\n";
  }
  for (const char* kept : {"/ro", "/outside"}) {
    text += Describe(root_ + kept);
    for (const auto& entry :
         fs::recursive_directory_iterator(root_ + kept, gone)) {
      text += Describe(entry.path()) + Read(entry.path());
    }
  }
  return text;
}

std::string HostTree::FindChange() const {
  const std::string now = Fingerprint();
  if (now == fingerprint_) return "";
  return "changed outside of the grant:\n" + fingerprint_ + "now\n" + now;
}

}  // namespace slipway::sys::fuzzing
