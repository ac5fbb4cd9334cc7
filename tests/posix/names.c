// Names: links, renaming, removing, directories, temporary files.
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

static void make(const char* name) {
  const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  CHECK(fd >= 0 && write(fd, name, strlen(name)) > 0 && close(fd) == 0);
}
static ino_t inode(const char* name) {
  struct stat st;
  CHECK(lstat(name, &st) == 0);
  return st.st_ino;
}
static int missing(const char* name) {
  struct stat st;
  return lstat(name, &st) == -1 && errno == ENOENT;
}

static void hard_links_are_the_same_file(void) {
  make("one");
  CHECK(link("one", "two") == 0 && inode("one") == inode("two"));
  struct stat st;
  CHECK(stat("one", &st) == 0 && st.st_nlink == 2);
  CHECK_ERRNO(EEXIST, link("one", "two"));
  CHECK_ERRNO(ENOENT, link("nothing", "three"));
  CHECK_ERRNO(EPERM, link(".", "directory-link"));
}

static void links_to_links_are_not_followed(void) {
  CHECK(symlink("one", "soft") == 0);
  CHECK(link("soft", "soft-too") == 0 && inode("soft") == inode("soft-too"));
  CHECK(linkat(AT_FDCWD, "soft", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW) == 0);
  CHECK(inode("followed") == inode("one"));
}

static void symbolic_links_keep_their_text(void) {
  char text[8] = "";
  CHECK(symlink("any/text at all", "text") == 0);
  CHECK(readlink("text", text, 4) == 4 && !memcmp(text, "any/", 4));
  CHECK_ERRNO(EINVAL, readlink("one", text, 8));
  CHECK_ERRNO(ENOENT, readlink("nothing", text, 8));
  CHECK_ERRNO(EEXIST, symlink("x", "text"));
  CHECK_ERRNO(ENOENT, symlink("", "empty"));
  struct stat st;
  CHECK(lstat("text", &st) == 0 && S_ISLNK(st.st_mode) && st.st_size == 15);
}

static void renaming_replaces(void) {
  make("from");
  make("to");
  const ino_t moved = inode("from");
  CHECK(rename("from", "to") == 0 && inode("to") == moved && missing("from"));
  CHECK(rename("to", "to") == 0);
  CHECK_ERRNO(ENOENT, rename("from", "to"));
}

static void renaming_directories(void) {
  CHECK(mkdir("d", 0700) == 0 && mkdir("empty", 0700) == 0);
  make("d/file");
  CHECK_ERRNO(EISDIR, rename("to", "d"));
  CHECK_ERRNO(ENOTDIR, rename("d", "to"));
  CHECK_ERRNO(EINVAL, rename("d", "d/inner"));
  CHECK(rename("d", "empty") == 0 && missing("d"));
  CHECK(mkdir("d", 0700) == 0);
  CHECK(rename("d", "empty") == -1 && (errno == ENOTEMPTY || errno == EEXIST));
}

static int rename_with(const char* from, const char* to, long flags) {
  return (int)syscall(SYS_renameat2, (long)AT_FDCWD, from, (long)AT_FDCWD, to,
                      flags);
}

static void renameat2_keeps_and_exchanges(void) {
  make("left");
  make("right");
  const ino_t left = inode("left"), right = inode("right");
  CHECK_ERRNO(EEXIST, rename_with("left", "right", 1));  // RENAME_NOREPLACE
  CHECK(rename_with("left", "right", 2) == 0);           // RENAME_EXCHANGE
  CHECK(inode("left") == right && inode("right") == left);
  CHECK(rename_with("left", "fresh", 1) == 0);
  CHECK_ERRNO(EINVAL, rename_with("left", "right", 3));
}

static void removing_names(void) {
  make("gone");
  CHECK(unlink("gone") == 0 && missing("gone"));
  CHECK_ERRNO(ENOENT, unlink("gone"));
  CHECK(unlink(".") == -1 && (errno == EISDIR || errno == EPERM));
  CHECK(mkdir("dir", 0700) == 0);
  CHECK_ERRNO(EISDIR, unlink("dir"));
  CHECK_ERRNO(ENOTDIR, rmdir("one"));
  make("dir/x");
  CHECK(rmdir("dir") == -1 && (errno == ENOTEMPTY || errno == EEXIST));
  CHECK(unlink("dir/x") == 0 && rmdir("dir/") == 0 && missing("dir"));
  CHECK_ERRNO(EINVAL, rmdir("."));
}

static void unlinkat_removes_both(void) {
  CHECK(mkdir("at", 0700) == 0);
  make("at/file");
  CHECK(mkdir("at/dir", 0700) == 0);
  const int base = open("at", O_RDONLY | O_DIRECTORY);
  CHECK(unlinkat(base, "file", 0) == 0);
  CHECK_ERRNO(EISDIR, unlinkat(base, "dir", 0));
  CHECK(unlinkat(base, "dir", AT_REMOVEDIR) == 0);
  CHECK_ERRNO(EINVAL, unlinkat(base, "dir", 1 << 20));
  close(base);
}

static void making_directories(void) {
  struct stat st;
  umask(022);
  CHECK(mkdir("made", 0777) == 0 && stat("made", &st) == 0);
  CHECK(S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0755);
  CHECK_ERRNO(EEXIST, mkdir("made", 0700));
  CHECK_ERRNO(EEXIST, mkdir("one", 0700));
  CHECK_ERRNO(ENOENT, mkdir("no/parent", 0700));
  CHECK(mkdir("made/trailing///", 0700) == 0);
  CHECK_ERRNO(EEXIST, mkdir("/", 0700));
  const int base = open("made", O_RDONLY);
  CHECK(mkdirat(base, "below", 0700) == 0 && access("made/below", F_OK) == 0);
  close(base);
}

