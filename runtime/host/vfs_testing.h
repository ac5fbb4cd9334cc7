// A guest's file system over a temporary host directory, for tests.

#ifndef SLIPWAY_RUNTIME_HOST_VFS_TESTING_H_
#define SLIPWAY_RUNTIME_HOST_VFS_TESTING_H_

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/process.h"
#include "runtime/host/vfs.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {

class VfsTest : public ::testing::Test {
 protected:
  VfsTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "vfsXXXXXX").string();
    root_ = ::mkdtemp(name.data());
    start_.executable = "/bin/a-rather-long-name";
    start_.arguments = {"prog", "-x"};
    policy_.on_denial = [this](const sandbox::Denial& denial) {
      denials_.emplace_back(denial.object, denial.option);
    };
  }
  ~VfsTest() override {
    (void)files_.CloseRange(0, ~0u, 0).ok();
    vfs_.reset();
    std::filesystem::remove_all(root_);
  }

  std::string Host(const std::string& path) const { return root_ + "/" + path; }
  void MakeDir(const std::string& path) {
    std::filesystem::create_directories(Host(path));
  }
  void MakeFile(const std::string& path, const std::string& content = "x") {
    std::ofstream(Host(path)) << content;
  }
  void MakeLink(const std::string& path, const std::string& target) {
    std::filesystem::create_symlink(target, Host(path));
  }
  // Grants the host directory `path` as `guest`. Before Start().
  void Grant(const std::string& path, const std::string& guest,
             bool read_only = false) {
    MakeDir(path);
    policy_.mounts.push_back({Host(path), guest, read_only});
  }
  void Start() {
    auto vfs = Vfs::Create(policy_, files_, start_, GuestMemory());
    ASSERT_TRUE(vfs.ok()) << vfs.status().ToString();
    vfs_ = *std::move(vfs);
  }

  static PathArg At(const std::string& path) { return {{AT_FDCWD}, path}; }
  // The guest's new descriptor, or -errno.
  int Open(const std::string& path, int flags = O_RDONLY, int mode = 0644) {
    return OpenAt({AT_FDCWD}, path, flags, mode);
  }
  int OpenAt(GuestFd directory, const std::string& path, int flags = O_RDONLY,
             int mode = 0644) {
    auto opened = vfs_->Open({directory, path}, flags, mode);
    if (!opened.ok()) return -opened.error().code;
    auto fd = files_.Adopt(opened->fd.Release(), opened->descriptor);
    return fd.ok() ? static_cast<int>(*fd) : -fd.error().code;
  }
  // The content of a guest file; "error N" when it cannot be opened.
  std::string Read(const std::string& path) {
    const int fd = Open(path);
    if (fd < 0) return "error " + std::to_string(-fd);
    std::string content;
    char buffer[4096];
    for (ssize_t got; (got = ::read(fd, buffer, sizeof(buffer))) > 0;) {
      content.append(buffer, static_cast<size_t>(got));
    }
    (void)files_.Close({fd}).ok();
    return content;
  }

  std::string root_;
  StartInfo start_;
  sandbox::Policy policy_;
  DescriptorTable files_;
  std::unique_ptr<Vfs> vfs_;
  std::vector<std::pair<std::string, std::string>> denials_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_VFS_TESTING_H_
