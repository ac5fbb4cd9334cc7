// The part of the guest's file system that exists only here: the directories
// that lead to mount points and synthetic files, and those files. Everything
// below a mount point is the host's.
//
// Nodes are numbers; 0 is the root, "/". Immutable after construction, and so
// thread-safe.

#ifndef SLIPWAY_RUNTIME_HOST_VIRTUAL_TREE_H_
#define SLIPWAY_RUNTIME_HOST_VIRTUAL_TREE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/host/mounts.h"
#include "runtime/host/synthetic_files.h"

namespace slipway::host {

struct VirtualNode {
  std::string name;
  uint16_t parent = 0;
  std::optional<uint16_t> mount;        // the node is that mount's root
  const SyntheticFile* file = nullptr;  // null: a directory
  // What the mount that contains this directory holds here stays hidden:
  // directories of synthetic files.
  bool opaque = false;
  std::vector<uint16_t> children;

  bool is_directory() const {
    return file == nullptr || file->kind == SyntheticFile::Kind::kFdLinks;
  }
  // Stands for all numbers of a kind: "[pid]", "[tid]", "[fd]".
  bool is_template() const { return name.starts_with('['); }
  bool is_link() const {
    return file != nullptr && file->kind == SyntheticFile::Kind::kLink;
  }
};

class VirtualTree {
 public:
  static constexpr uint16_t kRoot = 0;

  // `own` are further files: they must outlive the tree, and win over mounts.
  VirtualTree(const Mounts& mounts, std::span<const SyntheticFile> own);

  const VirtualNode& operator[](uint16_t node) const { return nodes_[node]; }
  // The child of that name; /proc/PID is /proc/self for the caller's own pid. A
  // number that is no child's name is the template's, whatever it stands for.
  std::optional<uint16_t> Child(uint16_t node, std::string_view name) const;
  std::string PathOf(uint16_t node) const;

  // Whether it lies in the guest's /proc.
  bool IsInProc(uint16_t node) const;

  // The mount that a path leads into, and the rest of the path: the case where
  // the kernel can resolve all of it at once, as nothing virtual is on the way.
  struct Direct {
    uint16_t mount;
    // The path's end: "" for the mount's root; no leading slash.
    std::string_view rest;
    // There is something virtual elsewhere in the mount, where symbolic links
    // or ".." might lead: the kernel must follow none.
    bool only_downward = false;
  };
  // Of an absolute path.
  std::optional<Direct> FindDirect(std::string_view path) const;
  // Of a path relative to any directory of that mount.
  std::optional<Direct> FindDirect(uint16_t mount, std::string_view path) const;

 private:
  uint16_t Add(std::string_view path, bool opaque);
  void CollectCovering();
  std::optional<uint16_t> Named(uint16_t node, std::string_view name) const;
  static bool IsCovered(const SyntheticFile& file, const Mounts& mounts);

  std::vector<VirtualNode> nodes_;
  std::vector<uint16_t> mount_nodes_;  // by mount
  uint16_t proc_ = 0;
  // The names of all children of nodes that are a mount's directory as well: a
  // step by any other name leads from a mount's directory to another.
  std::vector<std::string> covering_names_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_VIRTUAL_TREE_H_
