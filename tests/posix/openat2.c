// openat2(2): what its RESOLVE_* flags allow and forbid.

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "check.h"

struct how {
  uint64_t flags, mode, resolve;
};

enum {
  kNoXdev = 1,
  kNoMagicLinks = 2,
  kNoSymlinks = 4,
  kBeneath = 8,
  kInRoot = 16,
  kCached = 32,
};

static long call(int directory, const char* path, const void* how,
                 size_t size) {
  return syscall(SYS_openat2, directory, path, how, size);
}

static long try(int directory, const char* path, uint64_t flags,
                uint64_t resolve) {
  const struct how how = {flags, (flags & O_CREAT) ? 0600 : 0, resolve};
  return call(directory, path, &how, sizeof(how));
}

// Whether the path leads to a file with that content.
static int finds(int directory, const char* path, uint64_t resolve,
                 const char* content) {
  const int fd = try(directory, path, O_RDONLY, resolve);
  if (fd < 0) return 0;
  char text[32] = "";
  CHECK(read(fd, text, sizeof(text) - 1) >= 0);
  CHECK(close(fd) == 0);
  return strcmp(text, content) == 0;
}

static void make_file(const char* path, const char* content) {
  const int fd = open(path, O_WRONLY | O_CREAT, 0600);
  CHECK(fd >= 0);
  CHECK(write(fd, content, strlen(content)) == (ssize_t)strlen(content));
  CHECK(close(fd) == 0);
}

// outside, tree/file, tree/sub/deep, and links in tree. Returns tree.
static int tree;
static void make_tree(void) {
  make_file("outside", "outside");
  CHECK(mkdir("tree", 0700) == 0 && mkdir("tree/sub", 0700) == 0);
  make_file("tree/file", "file");
  make_file("tree/sub/deep", "deep");
  CHECK(mkdir("tree/outside-root", 0700) == 0);
  CHECK(symlink("file", "tree/to-file") == 0);
  CHECK(symlink("sub", "tree/to-sub") == 0);
  CHECK(symlink("../outside", "tree/to-outside") == 0);
  CHECK(symlink("/file", "tree/to-root-file") == 0);
  CHECK(symlink("../../../../file", "tree/sub/far-up") == 0);
  CHECK(symlink("../file", "tree/sub/up") == 0);
  CHECK(symlink("loop", "tree/loop") == 0);
  tree = open("tree", O_RDONLY | O_DIRECTORY);
  CHECK(tree >= 0);
}

static void without_restrictions_it_is_openat(void) {
  CHECK(finds(tree, "file", 0, "file"));
  CHECK(finds(tree, "../outside", 0, "outside"));
  CHECK(finds(tree, "to-outside", 0, "outside"));
  CHECK_ERRNO(ENOENT, try(tree, "missing", O_RDONLY, 0));
  const int fd = try(tree, "made", O_RDWR | O_CREAT | O_EXCL, 0);
  CHECK(fd >= 0 && close(fd) == 0);
  CHECK(unlinkat(tree, "made", 0) == 0);
}

static void beneath_stays_below_the_directory(void) {
  CHECK(finds(tree, "file", kBeneath, "file"));
  CHECK(finds(tree, "./sub/../sub/deep", kBeneath, "deep"));
  CHECK(finds(tree, "to-sub/deep", kBeneath, "deep"));
  CHECK(finds(tree, "sub/up", kBeneath, "file"));
  CHECK_ERRNO(EXDEV, try(tree, "..", O_RDONLY, kBeneath));
  CHECK_ERRNO(EXDEV, try(tree, "../tree/file", O_RDONLY, kBeneath));
  CHECK_ERRNO(EXDEV, try(tree, "sub/../../outside", O_RDONLY, kBeneath));
  CHECK_ERRNO(EXDEV, try(tree, "to-outside", O_RDONLY, kBeneath));
  CHECK_ERRNO(EXDEV, try(tree, "sub/far-up", O_RDONLY, kBeneath));
  CHECK_ERRNO(EXDEV, try(tree, "/file", O_RDONLY, kBeneath));
  CHECK_ERRNO(EXDEV, try(tree, "to-root-file", O_RDONLY, kBeneath));
  CHECK_ERRNO(ENOENT, try(tree, "missing", O_RDONLY, kBeneath));
  CHECK_ERRNO(ENOTDIR, try(tree, "file/x", O_RDONLY, kBeneath));
}

static void beneath_the_working_directory(void) {
  CHECK(finds(AT_FDCWD, "tree/file", kBeneath, "file"));
  CHECK(finds(AT_FDCWD, "tree/to-outside", kBeneath, "outside"));
  CHECK_ERRNO(EXDEV, try(AT_FDCWD, "tree/../../x", O_RDONLY, kBeneath));
}

