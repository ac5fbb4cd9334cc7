#include "runtime/host/resolver.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <utility>

#include "runtime/host/pid_registry.h"

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

// Opens one name, not following it. `cached`: only if the kernel can tell
// without waiting for a disk; else EAGAIN.
int OpenStep(int directory, const std::string& name, bool cached) {
  constexpr int kFlags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
  if (!cached) return ::openat(directory, name.c_str(), kFlags);
  open_how how{};
  how.flags = kFlags;
  how.resolve = RESOLVE_CACHED;
  return static_cast<int>(
      ::syscall(SYS_openat2, directory, name.c_str(), &how, sizeof(how)));
}

// Which of the host's mounts a file is on.
SysResult<uint64_t> HostMountOf(int fd) {
  struct statx st;
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) != 0) {
    return Errno::Last();
  }
  return uint64_t{st.stx_mnt_id};
}

}  // namespace

// One resolution in progress. `pending_` holds the components still to go, the
// next one last; `directories_` the way from the root to the current one.
class Resolver::Walk {
 public:
  Walk(const Resolver& resolver, const Resolution& how, std::string* unmounted)
      : resolver_(resolver), how_(how), unmounted_(unmounted) {
    ToRoot();
  }

  // Goes to the base and lets the restrictions hold from here on. `base` is
  // absolute; the root when the path is.
  SysStatus StartAt(std::string_view base) {
    const uint64_t restrictions = std::exchange(how_.restrictions, 0);
    Prepend(std::string(base) + "/.");  // the last name is a directory as well
    while (!pending_.empty()) {
      SLIPWAY_TRY(const std::optional<Target> target, Next());
      if (target) return Errno{ENOENT};
    }
    if (current().mount && how_.base_fd >= 0) {
      current().fd = how_.base_fd;
      current().owned = OwnedFd();
    }
    trailing_slash_ = false;
    how_.restrictions = restrictions;
    if (how_.Has(RESOLVE_BENEATH | RESOLVE_IN_ROOT)) {
      scope_ = directories_.size();
    }
    return Done{};
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
    if (path.front() != '/') return;
    if (scope_ == 0) {
      ToRoot();
    } else {
      directories_.erase(directories_.begin() + static_cast<ptrdiff_t>(scope_),
                         directories_.end());
    }
  }