static void special_files_are_made(void) {
  struct stat st;
  CHECK(mkfifo("pipe", 0640) == 0 && stat("pipe", &st) == 0);
  CHECK(S_ISFIFO(st.st_mode) && (st.st_mode & 0777) == 0640);
  CHECK(mknod("node", S_IFREG | 0600, 0) == 0 && stat("node", &st) == 0);
  CHECK(S_ISREG(st.st_mode) && st.st_size == 0);
  CHECK(mknod("socket", S_IFSOCK | 0600, 0) == 0 && stat("socket", &st) == 0);
  CHECK(S_ISSOCK(st.st_mode));
  CHECK_ERRNO(ENXIO, open("socket", O_RDONLY));
  CHECK_ERRNO(EEXIST, mkfifo("pipe", 0600));
}

static void listings_are_complete(void) {
  CHECK(mkdir("list", 0700) == 0 && chdir("list") == 0);
  char name[16];
  for (int i = 0; i < 300; ++i) {
    snprintf(name, sizeof(name), "file%d", i);
    make(name);
  }
  CHECK(chdir("..") == 0);
  DIR* directory = opendir("list");
  int files = 0, dots = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] == '.') {
      dots += entry->d_type == DT_DIR;
    } else {
      files += entry->d_type == DT_REG && entry->d_ino != 0;
    }
  }
  CHECK(files == 300 && dots == 2);
  rewinddir(directory);
  CHECK(readdir(directory) != NULL);
  const long place = telldir(directory);
  char second[256];
  strcpy(second, readdir(directory)->d_name);
  seekdir(directory, place);
  CHECK(!strcmp(readdir(directory)->d_name, second));
  CHECK(closedir(directory) == 0);
}

static int only_dots(const struct dirent* entry) {
  return entry->d_name[0] == '.';
}
static void scandir_sorts(void) {
  struct dirent** entries;
  CHECK(scandir("list", &entries, only_dots, alphasort) == 2);
  CHECK(!strcmp(entries[0]->d_name, ".") && !strcmp(entries[1]->d_name, ".."));
  free(entries[0]);
  free(entries[1]);
  free(entries);
}

static void paths_become_real(void) {
  char path[PATH_MAX], here[PATH_MAX];
  CHECK(symlink("made/below", "short") == 0);
  CHECK(getcwd(here, sizeof(here)) != NULL);
  CHECK(realpath("./short/../below/.", path) != NULL);
  CHECK(!strncmp(path, here, strlen(here)));
  CHECK(!strcmp(path + strlen(here), "/made/below"));
  CHECK(realpath("nothing", path) == NULL && errno == ENOENT);
  CHECK(getcwd(path, 1) == NULL && errno == ERANGE);
}

static void the_working_directory_moves(void) {
  char path[PATH_MAX];
  CHECK(chdir("made") == 0 && getcwd(path, sizeof(path)) != NULL);
  CHECK(!strcmp(strrchr(path, '/'), "/made"));
  CHECK(rename("../made", "../renamed") == 0 && getcwd(path, sizeof(path)));
  CHECK(!strcmp(strrchr(path, '/'), "/renamed"));
  CHECK(chdir("..") == 0 && rename("renamed", "made") == 0);
  CHECK_ERRNO(ENOTDIR, chdir("one"));
  CHECK_ERRNO(ENOENT, chdir("nothing"));
  CHECK_ERRNO(ENOTDIR, fchdir(0));
  const int here = open(".", O_RDONLY | O_DIRECTORY);
  CHECK(mkdir("lost", 0700) == 0 && chdir("lost") == 0);
  CHECK(rmdir("../lost") == 0 && getcwd(path, sizeof(path)) == NULL);
  CHECK(errno == ENOENT);
  CHECK_ERRNO(ENOENT, open("x", O_WRONLY | O_CREAT, 0600));
  CHECK(fchdir(here) == 0 && close(here) == 0);
}

static void temporary_names_are_new(void) {
  char file[] = "tempXXXXXX", directory[] = "dirXXXXXX", suffix[] = "aXXXXXX.c";
  const int fd = mkstemp(file);
  struct stat st;
  CHECK(fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0600);
  CHECK(strcmp(file, "tempXXXXXX") != 0 && close(fd) == 0);
  CHECK(mkdtemp(directory) != NULL && stat(directory, &st) == 0);
  CHECK(S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0700);
  const int other = mkstemps(suffix, 2);
  CHECK(other >= 0 && close(other) == 0 && !strcmp(suffix + 7, ".c"));
  char wrong[] = "noxs";
  CHECK_ERRNO(EINVAL, mkstemp(wrong));
}

int main(void) {
  CASE(hard_links_are_the_same_file);
  CASE(links_to_links_are_not_followed);
  CASE(symbolic_links_keep_their_text);
  CASE(renaming_replaces);
  CASE(renaming_directories);
  CASE(renameat2_keeps_and_exchanges);
  CASE(removing_names);
  CASE(unlinkat_removes_both);
  CASE(making_directories);
  CASE(special_files_are_made);
  CASE(listings_are_complete);
  CASE(scandir_sorts);
  CASE(paths_become_real);
  CASE(the_working_directory_moves);
  CASE(temporary_names_are_new);
  return 0;
}