static void in_root_takes_the_directory_for_the_root(void) {
  CHECK(finds(tree, "file", kInRoot, "file"));
  CHECK(finds(tree, "/file", kInRoot, "file"));
  CHECK(finds(tree, "to-root-file", kInRoot, "file"));
  CHECK(finds(tree, "../../file", kInRoot, "file"));
  CHECK(finds(tree, "sub/far-up", kInRoot, "file"));
  CHECK(finds(tree, "/sub/../../sub/deep", kInRoot, "deep"));
  CHECK_ERRNO(ENOENT, try(tree, "to-outside", O_RDONLY, kInRoot));
  CHECK_ERRNO(ENOENT, try(tree, "/outside", O_RDONLY, kInRoot));
  CHECK_ERRNO(ENOENT, try(tree, "/dev/null", O_RDONLY, kInRoot));
  const int root = try(tree, "..", O_RDONLY | O_DIRECTORY, kInRoot);
  struct stat one, other;
  CHECK(root >= 0 && fstat(root, &one) == 0 && fstat(tree, &other) == 0);
  CHECK(one.st_ino == other.st_ino && one.st_dev == other.st_dev);
  CHECK(close(root) == 0);
}

static void in_root_needs_its_directory(void) {
  CHECK_ERRNO(EBADF, try(-1, "/file", O_RDONLY, kInRoot));
  const int file = openat(tree, "file", O_RDONLY);
  CHECK(file >= 0);
  CHECK_ERRNO(ENOTDIR, try(file, "/x", O_RDONLY, kInRoot));
  CHECK(close(file) == 0);
}

static void no_symlinks_refuses_every_link(void) {
  CHECK(finds(tree, "sub/deep", kNoSymlinks, "deep"));
  CHECK(finds(tree, "sub/../file", kNoSymlinks, "file"));
  CHECK_ERRNO(ELOOP, try(tree, "to-file", O_RDONLY, kNoSymlinks));
  CHECK_ERRNO(ELOOP, try(tree, "to-sub/deep", O_RDONLY, kNoSymlinks));
  CHECK_ERRNO(ELOOP, try(tree, "to-file", O_RDONLY | O_NOFOLLOW, kNoSymlinks));
  CHECK_ERRNO(ELOOP, try(tree, "loop", O_RDONLY, 0));
  // The link itself is no resolution.
  const int link = try(tree, "to-file", O_PATH | O_NOFOLLOW, kNoSymlinks);
  struct stat st;
  CHECK(link >= 0 && fstat(link, &st) == 0 && S_ISLNK(st.st_mode));
  CHECK(close(link) == 0);
}

static void no_magic_links_refuses_those_of_proc(void) {
  const int file = openat(tree, "file", O_RDONLY);
  CHECK(file >= 0);
  char path[64];
  snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
  CHECK(finds(AT_FDCWD, path, 0, "file"));
  CHECK_ERRNO(ELOOP, try(AT_FDCWD, path, O_RDONLY, kNoMagicLinks));
  CHECK_ERRNO(ELOOP, try(AT_FDCWD, path, O_RDONLY, kNoSymlinks));
  CHECK_ERRNO(ELOOP, try(AT_FDCWD, "/proc/self/exe", O_RDONLY, kNoMagicLinks));
  // Ordinary links are none.
  CHECK(finds(tree, "to-file", kNoMagicLinks, "file"));
  CHECK(close(file) == 0);
  const int proc = open("/proc/self", O_RDONLY | O_DIRECTORY);
  CHECK(proc >= 0);
  CHECK_ERRNO(EXDEV, try(proc, "exe", O_RDONLY, kBeneath));
  CHECK_ERRNO(EXDEV, try(proc, "exe", O_RDONLY, kInRoot));
  CHECK(close(proc) == 0);
}

static void no_xdev_stays_on_the_mount(void) {
  CHECK(finds(tree, "sub/deep", kNoXdev, "deep"));
  CHECK(finds(tree, "to-sub/../to-file", kNoXdev, "file"));
  CHECK(finds(tree, "to-outside", kNoXdev, "outside"));
  const int root = open("/", O_RDONLY | O_DIRECTORY);
  CHECK(root >= 0);
  CHECK_ERRNO(EXDEV, try(root, "dev/shm", O_RDONLY, kNoXdev));
  CHECK_ERRNO(EXDEV, try(AT_FDCWD, "/dev/shm", O_RDONLY, kNoXdev));
  CHECK(close(root) == 0);
  const int shm = open("/dev/shm", O_RDONLY | O_DIRECTORY);
  CHECK(shm >= 0);
  CHECK_ERRNO(EXDEV, try(shm, "..", O_RDONLY, kNoXdev));
  CHECK(close(shm) == 0);
}

