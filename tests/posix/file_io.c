// Reading, writing and moving data: every call that does, with its corners.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

static int fd;

// An empty file again.
static void fresh(const char* content) {
  if (fd > 0) close(fd);
  fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
  CHECK(fd >= 0);
  const size_t size = strlen(content);
  CHECK(write(fd, content, size) == (ssize_t)size);
  CHECK(lseek(fd, 0, SEEK_SET) == 0);
}

static void expect(const char* content) {
  char text[256] = "";
  const ssize_t size = pread(fd, text, sizeof(text) - 1, 0);
  CHECK(size == (ssize_t)strlen(content) && strcmp(text, content) == 0);
}

static off_t size_of(int file) {
  struct stat st;
  CHECK(fstat(file, &st) == 0);
  return st.st_size;
}

static void pread_and_pwrite_leave_the_offset(void) {
  fresh("0123456789");
  char text[4] = "";
  CHECK(pread(fd, text, 3, 4) == 3 && !strcmp(text, "456"));
  CHECK(pwrite(fd, "ab", 2, 8) == 2);
  CHECK(lseek(fd, 0, SEEK_CUR) == 0);
  expect("01234567ab");
  CHECK(pread(fd, text, 3, 100) == 0);
  CHECK_ERRNO(EINVAL, pread(fd, text, 3, -1));
}

static void vectors_gather_and_scatter(void) {
  fresh("");
  char left[4] = "", right[8] = "";
  const struct iovec out[] = {{"abc", 3}, {"", 0}, {"defgh", 5}};
  CHECK(writev(fd, out, 3) == 8);
  CHECK(lseek(fd, 1, SEEK_SET) == 1);
  const struct iovec in[] = {{left, 2}, {right, 7}};
  CHECK(readv(fd, in, 2) == 7);
  CHECK(!strcmp(left, "bc") && !strcmp(right, "defgh"));
  CHECK_ERRNO(EINVAL, readv(fd, in, -1));
  CHECK_ERRNO(EINVAL, writev(fd, out, 100000));
}

static void positioned_vectors(void) {
  fresh("0123456789");
  char a[3] = "", b[3] = "";
  const struct iovec in[] = {{a, 2}, {b, 2}};
  CHECK(preadv(fd, in, 2, 3) == 4 && !strcmp(a, "34") && !strcmp(b, "56"));
  const struct iovec out[] = {{"xy", 2}, {"z", 1}};
  CHECK(pwritev(fd, out, 2, 7) == 3);
  expect("0123456xyz");
  CHECK(preadv2(fd, in, 2, 0, 0) == 4 && !strcmp(a, "01"));
  CHECK(lseek(fd, 5, SEEK_SET) == 5);
  CHECK(preadv2(fd, in, 1, -1, 0) == 2 && !strcmp(a, "56"));
  CHECK(pwritev2(fd, out, 1, 0, RWF_DSYNC) == 2);
  expect("xy23456xyz");
}

static void appending_ignores_the_offset(void) {
  fresh("start");
  const int other = open("file", O_WRONLY | O_APPEND);
  CHECK(lseek(other, 0, SEEK_SET) == 0 && write(other, "+", 1) == 1);
  CHECK(lseek(other, 0, SEEK_CUR) == 6);
  CHECK(close(other) == 0);
  expect("start+");
}

static void reading_needs_the_right_mode(void) {
  fresh("x");
  char byte;
  const int reader = open("file", O_RDONLY), writer = open("file", O_WRONLY);
  CHECK_ERRNO(EBADF, write(reader, "x", 1));
  CHECK_ERRNO(EBADF, read(writer, &byte, 1));
  CHECK_ERRNO(EBADF, read(-1, &byte, 1));
  CHECK_ERRNO(EBADF, write(12345, "x", 1));
  close(reader);
  close(writer);
}

static void bad_addresses_are_efault(void) {
  fresh("x");
  void* nowhere =
      mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK_ERRNO(EFAULT, read(fd, nowhere, 1));
  CHECK_ERRNO(EFAULT, write(fd, nowhere, 1));
  CHECK(munmap(nowhere, 4096) == 0);
}

static void seeking_from_everywhere(void) {
  fresh("0123456789");
  CHECK(lseek(fd, -3, SEEK_END) == 7 && lseek(fd, 2, SEEK_CUR) == 9);
  CHECK(lseek(fd, 100, SEEK_SET) == 100);
  CHECK_ERRNO(EINVAL, lseek(fd, -1, SEEK_SET));
  CHECK_ERRNO(EINVAL, lseek(fd, 0, 99));
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK_ERRNO(ESPIPE, lseek(ends[0], 0, SEEK_SET));
  close(ends[0]);
  close(ends[1]);
}

static void holes_are_zeros_and_can_be_found(void) {
  fresh("");
  CHECK(pwrite(fd, "end", 3, 1 << 20) == 3);
  char byte = 1;
  CHECK(pread(fd, &byte, 1, 4096) == 1 && byte == 0);
  const off_t data = lseek(fd, 0, SEEK_DATA);
  CHECK(data >= 0 && data <= 1 << 20);
  CHECK(lseek(fd, 1 << 20, SEEK_HOLE) == (1 << 20) + 3);
  CHECK_ERRNO(ENXIO, lseek(fd, 1 << 21, SEEK_DATA));
}

