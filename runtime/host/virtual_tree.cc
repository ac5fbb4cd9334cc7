#include "runtime/host/virtual_tree.h"

#include <unistd.h>

#include <algorithm>

namespace slipway::host {
namespace {

// Takes the next component and the slashes after it.
std::string_view TakeComponent(std::string_view& path) {
  const size_t end = std::min(path.find('/'), path.size());
  const std::string_view component = path.substr(0, end);
  path.remove_prefix(std::min(path.find_first_not_of('/', end), path.size()));
  return component;
}

void DropSlashes(std::string_view& path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
}

bool IsBelow(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.substr(0, directory.size()) == directory &&
         path.substr(directory.size(), 1) == "/";
}

}  // namespace

VirtualTree::VirtualTree(const Mounts& mounts,
                         std::span<const SyntheticFile> own) {
  nodes_.emplace_back();
  for (const SyntheticFile& file : SyntheticFiles()) {
    if (IsCovered(file, mounts)) continue;
    const uint16_t node = Add(file.path, /*opaque=*/!file.fallback);
    nodes_[node].file = &file;
  }
  // After them, so that a mount in /dev does not show what the root's mount has
  // there.
  for (const Mounts::Entry& entry : mounts.entries()) {
    const uint16_t node = Add(entry.guest_path, /*opaque=*/false);
    nodes_[node].mount = static_cast<uint16_t>(mount_nodes_.size());
    mount_nodes_.push_back(node);
  }
  for (const SyntheticFile& file : own) {
    nodes_[Add(file.path, /*opaque=*/false)].file = &file;
  }
  proc_ = Child(kRoot, "proc").value_or(kRoot);
  CollectCovering();
}

void VirtualTree::CollectCovering() {
  for (const VirtualNode& node : nodes_) {
    if (node.opaque && !node.mount) continue;
    for (uint16_t child : node.children) {
      covering_names_.push_back(nodes_[child].name);
    }
  }
}

// A mount says what is at and below its place. Only a granted root does not
// say what /dev and /proc hold: there they are empty, or the host's. Nor does
// one at /dev, which is how a program is given /dev/log, take the devices away.
bool VirtualTree::IsCovered(const SyntheticFile& file, const Mounts& mounts) {
  const auto covers = [&file](const Mounts::Entry& entry) {
    if (entry.guest_path == "/") return file.fallback;
    if (entry.guest_path == file.path) return true;
    return entry.guest_path != "/dev" && IsBelow(file.path, entry.guest_path);
  };
  return std::any_of(mounts.entries().begin(), mounts.entries().end(), covers);
}

uint16_t VirtualTree::Add(std::string_view path, bool opaque) {
  uint16_t node = kRoot;
  DropSlashes(path);
  while (!path.empty()) {
    const std::string_view name = TakeComponent(path);
    std::optional<uint16_t> child = Named(node, name);
    if (!child) {
      child = static_cast<uint16_t>(nodes_.size());
      VirtualNode& added = nodes_.emplace_back();
      added.name = std::string(name);
      added.parent = node;
      added.opaque = opaque;
      nodes_[node].children.push_back(*child);
    }
    node = *child;
  }
  return node;
}

std::optional<uint16_t> VirtualTree::Child(uint16_t node,
                                           std::string_view name) const {
  std::string_view wanted = name;
  if (!name.empty() && name.front() == '[') return std::nullopt;
  if (node == proc_ && node != kRoot &&
      (name == std::to_string(::getpid()) || name == "thread-self")) {
    wanted = "self";
  }
  if (const auto child = Named(node, wanted)) return child;
  const bool number = std::all_of(wanted.begin(), wanted.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return std::nullopt;
  for (uint16_t child : nodes_[node].children) {
    if (nodes_[child].is_template()) return child;
  }
  return std::nullopt;
}

std::optional<uint16_t> VirtualTree::Named(uint16_t node,
                                           std::string_view name) const {
  for (uint16_t child : nodes_[node].children) {
    if (nodes_[child].name == name) return child;
  }
  return std::nullopt;
}

bool VirtualTree::IsInProc(uint16_t node) const {
  while (node != kRoot && node != proc_) node = nodes_[node].parent;
  return node != kRoot;
}

std::string VirtualTree::PathOf(uint16_t node) const {
  if (node == kRoot) return "/";
  std::string path;
  for (; node != kRoot; node = nodes_[node].parent) {
    path = "/" + nodes_[node].name + path;
  }
  return path;
}

std::optional<VirtualTree::Direct> VirtualTree::FindDirect(
    std::string_view path) const {
  uint16_t node = kRoot;
  DropSlashes(path);
  while (!nodes_[node].children.empty() && !path.empty()) {
    std::string_view rest = path;
    const std::string_view name = TakeComponent(rest);
    if (name == "." || name == "..") return std::nullopt;
    const std::optional<uint16_t> child = Child(node, name);
    if (!child) break;
    node = *child;
    path = rest;
  }
  if (!nodes_[node].mount) return std::nullopt;
  return Direct{*nodes_[node].mount, path, !nodes_[node].children.empty()};
}

// Whichever directory it starts in, the walk (resolver.h) would find nothing
// virtual at the first step, and so at none.
std::optional<VirtualTree::Direct> VirtualTree::FindDirect(
    uint16_t mount, std::string_view path) const {
  if (nodes_[mount_nodes_[mount]].children.empty()) return Direct{mount, path};
  std::string_view rest = path;
  const std::string_view name = TakeComponent(rest);
  const bool may_cover =
      name == "." || name == ".." ||
      std::find(covering_names_.begin(), covering_names_.end(), name) !=
          covering_names_.end();
  if (may_cover) return std::nullopt;
  return Direct{mount, path, true};
}

}  // namespace slipway::host
