#include "runtime/host/resolver.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <utility>

namespace slipway::host {
namespace {

constexpr int kMaxLinks = 40;  // as Linux

SysResult<std::string> ReadOpenLink(int fd) {
  char text[PATH_MAX];
  const ssize_t size = ::readlinkat(fd, "", text, sizeof(text));
  if (size < 0) return Errno::Last();
  if (size == 0) return Errno{ENOENT};
  return std::string(text, static_cast<size_t>(size));
}

std::optional<int> ParseNumber(std::string_view text) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end || number < 0) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

// One resolution in progress. `pending_` holds the components still to go, the
// next one last; `directories_` the way from the root to the current one.
class Resolver::Walk {
 public:
  Walk(const Resolver& resolver, Follow follow, std::string* unmounted)
      : resolver_(resolver), follow_(follow), unmounted_(unmounted) {
    ToRoot();
  }

  // Puts the components of `path` in front of those pending.
  void Prepend(std::string_view path) {
    if (pending_.empty() && path.back() == '/') trailing_slash_ = true;
    for (size_t end = path.size(); end > 0;) {
      const size_t slash = path.rfind('/', end - 1);
      const size_t start = slash == path.npos ? 0 : slash + 1;
      if (start < end) pending_.emplace_back(path.substr(start, end - start));
      end = slash == path.npos ? 0 : slash;
    }
    if (path.front() == '/') ToRoot();
  }

  SysResult<Target> Run() {
    while (!pending_.empty()) {
      const std::string name = std::move(pending_.back());
      pending_.pop_back();
      if (name == ".") continue;
      if (name == "..") {
        if (directories_.size() > 1) directories_.pop_back();
        continue;
      }
      SLIPWAY_TRY(std::optional<Target> target, Step(name));
      if (target) return std::move(*target);
    }
    Target target;
    target.guest_path = Path("");
    target.directory = std::move(directories_.back());
    return target;
  }

 private:
  using Result = SysResult<std::optional<Target>>;

  void ToRoot() {
    directories_.clear();
    Enter(VirtualTree::kRoot, "");
  }

  WalkDirectory& current() { return directories_.back(); }
  bool is_last() const { return pending_.empty(); }
  bool follows() const {
    return !is_last() || trailing_slash_ || follow_ == Follow::kYes;
  }

  std::string Path(std::string_view last) const {
    std::string path;
    for (const WalkDirectory& directory : directories_) {
      if (!directory.name.empty()) path += "/" + directory.name;
    }
    if (!last.empty()) path.append("/").append(last);
    return path.empty() ? "/" : path;
  }

  Target At(std::string name) {
    Target target;
    target.guest_path = Path(name);
    target.directory = std::move(current());
    target.name = std::move(name);
    target.trailing_slash = trailing_slash_;
    return target;
  }

  // Looks up one name: nothing when the walk goes on.
  Result Step(const std::string& name) {
    if (current().node) {
      const VirtualNode& node = resolver_.tree_[*current().node];
      if (node.file != nullptr) return StepDescriptor(name);
      const auto child = resolver_.tree_.Child(*current().node, name);
      if (child) return StepVirtual(name, *child);
    }
    return current().mount ? StepReal(name) : Missing(name);
  }

  Result Missing(const std::string& name) {
    if (unmounted_ != nullptr) *unmounted_ = Path(name);
    if (!is_last()) return Errno{ENOENT};
    return std::optional<Target>(At(name));
  }

  Result Expand(std::string_view text) {
    if (++links_ > kMaxLinks) return Errno{ELOOP};
    Prepend(text);
    return std::optional<Target>();
  }

  Result StepVirtual(const std::string& name, uint16_t child) {
    const VirtualNode& node = resolver_.tree_[child];
    if (node.is_directory()) {
      Enter(child, name);
      return std::optional<Target>();
    }
    if (node.is_link() && follows()) {
      SLIPWAY_TRY(const std::string text, resolver_.LinkText(child));
      return Expand(text);
    }
    if (!is_last() || trailing_slash_) return Errno{ENOTDIR};
    Target target = At(name);
    target.node = child;
    return std::optional<Target>(std::move(target));
  }