static void truncation_cuts_and_extends(void) {
  fresh("0123456789");
  CHECK(ftruncate(fd, 4) == 0);
  expect("0123");
  CHECK(truncate("file", 6) == 0 && size_of(fd) == 6);
  char text[6];
  CHECK(pread(fd, text, 6, 0) == 6 && !memcmp(text, "0123\0\0", 6));
  CHECK_ERRNO(EINVAL, ftruncate(fd, -1));
  CHECK_ERRNO(ENOENT, truncate("missing", 0));
  CHECK_ERRNO(EISDIR, truncate(".", 0));
}

static void space_is_allocated_and_punched(void) {
  fresh("0123456789");
  CHECK(posix_fallocate(fd, 0, 5000) == 0 && size_of(fd) == 5000);
  CHECK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 100000) == 0);
  CHECK(size_of(fd) == 5000);
  CHECK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3) == 0);
  char text[11] = "";
  CHECK(pread(fd, text, 10, 0) == 10 && !memcmp(text,
                                                "01\0\0\0"
                                                "56789",
                                                10));
  CHECK_ERRNO(EINVAL, fallocate(fd, 0, 0, 0));
}

static void syncing_works_on_files(void) {
  fresh("x");
  CHECK(fsync(fd) == 0 && fdatasync(fd) == 0 && syncfs(fd) == 0);
  CHECK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE) == 0);
  sync();
  int ends[2];
  CHECK(pipe(ends) == 0);
  CHECK_ERRNO(EINVAL, fsync(ends[0]));
  close(ends[0]);
  close(ends[1]);
}

static void advice_is_taken(void) {
  fresh("x");
  CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL) == 0);
  CHECK(posix_fadvise(fd, 0, 0, 99) == EINVAL);
  CHECK(readahead(fd, 0, 1) == 0);
}

static void copy_file_range_copies(void) {
  fresh("0123456789");
  const int other = open("copy", O_RDWR | O_CREAT | O_TRUNC, 0600);
  loff_t from = 3, to = 1;
  CHECK(copy_file_range(fd, &from, other, &to, 4, 0) == 4);
  CHECK(from == 7 && to == 5 && lseek(fd, 0, SEEK_CUR) == 0);
  char text[6] = "";
  CHECK(pread(other, text, 5, 0) == 5 && !memcmp(text,
                                                 "\0"
                                                 "3456",
                                                 5));
  CHECK(copy_file_range(fd, NULL, other, NULL, 100, 0) == 10);
  CHECK(close(other) == 0);
}

static void sendfile_sends(void) {
  fresh("0123456789");
  int ends[2];
  CHECK(pipe(ends) == 0);
  off_t offset = 2;
  char text[8] = "";
  CHECK(sendfile(ends[1], fd, &offset, 5) == 5 && offset == 7);
  CHECK(read(ends[0], text, 8) == 5 && !strcmp(text, "23456"));
  CHECK(sendfile(ends[1], fd, NULL, 3) == 3 && lseek(fd, 0, SEEK_CUR) == 3);
  close(ends[0]);
  close(ends[1]);
}

static void splice_and_tee_move_through_pipes(void) {
  fresh("0123456789");
  int first[2], second[2];
  CHECK(pipe(first) == 0 && pipe(second) == 0);
  loff_t offset = 1;
  CHECK(splice(fd, &offset, first[1], NULL, 4, 0) == 4 && offset == 5);
  CHECK(tee(first[0], second[1], 4, 0) == 4);
  char text[8] = "";
  CHECK(read(first[0], text, 8) == 4 && !strcmp(text, "1234"));
  memset(text, 0, sizeof(text));
  CHECK(read(second[0], text, 8) == 4 && !strcmp(text, "1234"));
  CHECK_ERRNO(EINVAL, splice(fd, NULL, fd, NULL, 1, 0));
  for (int i = 0; i < 2; ++i) close(first[i]), close(second[i]);
}

static void duplicates_share_the_offset(void) {
  fresh("0123456789");
  const int copy = dup(fd), own = open("file", O_RDONLY);
  CHECK(lseek(copy, 4, SEEK_SET) == 4 && lseek(fd, 0, SEEK_CUR) == 4);
  CHECK(lseek(own, 0, SEEK_CUR) == 0);
  close(copy);
  close(own);
}

static void a_removed_file_lives_while_it_is_open(void) {
  fresh("still here");
  CHECK(unlink("file") == 0);
  expect("still here");
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_nlink == 0);
  CHECK_ERRNO(ENOENT, stat("file", &st));
}

static void directories_are_not_read(void) {
  char byte;
  const int directory = open(".", O_RDONLY);
  CHECK_ERRNO(EISDIR, read(directory, &byte, 1));
  CHECK_ERRNO(EISDIR, open(".", O_WRONLY));
  CHECK(close(directory) == 0);
}

int main(void) {
  CASE(pread_and_pwrite_leave_the_offset);
  CASE(vectors_gather_and_scatter);
  CASE(positioned_vectors);
  CASE(appending_ignores_the_offset);
  CASE(reading_needs_the_right_mode);
  CASE(bad_addresses_are_efault);
  CASE(seeking_from_everywhere);
  CASE(holes_are_zeros_and_can_be_found);
  CASE(truncation_cuts_and_extends);
  CASE(space_is_allocated_and_punched);
  CASE(syncing_works_on_files);
  CASE(advice_is_taken);
  CASE(copy_file_range_copies);
  CASE(sendfile_sends);
  CASE(splice_and_tee_move_through_pipes);
  CASE(duplicates_share_the_offset);
  CASE(a_removed_file_lives_while_it_is_open);
  CASE(directories_are_not_read);
  return 0;
}
