#include "runtime/host/vfs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/host/openat2.h"
#include "runtime/host/terminals.h"
#include "runtime/host/vfs_internal.h"

namespace slipway::host {
namespace {

// Splits "a/b//" into "a/", "b" and whether there were slashes at the end.
struct SplitPath {
  std::string parent;  // "" when there is no slash before the name
  std::string name;    // "" for "/"
  bool trailing_slash;
};

SplitPath Split(std::string_view path) {
  const size_t end = path.find_last_not_of('/') + 1;  // 0 for "///"
  if (end == 0) return {"/", "", true};
  const size_t slash = path.rfind('/', end - 1);
  const size_t start = slash == path.npos ? 0 : slash + 1;
  return {std::string(path.substr(0, start)),
          std::string(path.substr(start, end - start)), end < path.size()};
}

// What the policy and the program itself add to the synthetic files. The texts
// are the policy's and the start info's.
std::vector<SyntheticFile> OwnFiles(const sandbox::Policy& policy,
                                    const StartInfo& start) {
  using Kind = SyntheticFile::Kind;
  std::vector<SyntheticFile> files;
  if (start.own_fd >= 0) {
    files.push_back({.path = start.own_file.c_str(),
                     .kind = Kind::kHost,
                     .text = start.own_link.c_str(),
                     .executable = true});
  }
  for (const sandbox::HostProgram& program : policy.programs) {
    files.push_back({.path = program.guest_path.c_str(),
                     .kind = Kind::kProgram,
                     .text = program.host_path.c_str()});
  }
  return files;
}

// The kernel alone cannot answer: the path leaves the mount, or a rename came
// in between.
bool NeedsWalk(int64_t result) { return result == -EXDEV || result == -EAGAIN; }

}  // namespace

Vfs::Vfs(const sandbox::Policy& policy, DescriptorTable& files,
         const StartInfo& start, GuestMemory memory, Mounts mounts,
         const AddressSpace* address_space, PidRegistry* processes)
    : policy_(policy),
      files_(files),
      context_{.policy = policy,
               .start = start,
               .memory = memory,
               .files = files,
               .mounts = mounts_,
               .address_space = address_space,
               .processes = processes},
      mounts_(std::move(mounts)),
      own_files_(OwnFiles(policy, start)),
      tree_(mounts_, own_files_),
      resolver_(mounts_, tree_, files_, context_),
      cwd_(mounts_, files_) {}

absl::StatusOr<std::unique_ptr<Vfs>> Vfs::Create(
    const sandbox::Policy& policy, DescriptorTable& files,
    const StartInfo& start, GuestMemory memory,
    const AddressSpace* address_space, PidRegistry* processes) {
  absl::StatusOr<Mounts> mounts = Mounts::Open(policy, files);
  if (!mounts.ok()) return mounts.status();
  std::unique_ptr<Vfs> vfs(new Vfs(policy, files, start, memory,
                                   *std::move(mounts), address_space,
                                   processes));
  const SysStatus entered = vfs->ChangeDirectory({{AT_FDCWD}, policy.cwd});
  if (!entered.ok()) {
    return absl::ErrnoToStatus(entered.error().code,
                               absl::StrCat("--cwd ", policy.cwd));
  }
  return vfs;
}

SysResult<Vfs::Base> Vfs::FindBase(const PathArg& path) const {
  if (path.path.empty()) return Errno{ENOENT};
  if (path.path.front() == '/') return Base();
  return DirectoryBase(path.directory);
}

SysResult<Vfs::Base> Vfs::DirectoryBase(GuestFd directory) const {
  Base base;
  if (directory.number == AT_FDCWD) {
    const WorkingDirectory::Place place = cwd_.Get();
    base.fd = place.fd;
    base.mount = place.mount;
    base.node = place.node;
    return base;
  }
  if (!files_.is_shared()) {
    const SysResult<Descriptor> known = files_.Find(directory);
    if (known.ok() && known->kind == FdKind::kDirectory) {
      base.mount = known->node;
      base.fd = directory.number;
      return base;
    }
  }
  SLIPWAY_TRY(PinnedFd pinned, files_.PinDirectory(directory));
  base.node = pinned.descriptor.node;
  if (!pinned.fd.valid()) return base;
  base.mount = pinned.descriptor.node;
  base.fd = pinned.fd.get();
  base.pin = std::move(pinned.fd);
  return base;
}

SysResult<Target> Vfs::Walk(const Base& base, std::string_view path,
                            Resolution how) const {
  std::string directory;
  how.base_fd = base.fd;
  if (path.front() != '/' || how.Has(RESOLVE_IN_ROOT)) {
    if (base.mount) {
      SLIPWAY_TRY(directory, mounts_.GuestPathOf(base.fd, *base.mount));
    } else {
      directory = tree_.PathOf(base.node);
    }
  }
  std::string unmounted;
  auto target = resolver_.Resolve(directory, path, how, &unmounted);
  if (!target.ok() && !unmounted.empty()) {
    return NoteUnmounted(unmounted, target.error().code);
  }
  return target;
}

std::optional<Vfs::Direct> Vfs::FindDirect(const Base& base,
                                           const PathText& path) const {
  const bool absolute = path.front() == '/';
  if (!absolute && !base.mount) return std::nullopt;
  const auto direct =
      absolute ? tree_.FindDirect(path) : tree_.FindDirect(*base.mount, path);
  if (!direct) return std::nullopt;
  return Direct{absolute ? mounts_[direct->mount].root.get() : base.fd,
                direct->mount, direct->rest.empty() ? "." : direct->rest.data(),
                direct->only_downward};
}

// In directories of our own a process that changes directory meanwhile, or
// another of its threads, is met before or after that, as on Linux.
DirectoryFd Vfs::DirectoryOf(Base base, const Direct& direct) {
  if (direct.fd == base.pin.get()) return DirectoryFd(std::move(base.pin));
  return DirectoryFd::Lasting(direct.fd);
}

std::optional<Downward> Vfs::FindDownward(const PathArg& path) const {
  if (path.path.front() == '/' && TerminalNumber(path.path)) {
    return std::nullopt;
  }
  SysResult<Base> base = FindBase(path);
  if (!base.ok()) return std::nullopt;
  const std::optional<Direct> direct = FindDirect(*base, path.path);
  if (!direct) return std::nullopt;
  const bool is_one_name = direct->IsOneName();
  if (!is_one_name && !direct->IsDownward()) return std::nullopt;
  return Downward{DirectoryOf(std::move(*base), *direct), direct->path,
                  DescriptorIn(direct->mount, FdKind::kFile), is_one_name};
}

std::optional<Downward> Vfs::FindOneName(const PathArg& path) const {
  std::optional<Downward> entry = FindDownward(path);
  if (entry && !entry->is_one_name) return std::nullopt;
  return entry;
}

SysResult<Located> Vfs::Locate(const PathArg& path, Follow follow) {
  if (const std::optional<int> terminal = TerminalNumber(path.path)) {
    SLIPWAY_TRY(Opened opened, OpenTerminal(*terminal, O_RDWR | O_NOCTTY));
    return Located{std::move(opened.fd), opened.descriptor};
  }
  SLIPWAY_TRY(const Base base, FindBase(path));
  if (const auto direct = FindDirect(base, path.path)) {
    const uint32_t flags =
        O_PATH | O_CLOEXEC | (follow == Follow::kNo ? O_NOFOLLOW : 0);
    const int64_t fd = direct->Open(direct->path, OpenHow(flags, 0));
    if (!NeedsWalk(fd)) {
      SLIPWAY_TRY(const int64_t opened, FromKernel(fd));
      return Located{OwnedFd(static_cast<int>(opened)),
                     DescriptorIn(direct->mount, FdKind::kFile)};
    }
  }
  SLIPWAY_TRY(Target target, Walk(base, path.path, {follow}));
  return FromTarget(std::move(target));
}

SysResult<Located> Vfs::FromTarget(Target target) const {
  Located located;
  if (target.link_fd >= 0) {
    located.link_fd = target.link_fd;
    SLIPWAY_TRY(located.descriptor, files_.Find(GuestFd{target.link_fd}));
    return located;
  }
  if (target.node) {
    located.descriptor = {FdKind::kSynthetic, true, *target.node};
    return located;
  }
  const WalkDirectory& directory = target.directory;
  if (target.name.empty() && !directory.mount) {
    located.descriptor = {FdKind::kVirtualDirectory, true, *directory.node};
    return located;
  }
  if (target.name.empty()) {
    target.object =
        OwnedFd(::openat(directory.fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!target.object.valid()) return Errno::Last();
  }
  if (!directory.mount) return NoteUnmounted(target.guest_path, ENOENT);
  if (!target.object.valid()) return Errno{ENOENT};
  located.fd = std::move(target.object);
  located.descriptor = DescriptorIn(*directory.mount, FdKind::kFile);
  return located;
}

SysResult<Place> Vfs::LocateEntry(const PathArg& path, EntryUse use) {
  SLIPWAY_TRY(Base base, FindBase(path));
  const SplitPath split = Split(path.path);
  Place place;
  place.name = split.name;
  place.trailing_slash = split.trailing_slash;
  const bool plain =
      split.name != "." && split.name != ".." && !split.name.empty();
  const auto direct = FindDirect(base, path.path);
  if (direct && direct->IsOneName()) {
    place.mount = direct->mount;
    place.directory = DirectoryOf(std::move(base), *direct);
    return place;
  }
  if (plain && direct && std::string_view(direct->path) != ".") {
    const std::string parent = Split(direct->path).parent;
    const int64_t fd =
        direct->Open(parent.empty() ? "." : parent.c_str(),
                     OpenHow(O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
    if (!NeedsWalk(fd)) {
      SLIPWAY_TRY(const int64_t opened, FromKernel(fd));
      place.directory = OwnedFd(static_cast<int>(opened));
      place.mount = direct->mount;
      return place;
    }
  }
  const std::string entry =
      split.name.empty() ? "/" : split.parent + split.name;
  SLIPWAY_TRY(Target target, Walk(base, entry, {Follow::kNo}));
  return EntryAt(std::move(target), std::move(place), use);
}

SysResult<Place> Vfs::EntryAt(Target target, Place place, EntryUse use) const {
  const bool creates = use == EntryUse::kCreate;
  if (target.is_directory_itself()) {
    if (creates) return Errno{EEXIST};
    return Errno{place.name == "." ? EINVAL : EBUSY};
  }
  if (target.node || target.link_fd >= 0) {
    return Errno{creates ? EEXIST : EACCES};
  }
  WalkDirectory& directory = target.directory;
  if (!directory.mount) {
    return NoteUnmounted(target.guest_path, creates ? EACCES : ENOENT);
  }
  place.mount = *directory.mount;
  place.directory = directory.owned.valid()
                        ? DirectoryFd(std::move(directory.owned))
                        : DirectoryFd::Lasting(directory.fd);
  return place;
}

SysStatus Vfs::CheckWritable(const Place& place) const {
  if (mounts_[place.mount].read_only) return NoteReadOnly(place.mount);
  return Done{};
}

SysStatus Vfs::CheckCreatable(const Place& place) const {
  if (!mounts_[place.mount].read_only) return Done{};
  struct stat st;
  if (::fstatat(place.directory.get(), place.name.c_str(), &st,
                AT_SYMLINK_NOFOLLOW) == 0) {
    return Errno{EEXIST};
  }
  return NoteReadOnly(place.mount);
}

SysStatus Vfs::CheckWritable(Descriptor descriptor) const {
  if (!descriptor.read_only) return Done{};
  const bool mounted =
      descriptor.kind == FdKind::kFile || descriptor.kind == FdKind::kDirectory;
  if (!mounted || descriptor.node == Descriptor::kNoNode) return Errno{EROFS};
  return NoteReadOnly(descriptor.node);
}

SysStatus Vfs::ChangeDirectory(const PathArg& path) {
  SLIPWAY_TRY(const Located located, Locate(path, Follow::kYes));
  if (located.link_fd >= 0) return ChangeDirectory(GuestFd{located.link_fd});
  if (located.descriptor.kind == FdKind::kVirtualDirectory) {
    cwd_.SetVirtual(located.descriptor.node);
    return Done{};
  }
  if (!located.is_real()) return Errno{ENOTDIR};
  return EnterDirectory(located.fd.get(), located.descriptor.node);
}

SysStatus Vfs::ChangeDirectory(GuestFd fd) {
  SLIPWAY_TRY(const PinnedFd pinned, files_.PinDirectory(fd));
  if (!pinned.fd.valid()) {
    cwd_.SetVirtual(pinned.descriptor.node);
    return Done{};
  }
  return EnterDirectory(pinned.fd.get(), pinned.descriptor.node);
}

SysStatus Vfs::EnterDirectory(int fd, uint16_t mount) {
  // Opening "." checks that it is a directory, and search permission.
  const OwnedFd directory(::openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return Errno::Last();
  return cwd_.Set(mount, directory.get());
}

SysStatus Vfs::RestoreDirectory(const WorkingDirectory::Place& place) {
  if (place.mount) return cwd_.Set(*place.mount, place.fd);
  cwd_.SetVirtual(place.node);
  return Done{};
}

SysResult<std::string> Vfs::CurrentDirectory() const {
  const WorkingDirectory::Place place = cwd_.Get();
  if (!place.mount) return tree_.PathOf(place.node);
  return mounts_.GuestPathOf(place.fd, *place.mount);
}

Descriptor Vfs::DescriptorIn(uint16_t mount, FdKind kind) const {
  return {kind, mounts_[mount].read_only, mount};
}

Errno Vfs::NoteUnmounted(const std::string& path, int error) const {
  const size_t slash = path.rfind('/');
  const std::string parent = slash == 0 ? "/" : path.substr(0, slash);
  policy_.NoteDenial(path, absl::StrCat("--dir HOST::", parent));
  return Errno{error};
}

Errno Vfs::NoteReadOnly(uint16_t mount) const {
  const std::string& path = mounts_[mount].guest_path;
  policy_.NoteDenial(absl::StrCat("writing to ", path),
                     absl::StrCat("--dir HOST::", path, " without :ro"));
  return Errno{EROFS};
}

}  // namespace slipway::host
