// Walks a guest path component by component, in the guest's terms. This is the
// slow and complete way; Vfs lets the kernel resolve beneath a single mount
// (openat2 with RESOLVE_BENEATH) where that gives the same answer.
//
// Why nothing escapes: every step opens exactly one name, never "..", never
// with a slash, with O_PATH | O_NOFOLLOW, relative to a directory that the walk
// itself opened, starting at a mount's root. Symbolic links are read from the
// opened inode and interpreted here. `..` goes back to a directory the walk
// came through. Somebody who renames or replaces entries meanwhile changes
// which object is found, never from where.
//
// Descriptors of a walk have low numbers for its duration; the guest cannot
// touch them (DescriptorTable), but a new descriptor of the guest's must be
// opened only after they are moved or closed, to get the lowest free number.

#ifndef SLIPWAY_RUNTIME_HOST_RESOLVER_H_
#define SLIPWAY_RUNTIME_HOST_RESOLVER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/mounts.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/path_arg.h"
#include "runtime/host/sys_result.h"
#include "runtime/host/virtual_tree.h"

namespace slipway::host {

// A directory on the way: in a mount, in the virtual tree, or both (a mount's
// root, and a directory of a mount that has mount points below it).
struct WalkDirectory {
  std::optional<uint16_t> node;
  std::optional<uint16_t> mount;
  int fd = -1;    // O_PATH; valid if and only if `mount` is set
  OwnedFd owned;  // fd, unless it is a mount's root
  std::string name;
};

// Where a path leads.
struct Target {
  // The directory of `name`; the object itself when name is empty.
  WalkDirectory directory;
  std::string name;
  bool trailing_slash = false;
  // O_PATH, of the real object at name when there is one. Invalid for an entry
  // that does not exist.
  OwnedFd object;
  bool is_symlink = false;       // object is one
  std::optional<uint16_t> node;  // a synthetic file or link instead
  int link_fd = -1;              // the target of /proc/self/fd/N instead
  int number = 0;                // what stood for a template on the way
  std::string guest_path;        // absolute, of the entry
  bool is_directory_itself() const { return name.empty() && !node; }
};

// How to resolve.
struct Resolution {
  Follow follow = Follow::kYes;
  // RESOLVE_* of openat2(2), meant in the guest's terms: the guest's mounts,
  // root and links. They hold from the base on.
  uint64_t restrictions = 0;
  // The base itself, O_PATH or open, when it is in a mount and there are
  // restrictions: whatever its name leads to meanwhile. Not owned.
  int base_fd = -1;

  bool Has(uint64_t flag) const { return (restrictions & flag) != 0; }
};

class Resolver {
 public:
  Resolver(const Mounts& mounts, const VirtualTree& tree,
           const DescriptorTable& files, const SyntheticContext& context)
      : mounts_(mounts), tree_(tree), files_(files), context_(context) {}

  // Resolves `path`, which is not empty, relative to the guest directory
  // `base` (absolute). A last component that does not exist is a Target whose
  // object is invalid. ENOENT, ENOTDIR, ELOOP, EACCES and what the kernel
  // reports. When something in the middle is missing because nothing is
  // mounted there, *unmounted receives the guest path that would have to be.
  // With restrictions also EXDEV, ELOOP and EAGAIN, as openat2(2) has them.
  SysResult<Target> Resolve(std::string_view base, std::string_view path,
                            const Resolution& how,
                            std::string* unmounted) const;

  // Whether that number exists among those that a template stands for.
  bool Exists(uint16_t node, int number) const;
  // The text of a synthetic link.
  SysResult<std::string> LinkText(uint16_t node) const;
  // The guest's path of one of its descriptors; for what has none, the name
  // that the kernel shows ("pipe:[123]").
  SysResult<std::string> DescriptorPath(GuestFd fd) const;

 private:
  class Walk;
  const Mounts& mounts_;
  const VirtualTree& tree_;
  const DescriptorTable& files_;
  const SyntheticContext& context_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_RESOLVER_H_