static void flags_combine(void) {
  CHECK(finds(tree, "sub/deep", kBeneath | kNoSymlinks | kNoXdev, "deep"));
  CHECK_ERRNO(ELOOP, try(tree, "to-file", O_RDONLY, kBeneath | kNoSymlinks));
  CHECK_ERRNO(EINVAL, try(tree, "file", O_RDONLY, kBeneath | kInRoot));
  CHECK_ERRNO(EINVAL, try(tree, "file", O_RDONLY, 0x4000));
}

static void cached_finds_what_was_just_used(void) {
  CHECK(finds(tree, "sub/deep", 0, "deep"));
  CHECK(finds(tree, "sub/deep", kCached, "deep"));
  CHECK_ERRNO(EAGAIN, try(tree, "new", O_RDWR | O_CREAT, kCached));
  CHECK_ERRNO(EAGAIN, try(tree, "file", O_RDWR | O_TRUNC, kCached));
  CHECK(finds(tree, "file", 0, "file"));
}

static void files_can_be_made_beneath(void) {
  const int fd = try(tree, "sub/made", O_RDWR | O_CREAT | O_EXCL, kBeneath);
  CHECK(fd >= 0);
  CHECK_ERRNO(EEXIST,
              try(tree, "sub/made", O_RDWR | O_CREAT | O_EXCL, kBeneath));
  CHECK(close(fd) == 0 && unlinkat(tree, "sub/made", 0) == 0);
  CHECK_ERRNO(EXDEV, try(tree, "../made", O_RDWR | O_CREAT, kBeneath));
  const int rooted = try(tree, "/made", O_RDWR | O_CREAT, kInRoot);
  CHECK(rooted >= 0 && close(rooted) == 0);
  CHECK(unlinkat(tree, "made", 0) == 0);
}

static void directory_may_be_renamed_meanwhile(void) {
  CHECK(rename("tree", "moved") == 0);
  CHECK(finds(tree, "sub/deep", kBeneath, "deep"));
  CHECK_ERRNO(EXDEV, try(tree, "../outside", O_RDONLY, kBeneath));
  CHECK(rename("moved", "tree") == 0);
}

static void unknown_flags_and_modes_are_refused(void) {
  struct how how = {O_RDONLY, 0600, 0};
  CHECK_ERRNO(EINVAL, call(tree, "file", &how, sizeof(how)));
  how = (struct how){O_RDONLY | O_CREAT, 010000, 0};
  CHECK_ERRNO(EINVAL, call(tree, "file", &how, sizeof(how)));
  how = (struct how){UINT64_C(1) << 40, 0, 0};
  CHECK_ERRNO(EINVAL, call(tree, "file", &how, sizeof(how)));
  how = (struct how){O_PATH | O_RDWR, 0, 0};
  CHECK_ERRNO(EINVAL, call(tree, "file", &how, sizeof(how)));
  how = (struct how){O_TMPFILE | O_RDONLY, 0600, 0};
  CHECK_ERRNO(EINVAL, call(tree, ".", &how, sizeof(how)));
}

static void struct_may_be_of_another_size(void) {
  struct {
    struct how how;
    uint64_t later;
  } extended = {{O_RDONLY, 0, kBeneath}, 0};
  const int fd = call(tree, "file", &extended, sizeof(extended));
  CHECK(fd >= 0 && close(fd) == 0);
  extended.later = 1;
  CHECK_ERRNO(E2BIG, call(tree, "file", &extended, sizeof(extended)));
  CHECK_ERRNO(EINVAL, call(tree, "file", &extended, 8));
  CHECK_ERRNO(E2BIG, call(tree, "file", &extended, 1 << 20));
  CHECK_ERRNO(EFAULT, call(tree, "file", (void*)16, sizeof(struct how)));
}

int main(void) {
  make_tree();
  CASE(without_restrictions_it_is_openat);
  CASE(beneath_stays_below_the_directory);
  CASE(beneath_the_working_directory);
  CASE(in_root_takes_the_directory_for_the_root);
  CASE(in_root_needs_its_directory);
  CASE(no_symlinks_refuses_every_link);
  CASE(no_magic_links_refuses_those_of_proc);
  CASE(no_xdev_stays_on_the_mount);
  CASE(flags_combine);
  CASE(cached_finds_what_was_just_used);
  CASE(files_can_be_made_beneath);
  CASE(directory_may_be_renamed_meanwhile);
  CASE(unknown_flags_and_modes_are_refused);
  CASE(struct_may_be_of_another_size);
  return 0;
}