  SysResult<Target> Run() {
    while (!pending_.empty()) {
      SLIPWAY_TRY(std::optional<Target> target, Next());
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

  // Takes the next component.
  Result Next() {
    const std::string name = std::move(pending_.back());
    pending_.pop_back();
    if (name == ".") return std::optional<Target>();
    if (name == "..") return ToParent();
    return Step(name);
  }

  Result ToParent() {
    if (directories_.size() == scope_) {
      if (how_.Has(RESOLVE_BENEATH)) return Errno{EXDEV};
    } else if (directories_.size() > 1) {
      const WalkDirectory child = std::move(current());
      directories_.pop_back();
      SLIPWAY_CHECK_OK(CheckSameMount(child, current()));
    }
    return std::optional<Target>();
  }

  // RESOLVE_NO_XDEV: EXDEV for a step from one mount into another, the guest's
  // as well as the host's.
  SysStatus CheckSameMount(const WalkDirectory& from,
                           const WalkDirectory& to) const {
    if (!how_.Has(RESOLVE_NO_XDEV)) return Done{};
    if (from.mount != to.mount) return Errno{EXDEV};
    return to.mount ? CheckSameHostMount(from.fd, to.fd) : Done{};
  }
  static SysStatus CheckSameHostMount(int from, int to) {
    SLIPWAY_TRY(const uint64_t one, HostMountOf(from));
    SLIPWAY_TRY(const uint64_t other, HostMountOf(to));
    if (one != other) return Errno{EXDEV};
    return Done{};
  }

  // Whether a link that is no text, but leads to an object, may be followed.
  SysStatus CheckMagicLink() const {
    if (how_.Has(RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS)) {
      return Errno{ELOOP};
    }
    if (how_.Has(RESOLVE_NO_XDEV) || scope_ != 0) return Errno{EXDEV};
    return Done{};
  }

  WalkDirectory& current() { return directories_.back(); }
  bool is_last() const { return pending_.empty(); }
  bool follows() const {
    return !is_last() || trailing_slash_ || how_.follow == Follow::kYes;
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
    target.number = number_;
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
    if (how_.Has(RESOLVE_NO_SYMLINKS)) return Errno{ELOOP};
    const bool absolute = text.front() == '/';
    if (absolute && how_.Has(RESOLVE_BENEATH)) return Errno{EXDEV};
    if (absolute && how_.Has(RESOLVE_NO_XDEV) && scope_ == 0) {
      SLIPWAY_CHECK_OK(CheckSameMount(current(), directories_.front()));
    }
    Prepend(text);
    return std::optional<Target>();
  }

  Result StepVirtual(const std::string& name, uint16_t child) {
    const VirtualNode& node = resolver_.tree_[child];
    if (node.is_template()) {
      const std::optional<int> number = ParseNumber(name);
      if (!number || !resolver_.Exists(child, *number)) return Missing(name);
      number_ = *number;
    }
    if (node.is_directory()) {
      Enter(child, name);
      SLIPWAY_CHECK_OK(
          CheckSameMount(directories_[directories_.size() - 2], current()));
      return std::optional<Target>();
    }
    if (node.is_link() && follows()) {
      const bool magic = node.file->generate != nullptr;
      if (magic) SLIPWAY_CHECK_OK(CheckMagicLink());
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
    if (follows()) SLIPWAY_CHECK_OK(CheckMagicLink());
    if (is_last() && !trailing_slash_) {
      Target target = At(name);
      target.link_fd = *number;
      return std::optional<Target>(std::move(target));
    }
    if (!descriptor->may_be_directory()) return Errno{ENOTDIR};
    SLIPWAY_TRY(const std::string path,
                resolver_.DescriptorPath(GuestFd{*number}));
    return Expand(path);
  }

  Result StepReal(const std::string& name) {
    OwnedFd object(OpenStep(current().fd, name, how_.Has(RESOLVE_CACHED)));
    if (!object.valid()) {
      if (errno != ENOENT || !is_last()) return Errno::Last();
      return std::optional<Target>(At(name));
    }
    if (how_.Has(RESOLVE_NO_XDEV)) {
      SLIPWAY_CHECK_OK(CheckSameHostMount(current().fd, object.get()));
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
  Resolution how_;
  std::string* const unmounted_;
  std::vector<WalkDirectory> directories_;
  std::vector<std::string> pending_;
  bool trailing_slash_ = false;
  int links_ = 0;
  int number_ = 0;
  // How many of directories_ the walk cannot leave, the last of them being the
  // directory that it is confined to; 0 when it is not.
  size_t scope_ = 0;
};

SysResult<Target> Resolver::Resolve(std::string_view base,
                                    std::string_view path,
                                    const Resolution& how,
                                    std::string* unmounted) const {
  if (path.empty()) return Errno{ENOENT};
  const bool absolute = path.front() == '/';
  if (absolute && how.Has(RESOLVE_BENEATH)) return Errno{EXDEV};
  Walk walk(*this, how, unmounted);
  if (how.restrictions != 0) {
    const bool from_root = absolute && !how.Has(RESOLVE_IN_ROOT);
    SLIPWAY_CHECK_OK(walk.StartAt(from_root ? "" : base));
    walk.Prepend(path);
  } else {
    walk.Prepend(path);
    if (!absolute) walk.Prepend(base);
  }
  return walk.Run();
}

bool Resolver::Exists(uint16_t node, int number) const {
  const std::string& kind = tree_[node].name;
  if (kind == "[fd]") return files_.Find(GuestFd{number}).ok();
  if (kind == "[tid]") {
    const std::string path = "/proc/self/task/" + std::to_string(number);
    return ::access(path.c_str(), F_OK) == 0;
  }
  return context_.processes != nullptr && context_.processes->Contains(number);
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
