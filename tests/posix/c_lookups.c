// Parts of libc that programs find things with: trees of files, tables,
// time zones from files, hardware addresses, hashed passwords.
#include <arpa/inet.h>
#include <crypt.h>
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <mntent.h>
#include <netinet/ether.h>
#include <resolv.h>
#include <search.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "check.h"

static int files, directories, links, depth;
static int visit(const char* path, const struct stat* st, int type,
                 struct FTW* at) {
  files += type == FTW_F && st->st_size == 3;
  directories += type == FTW_D || type == FTW_DP;
  links += type == FTW_SL;
  if (at->level > depth) depth = at->level;
  if (type == FTW_DP) rmdir(path);
  if (type == FTW_F || type == FTW_SL) unlink(path);
  return strcmp(path + at->base, "stop") == 0 ? 9 : 0;
}

static void make_file(const char* path) {
  FILE* file = fopen(path, "w");
  CHECK(file != NULL && fputs("abc", file) >= 0 && fclose(file) == 0);
}

static void trees_are_walked(void) {
  CHECK(mkdir("tree", 0700) == 0 && mkdir("tree/a", 0700) == 0);
  CHECK(mkdir("tree/a/b", 0700) == 0 && symlink("a", "tree/link") == 0);
  make_file("tree/one");
  make_file("tree/a/b/two");
  CHECK(nftw("tree", visit, 8, FTW_PHYS | FTW_DEPTH) == 0);
  CHECK(files == 2 && directories == 3 && links == 1 && depth == 3);
  CHECK_ERRNO(ENOENT, access("tree", F_OK));
  CHECK(mkdir("tree", 0700) == 0);
  make_file("tree/stop");
  CHECK(nftw("tree", visit, 8, FTW_PHYS) == 9 && rmdir("tree") == 0);
  CHECK_ERRNO(ENOENT, nftw("tree", visit, 8, 0));
}

static void tables_of_mounts_are_read_and_written(void) {
  FILE* table = setmntent("mounts", "w+");
  CHECK(table != NULL);
  const struct mntent entry = {"/dev/ab", "/mnt", "ext4", "ro,size=4k", 1, 2};
  CHECK(addmntent(table, &entry) == 0);
  rewind(table);
  const struct mntent* read = getmntent(table);
  CHECK(read != NULL && !strcmp(read->mnt_dir, "/mnt") &&
        read->mnt_passno == 2);
  CHECK(hasmntopt(read, "size") == read->mnt_opts + 3);
  CHECK(hasmntopt(read, "rw") == NULL && getmntent(table) == NULL);
  CHECK(endmntent(table) == 1);
}

