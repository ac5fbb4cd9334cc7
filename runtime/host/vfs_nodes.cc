// What exists only in the VirtualTree: opening, listing, stat, readlink.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "runtime/host/memory_file.h"
#include "runtime/host/pid_registry.h"
#include "runtime/host/proc_files.h"
#include "runtime/host/vfs.h"
#include "runtime/host/vfs_internal.h"

namespace slipway::host {
namespace {

using Kind = SyntheticFile::Kind;

constexpr uint64_t kFirstInode = 2;         // the root's
constexpr uint64_t kFirstNumber = 1 << 17;  // above those of all nodes

uint8_t TypeOf(const VirtualNode& node) {
  if (node.is_directory()) return DT_DIR;
  return node.is_link() ? DT_LNK : DT_REG;
}

SysResult<std::string> Content(const SyntheticFile& file,
                               const SyntheticContext& context) {
  if (file.generate == nullptr) return std::string(file.text);
  return file.generate(context);
}

}  // namespace

SysResult<Opened> Vfs::OpenNode(uint16_t node, uint32_t flags, int number) {
  const VirtualNode& entry = tree_[node];
  const bool writes = !(flags & O_PATH) && (flags & O_ACCMODE) != O_RDONLY;
  if (entry.is_directory()) {
    if (writes || (flags & O_CREAT)) return Errno{EISDIR};
    SLIPWAY_TRY(OwnedFd fd, OpenMemoryFile(files_, ListNode(node), flags));
    return Opened{std::move(fd), {FdKind::kVirtualDirectory, true, node}};
  }
  if (entry.is_link()) return Errno{ELOOP};
  if (flags & O_DIRECTORY) return Errno{ENOTDIR};
  const SyntheticFile& file = *entry.file;
  if (writes && !file.writable) return Errno{EACCES};
  if (file.kind == Kind::kProgram) return Errno{EACCES};
  if (file.kind == Kind::kHost) {
    const int kept = flags & ~(O_CREAT | O_EXCL | O_TRUNC);
    OwnedFd fd(::open(file.text, kept));
    if (!fd.valid()) return Errno::Last();
    return Opened{std::move(fd), {FdKind::kFile, true, Descriptor::kNoNode}};
  }
  SyntheticContext context = context_;
  context.number = number;
  SLIPWAY_TRY(const std::string content, Content(file, context));
  SLIPWAY_TRY(OwnedFd fd, OpenMemoryFile(files_, content, flags));
  return Opened{std::move(fd), {FdKind::kSynthetic, true, node}};
}

// What depends on a number is as it was when it was opened.
SysStatus Vfs::Refresh(GuestFd fd, Descriptor descriptor) const {
  const VirtualNode& entry = tree_[descriptor.node];
  if (entry.is_directory()) {
    return ReplaceMemoryFile(files_, fd.number, ListNode(descriptor.node));
  }
  const bool numbered =
      entry.is_template() || tree_[entry.parent].is_template();
  if (entry.file->generate == nullptr || numbered) return Done{};
  SLIPWAY_TRY(const std::string content, Content(*entry.file, context_));
  return ReplaceMemoryFile(files_, fd.number, content);
}

// That a template stands for.
std::vector<int> Vfs::NumbersOf(uint16_t node) const {
  std::vector<int> numbers;
  const std::string& kind = tree_[node].name;
  if (kind == "[fd]") {
    files_.ForEach([&numbers](int fd, Descriptor) { numbers.push_back(fd); });
  } else if (kind == "[tid]") {
    numbers = OwnThreads();
  } else if (context_.processes != nullptr) {
    context_.processes->ForEach([&](int pid) { numbers.push_back(pid); });
  }
  return numbers;
}

std::string Vfs::ListNode(uint16_t node) const {
  std::string listing;
  const VirtualNode& entry = tree_[node];
  AppendDirent(listing, ".", kFirstInode + node, DT_DIR);
  AppendDirent(listing, "..", kFirstInode + entry.parent, DT_DIR);
  for (uint16_t child : entry.children) {
    if (tree_[child].is_template()) {
      for (const int number : NumbersOf(child)) {
        AppendDirent(listing, std::to_string(number), kFirstNumber + number,
                     TypeOf(tree_[child]));
      }
      continue;
    }
    AppendDirent(listing, tree_[child].name, kFirstInode + child,
                 TypeOf(tree_[child]));
  }
  if (entry.file != nullptr && entry.file->kind == Kind::kFdLinks) {
    files_.ForEach([&listing](int fd, Descriptor) {
      AppendDirent(listing, std::to_string(fd), fd + 1000, DT_LNK);
    });
  }
  return listing;
}

struct stat Vfs::StatNode(uint16_t node) const {
  const VirtualNode& entry = tree_[node];
  struct stat st{};
  const bool hosts =
      entry.file != nullptr &&
      (entry.file->kind == Kind::kHost || entry.file->kind == Kind::kProgram);
  if (hosts && ::stat(entry.file->text, &st) == 0) {
    if (entry.file->executable) st.st_mode |= 0555;
    return st;
  }
  st = {};
  st.st_ino = kFirstInode + node;
  st.st_nlink = 1;
  st.st_blksize = 4096;
  if (entry.is_directory()) {
    st.st_mode = S_IFDIR | 0555;
    st.st_nlink = 2;
  } else if (entry.is_link()) {
    st.st_mode = S_IFLNK | 0777;
  } else {
    st.st_mode = S_IFREG | 0444;
    if (tree_.IsInProc(node)) return st;  // as on Linux: not known before
    if (auto content = Content(*entry.file, context_); content.ok()) {
      st.st_size = static_cast<off_t>(content->size());
    }
  }
  return st;
}

SysResult<std::string> Vfs::ReadLink(const Located& object) const {
  if (object.link_fd >= 0) {
    return resolver_.DescriptorPath(GuestFd{object.link_fd});
  }
  if (!object.is_real()) {
    const uint16_t node = object.descriptor.node;
    if (!tree_[node].is_link()) return Errno{EINVAL};
    return resolver_.LinkText(node);
  }
  struct stat st;
  if (::fstat(object.fd.get(), &st) != 0) return Errno::Last();
  if (!S_ISLNK(st.st_mode)) return Errno{EINVAL};
  char text[4096];
  const ssize_t size = ::readlinkat(object.fd.get(), "", text, sizeof(text));
  if (size < 0) return Errno::Last();
  return std::string(text, static_cast<size_t>(size));
}

}  // namespace slipway::host