  // A name in /proc/self/fd. As on Linux it leads to the open file itself when
  // it comes last; further on it is followed by name.
  Result StepDescriptor(const std::string& name) {
    const std::optional<int> number = ParseNumber(name);
    if (!number) return Errno{ENOENT};
    auto descriptor = resolver_.files_.Find(GuestFd{*number});
    if (!descriptor.ok()) return Errno{ENOENT};
    if (is_last() && !trailing_slash_) {
      Target target = At(name);
      target.link_fd = *number;
      return std::optional<Target>(std::move(target));
    }
    if (descriptor->kind != FdKind::kDirectory &&
        descriptor->kind != FdKind::kVirtualDirectory) {
      return Errno{ENOTDIR};
    }
    SLIPWAY_TRY(const std::string path,
                resolver_.DescriptorPath(GuestFd{*number}));
    return Expand(path);
  }

  Result StepReal(const std::string& name) {
    OwnedFd object(::openat(current().fd, name.c_str(),
                            O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!object.valid()) {
      if (errno != ENOENT || !is_last()) return Errno::Last();
      return std::optional<Target>(At(name));
    }
    struct stat st;
    if (::fstat(object.get(), &st) != 0) return Errno::Last();
    if (S_ISLNK(st.st_mode) && follows()) {
      SLIPWAY_TRY(const std::string text, ReadOpenLink(object.get()));
      return Expand(text);
    }
    if (is_last()) {
      if (trailing_slash_ && !S_ISDIR(st.st_mode)) return Errno{ENOTDIR};
      Target target = At(name);
      target.is_symlink = S_ISLNK(st.st_mode);
      target.object = std::move(object);
      return std::optional<Target>(std::move(target));
    }
    if (!S_ISDIR(st.st_mode)) return Errno{ENOTDIR};
    WalkDirectory directory;
    directory.mount = current().mount;
    directory.fd = object.get();
    directory.owned = std::move(object);
    directory.name = name;
    directories_.push_back(std::move(directory));
    return std::optional<Target>();
  }

  // Goes into a virtual directory. What a mount holds at the same place stays
  // reachable, unless the directory is opaque.
  void Enter(uint16_t node, const std::string& name) {
    const VirtualNode& virtual_node = resolver_.tree_[node];
    WalkDirectory directory;
    directory.node = node;
    directory.name = name;
    if (virtual_node.mount) {
      directory.mount = virtual_node.mount;
      directory.fd = resolver_.mounts_[*virtual_node.mount].root.get();
    } else if (!virtual_node.opaque && !directories_.empty() &&
               current().mount) {
      OwnedFd below(::openat(current().fd, name.c_str(),
                             O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
      if (below.valid()) {
        directory.mount = current().mount;
        directory.fd = below.get();
        directory.owned = std::move(below);
      }
    }
    directories_.push_back(std::move(directory));
  }

  const Resolver& resolver_;
  const Follow follow_;
  std::string* const unmounted_;
  std::vector<WalkDirectory> directories_;
  std::vector<std::string> pending_;
  bool trailing_slash_ = false;
  int links_ = 0;
};

SysResult<Target> Resolver::Resolve(std::string_view base,
                                    std::string_view path,
                                    Follow follow,
                                    std::string* unmounted) const {
  if (path.empty()) return Errno{ENOENT};
  Walk walk(*this, follow, unmounted);
  walk.Prepend(path);
  if (path.front() != '/') walk.Prepend(base);
  return walk.Run();
}

SysResult<std::string> Resolver::LinkText(uint16_t node) const {
  const SyntheticFile& file = *tree_[node].file;
  if (file.generate == nullptr) return std::string(file.text);
  return file.generate(context_);
}

SysResult<std::string> Resolver::DescriptorPath(GuestFd fd) const {
  SLIPWAY_TRY(const PinnedFd pinned, files_.Pin(fd));
  const Descriptor descriptor = pinned.descriptor;
  if (descriptor.kind == FdKind::kVirtualDirectory ||
      descriptor.kind == FdKind::kSynthetic) {
    return tree_.PathOf(descriptor.node);
  }
  const bool mounted = (descriptor.kind == FdKind::kFile ||
                        descriptor.kind == FdKind::kDirectory) &&
                       descriptor.node != Descriptor::kNoNode;
  if (mounted) return mounts_.GuestPathOf(pinned.fd.get(), descriptor.node);
  SLIPWAY_TRY(std::string text, ReadFdLink(pinned.fd.get()));
  // A host path is none of the guest's business, but for terminals and other
  // devices, which programs look for by name.
  const bool hidden = text.front() == '/' && text.compare(0, 5, "/dev/") != 0;
  if (hidden) return "/dev/fd/" + std::to_string(fd.number);
  return text;
}

}  // namespace slipway::host