static void put32(FILE* file, long value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    fputc(value >> shift & 255, file);
}
static void put64(FILE* file, long value) {
  put32(file, value >> 32);
  put32(file, value & 0xffffffff);
}
// A TZif file (RFC 8536): one hour ahead until 2001-09-09, then three.
static void write_zone(const char* path) {
  FILE* file = fopen(path, "w");
  for (int version = 0; version < 2; ++version) {
    fwrite("TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, 20, file);
    const int times = 2 * version;
    const long counts[] = {0, 0, 0, times, 2, 8};
    for (int i = 0; i < 6; ++i) put32(file, counts[i]);
    if (version == 1) {
      put64(file, 500000000);
      put64(file, 1000000000);
      fputc(0, file);
      fputc(1, file);
    }
    const long offsets[] = {3600, 10800};
    for (int i = 0; i < 2; ++i) {
      put32(file, offsets[i]);
      fputc(0, file);
      fputc(4 * i, file);
    }
    fwrite("ONE\0THR", 1, 8, file);
  }
  fputs("\nTHR-3\n", file);
  CHECK(fclose(file) == 0);
}

static void time_zones_come_from_files(void) {
  write_zone("zone");
  char directory[PATH_MAX], variable[PATH_MAX + 8];
  CHECK(getcwd(directory, sizeof(directory)) != NULL);
  snprintf(variable, sizeof(variable), ":%s/zone", directory);
  CHECK(setenv("TZ", variable, 1) == 0);
  tzset();
  struct tm tm;
  time_t time = 999999999;
  CHECK(localtime_r(&time, &tm) && tm.tm_gmtoff == 3600 && tm.tm_hour == 2);
  CHECK(!strcmp(tm.tm_zone, "ONE"));
  time = 1000000000;
  CHECK(localtime_r(&time, &tm) && tm.tm_gmtoff == 10800 && tm.tm_hour == 4);
  CHECK(!strcmp(tm.tm_zone, "THR") && mktime(&tm) == time);
  time = 4000000000;
  CHECK(localtime_r(&time, &tm) && tm.tm_gmtoff == 10800);
  CHECK(setenv("TZ", "UTC0", 1) == 0);
  tzset();
}

static void times_are_parsed_and_formatted(void) {
  struct tm tm = {0};
  CHECK(strptime("Tue, 29 Feb 2000 23:59:58", "%a, %d %b %Y %T", &tm) != NULL);
  CHECK(tm.tm_year == 100 && tm.tm_mon == 1 && tm.tm_mday == 29);
  CHECK(timegm(&tm) == 951868798 && tm.tm_yday == 59 && tm.tm_wday == 2);
  char text[128];
  CHECK(strftime(text, sizeof(text),
                 "%A %e %B %C%y %I %p %U %W %V %G %u %D %F %R", &tm) > 0);
  CHECK(!strcmp(text,
                "Tuesday 29 February 2000 11 PM 09 09 09 2000 2 02/29/00 "
                "2000-02-29 23:59"));
  CHECK(strftime(text, 4, "%Y", &tm) == 0);
  tm = (struct tm){.tm_year = 100, .tm_mon = 13, .tm_mday = 32, .tm_isdst = -1};
  CHECK(mktime(&tm) != -1 && tm.tm_year == 101 && tm.tm_mon == 2 &&
        tm.tm_mday == 4);
  CHECK(strptime("12/31/99 1:02 pm", "%D %I:%M %p", &tm) != NULL &&
        tm.tm_hour == 13);
}

static void addresses_are_text(void) {
  const struct ether_addr* hardware = ether_aton("00:1a:2B:3c:4d:5e");
  CHECK(hardware != NULL && hardware->ether_addr_octet[2] == 0x2b);
  CHECK(ether_aton("00:1a") == NULL);
  struct in_addr address;
  CHECK(inet_aton("0x7f.1", &address) == 1 &&
        address.s_addr == htonl(INADDR_LOOPBACK));
  CHECK(inet_aton("1.2.3.256", &address) == 0);
  CHECK(inet_addr("10.1.2.3") == htonl(0x0a010203));
  CHECK(!strcmp(inet_ntoa((struct in_addr){htonl(0xc0a80001)}), "192.168.0.1"));
  struct in6_addr six;
  CHECK(inet_pton(AF_INET6, "::ffff:1.2.3.4", &six) == 1);
  char text[INET6_ADDRSTRLEN];
  CHECK(
      !strcmp(inet_ntop(AF_INET6, &six, text, sizeof(text)), "::ffff:1.2.3.4"));
  CHECK(inet_ntop(AF_INET6, &six, text, 4) == NULL && errno == ENOSPC);
}

static void names_are_compressed_for_the_wire(void) {
  unsigned char wire[64];
  unsigned char* names[8] = {wire, NULL};
  const int size = dn_comp("www.example", wire, sizeof(wire), names, names + 8);
  CHECK(size == 13 && wire[0] == 3 && wire[12] == 0);
  char text[64];
  CHECK(dn_expand(wire, wire + size, wire, text, sizeof(text)) == size);
  CHECK(!strcmp(text, "www.example") && dn_skipname(wire, wire + size) == size);
}

static void passwords_are_hashed(void) {
  CHECK(!strcmp(crypt("password", "ab"), "abJnggxhB/yWI"));
  CHECK(
      !strcmp(crypt("password", "$1$salt$"), "$1$salt$qJH7.N4xYta3aEG/dfqo/0"));
  CHECK(!strcmp(crypt("password", "$5$salt$"),
                "$5$salt$Gcm6FsVtF/Qa77ZKD.iwsJlCVPY0XSMgLJL0Hnww/c1"));
  CHECK(
      !strcmp(crypt("password", "$6$salt$"),
              "$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MT"
              "SuDDl3aCI6WouIL9AjRbLCelDCy.g."));
}

struct element {
  struct element *next, *previous;
  int number;
};
static int same(const void* a, const void* b) {
  return *(const int*)a != *(const int*)b;
}
static void lists_are_searched_and_linked(void) {
  int numbers[4] = {4, 5};
  size_t count = 2;
  CHECK(lfind(&(int){5}, numbers, &count, sizeof(int), same) == &numbers[1]);
  CHECK(lfind(&(int){6}, numbers, &count, sizeof(int), same) == NULL);
  CHECK(lsearch(&(int){6}, numbers, &count, sizeof(int), same) == &numbers[2]);
  CHECK(count == 3);
  struct element a = {.number = 1}, b = {.number = 2};
  insque(&a, NULL);
  insque(&b, &a);
  CHECK(a.next == &b && b.previous == &a);
  remque(&a);
  CHECK(b.previous == NULL);
}

static void warnings_have_the_programs_name(void) {
  const int fd = open("warnings", O_RDWR | O_CREAT, 0600), saved = dup(2);
  CHECK(fd >= 0 && saved >= 0 && dup2(fd, 2) == 2);
  errno = ENOENT;
  warn("cannot %s", "read");
  warnx("plain %d", 5);
  fflush(stderr);
  CHECK(dup2(saved, 2) == 2);
  char text[512] = "", wanted[512];
  CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0);
  snprintf(wanted, sizeof(wanted), "%s: cannot read: %s\n%s: plain 5\n",
           program_invocation_short_name, strerror(ENOENT),
           program_invocation_short_name);
  CHECK(!strcmp(text, wanted));
}

static void sub_options_are_parsed(void) {
  char text[] = "ro,size=5,unknown", *rest = text, *value;
  char* const tokens[] = {"size", "ro", NULL};
  CHECK(getsubopt(&rest, tokens, &value) == 1 && value == NULL);
  CHECK(getsubopt(&rest, tokens, &value) == 0 && !strcmp(value, "5"));
  CHECK(getsubopt(&rest, tokens, &value) == -1 && *rest == '\0');
}

int main(void) {
  CASE(trees_are_walked);
  CASE(tables_of_mounts_are_read_and_written);
  CASE(time_zones_come_from_files);
  CASE(times_are_parsed_and_formatted);
  CASE(addresses_are_text);
  CASE(names_are_compressed_for_the_wire);
  CASE(passwords_are_hashed);
  CASE(lists_are_searched_and_linked);
  CASE(warnings_have_the_programs_name);
  CASE(sub_options_are_parsed);
  return 0;
}
