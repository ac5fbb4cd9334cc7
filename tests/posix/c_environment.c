// What C programs take for granted besides system calls: locales, wide
// characters, conversions, patterns, streams of every kind, users.
#include <fnmatch.h>
#include <getopt.h>
#include <glob.h>
#include <grp.h>
#include <iconv.h>
#include <inttypes.h>
#include <langinfo.h>
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <pwd.h>
#include <regex.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>
#include <wordexp.h>

#include "check.h"

static void patterns_match(void) {
  regex_t regex;
  regmatch_t match[3];
  CHECK(regcomp(&regex, "^([a-z]+)=([0-9]*)$", REG_EXTENDED) == 0);
  CHECK(regexec(&regex, "port=6379", 3, match, 0) == 0);
  CHECK(match[1].rm_so == 0 && match[1].rm_eo == 4 && match[2].rm_so == 5);
  CHECK(regexec(&regex, "Port=1", 3, match, 0) == REG_NOMATCH);
  regfree(&regex);
  CHECK(regcomp(&regex, "(", REG_EXTENDED) != 0);
  CHECK(fnmatch("*.c", "file.c", 0) == 0 &&
        fnmatch("*", "a/b", FNM_PATHNAME) != 0);
}

static void names_are_globbed(void) {
  fclose(fopen("glob-a", "w"));
  fclose(fopen("glob-b", "w"));
  glob_t found;
  CHECK(glob("glob-?", 0, NULL, &found) == 0 && found.gl_pathc == 2);
  CHECK(!strcmp(found.gl_pathv[1], "glob-b"));
  globfree(&found);
  CHECK(glob("no-such-*", 0, NULL, &found) == GLOB_NOMATCH);
}

static void encodings_are_converted(void) {
  const iconv_t converter = iconv_open("UTF-8", "ISO-8859-1");
  CHECK(converter != (iconv_t)-1);
  char in[] = "caf\xe9", out[16] = "", *from = in, *to = out;
  size_t left = 4, room = sizeof(out);
  CHECK(iconv(converter, &from, &left, &to, &room) == 0);
  CHECK(!strcmp(out, "caf\xc3\xa9") && left == 0);
  CHECK(iconv_close(converter) == 0);
  CHECK(iconv_open("no-such-encoding", "UTF-8") == (iconv_t)-1 &&
        errno == EINVAL);
}

static void wide_characters_are_characters(void) {
  CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL && MB_CUR_MAX >= 4);
  wchar_t wide[16];
  CHECK(mbstowcs(wide, "h\xc3\xa4\xe2\x82\xac", 16) == 3 && wide[2] == 0x20ac);
  char narrow[16];
  CHECK(wcstombs(narrow, wide, 16) == 6 &&
        !strcmp(narrow, "h\xc3\xa4\xe2\x82\xac"));
  CHECK(iswalpha(L'\xe4') && towupper(L'\xe4') == L'\xc4');
  CHECK(wcslen(wide) == 3 && wcscmp(wide, L"h\xe4\x20ac") == 0);
  mbstate_t state = {0};
  CHECK(mbrtowc(wide, "\xe2\x82", 2, &state) == (size_t)-2);
  CHECK(mbrtowc(wide, "\xac", 1, &state) == 1 && wide[0] == 0x20ac);
  CHECK(mbrtowc(wide, "\xff", 1, &state) == (size_t)-1 && errno == EILSEQ);
}

static void wide_streams_print(void) {
  wchar_t text[32];
  CHECK(swprintf(text, 32, L"%d %ls %s", 5, L"wide", "narrow") == 13);
  CHECK(!wcscmp(text, L"5 wide narrow"));
  CHECK(wcstol(L"0x1f", NULL, 0) == 31 && wcstod(L"2.5", NULL) == 2.5);
}

static void locales_are_asked(void) {
  CHECK(!strcmp(nl_langinfo(CODESET), "UTF-8"));
  CHECK(!strcmp(localeconv()->decimal_point, "."));
  const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  CHECK(c != (locale_t)0 && strcoll_l("a", "b", c) < 0);
  freelocale(c);
}

static void memory_is_a_stream(void) {
  char* text;
  size_t size;
  FILE* stream = open_memstream(&text, &size);
  fprintf(stream, "%d-%s", 12, "x");
  CHECK(fclose(stream) == 0 && size == 4 && !strcmp(text, "12-x"));
  stream = fmemopen(text, size, "r");
  int number = 0;
  CHECK(fscanf(stream, "%d", &number) == 1 && number == 12 &&
        fclose(stream) == 0);
  free(text);
}

static ssize_t cookie_write(void* cookie, const char* data, size_t size) {
  strncat(cookie, data, size);
  return (ssize_t)size;
}
static void streams_are_made_of_functions(void) {
  static char log[64];
  const cookie_io_functions_t functions = {.write = cookie_write};
  FILE* stream = fopencookie(log, "w", functions);
  CHECK(stream != NULL && fprintf(stream, "to %s", "cookie") > 0);
  CHECK(fclose(stream) == 0 && !strcmp(log, "to cookie"));
}

static void lines_of_any_length(void) {
  FILE* stream = tmpfile();
  CHECK(stream != NULL);
  for (int i = 0; i < 5000; ++i) fputc('l', stream);
  fputs("\nsecond", stream);
  rewind(stream);
  char* line = NULL;
  size_t room = 0;
  CHECK(getline(&line, &room, stream) == 5001 && room >= 5002);
  CHECK(getline(&line, &room, stream) == 6 &&
        getline(&line, &room, stream) == -1);
  CHECK(feof(stream) && !ferror(stream));
  free(line);
  CHECK(fseek(stream, -3, SEEK_END) == 0 && fgetc(stream) == 'o');
  CHECK(ungetc('X', stream) == 'X' && fgetc(stream) == 'X' &&
        ftell(stream) == 5005);
  fclose(stream);
}

static void buffers_are_chosen(void) {
  FILE* stream = fopen("buffered", "w+");
  CHECK(setvbuf(stream, NULL, _IOFBF, 1024) == 0);
  CHECK(fputs("held", stream) >= 0);
  CHECK(fflush(stream) == 0 && lseek(fileno(stream), 0, SEEK_END) == 4);
  CHECK(setvbuf(stream, NULL, _IOLBF, 0) == 0);
  CHECK(freopen("buffered", "r", stream) == stream && fgetc(stream) == 'h');
  CHECK(fputc('x', stream) == EOF && ferror(stream));
  fclose(stream);
  CHECK(fopen("missing/file", "r") == NULL && errno == ENOENT);
  CHECK(fopen("x", "bad") == NULL && errno == EINVAL);
}

static void numbers_are_scanned(void) {
  int a = 0, consumed = 0;
  unsigned hex = 0;
  double d = 0;
  char word[8] = "", set[8] = "";
  CHECK(sscanf("12 ff 2.5e3 word abc9", "%d %x %lf %7s %[a-c]%n", &a, &hex, &d,
               word, set, &consumed) == 5);
  CHECK(a == 12 && hex == 255 && d == 2500 && !strcmp(word, "word"));
  CHECK(!strcmp(set, "abc") && consumed == 20);
  CHECK(strtoll("-9223372036854775808", NULL, 10) == INT64_MIN);
  errno = 0;
  CHECK(strtoul("99999999999999999999", NULL, 10) == ULONG_MAX &&
        errno == ERANGE);
  char* end;
  CHECK(strtod("0x1.8p1rest", &end) == 3.0 && !strcmp(end, "rest"));
  CHECK(strtod("inf", NULL) == INFINITY && isnan(strtod("nan", NULL)));
  CHECK(strtold("1.5", NULL) == 1.5L);
}

static void mathematics(void) {
  CHECK(sqrt(2) * sqrt(2) - 2 < 1e-12 && pow(2, 0.5) == sqrt(2));
  CHECK(fabs(sin(M_PI / 6) - 0.5) < 1e-15 && fabs(exp(log(10)) - 10) < 1e-12);
  CHECK(fmod(7.5, 2) == 1.5 && floor(-1.5) == -2 && trunc(-1.5) == -1);
  CHECK(round(2.5) == 3 && rint(2.5) == 2 && lround(-2.5) == -3);
  int exponent;
  CHECK(frexp(8, &exponent) == 0.5 && exponent == 4 && ldexp(0.5, 4) == 8);
  CHECK(hypot(3, 4) == 5 && fabs(cbrt(27) - 3) < 1e-12 && fma(2, 3, 4) == 10);
  CHECK(fabs(tgamma(5) - 24) < 1e-9 && fabs(erf(0)) == 0 && isnan(sqrt(-1)));
  CHECK(copysign(1, -0.0) == -1 && signbit(-0.0) && nextafter(1, 2) > 1);
}

static int compare(const void* a, const void* b) {
  return *(const int*)a - *(const int*)b;
}
static void sorting_and_searching(void) {
  int numbers[] = {5, 3, 9, 1, 7};
  qsort(numbers, 5, sizeof(int), compare);
  CHECK(numbers[0] == 1 && numbers[4] == 9);
  const int wanted = 7;
  CHECK(bsearch(&wanted, numbers, 5, sizeof(int), compare) == &numbers[3]);
  void* root = NULL;
  for (int i = 0; i < 5; ++i)
    CHECK(tsearch(&numbers[i], &root, compare) != NULL);
  CHECK(**(int**)tfind(&wanted, &root, compare) == 7);
  CHECK(hcreate(10) != 0);
  hsearch((ENTRY){"key", &numbers[2]}, ENTER);
  CHECK(hsearch((ENTRY){"key", NULL}, FIND)->data == &numbers[2]);
  hdestroy();
}

static void options_are_parsed(void) {
  char* argv[] = {"p", "-a", "-b", "value", "--long=x", "rest", NULL};
  const struct option longs[] = {{"long", required_argument, NULL, 'l'}, {0}};
  optind = 1;
  CHECK(getopt_long(6, argv, "ab:", longs, NULL) == 'a');
  CHECK(getopt_long(6, argv, "ab:", longs, NULL) == 'b' &&
        !strcmp(optarg, "value"));
  CHECK(getopt_long(6, argv, "ab:", longs, NULL) == 'l' &&
        !strcmp(optarg, "x"));
  CHECK(getopt_long(6, argv, "ab:", longs, NULL) == -1 && optind == 5);
}

static void users_have_names(void) {
  const struct passwd* user = getpwuid(getuid());
  CHECK(user != NULL && user->pw_uid == getuid());
  CHECK(getpwnam(user->pw_name)->pw_uid == getuid());
  CHECK(getpwnam("no-such-user") == NULL);
  const struct group* group = getgrgid(getgid());
  CHECK(group != NULL && group->gr_gid == getgid());
  struct passwd storage, *result;
  char space[1024];
  CHECK(getpwuid_r(getuid(), &storage, space, sizeof(space), &result) == 0 &&
        result);
  CHECK(getpwuid_r(getuid(), &storage, space, 1, &result) == ERANGE);
}

static void times_are_broken_down(void) {
  struct tm tm;
  const time_t time = 1700000000;
  CHECK(gmtime_r(&time, &tm) && tm.tm_year == 123 && tm.tm_mon == 10 &&
        tm.tm_mday == 14);
  char text[64];
  CHECK(strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %a %j", &tm) > 0);
  CHECK(!strcmp(text, "2023-11-14 22:13:20 Tue 318") && timegm(&tm) == time);
  CHECK(strptime("2001-02-03 04:05:06", "%Y-%m-%d %H:%M:%S", &tm) != NULL);
  CHECK(tm.tm_mon == 1 && tm.tm_sec == 6);
  setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);
  tzset();
  CHECK(localtime_r(&time, &tm) && tm.tm_hour == 17 &&
        !strcmp(tzname[0], "EST"));
  CHECK(mktime(&tm) == time && difftime(time, time - 5) == 5);
}

static void the_environment_changes(void) {
  CHECK(setenv("SLIPWAY_A", "1", 1) == 0 && setenv("SLIPWAY_A", "2", 0) == 0);
  CHECK(!strcmp(getenv("SLIPWAY_A"), "1") && unsetenv("SLIPWAY_A") == 0);
  CHECK(getenv("SLIPWAY_A") == NULL);
  CHECK_ERRNO(EINVAL, setenv("A=B", "x", 1));
  static char entry[] = "SLIPWAY_B=3";
  CHECK(putenv(entry) == 0 && !strcmp(getenv("SLIPWAY_B"), "3"));
  entry[10] = '4';
  CHECK(!strcmp(getenv("SLIPWAY_B"), "4"));
}

static void paths_are_split(void) {
  char a[] = "/usr/lib/", b[] = "/usr/lib/", c[] = "name";
  CHECK(!strcmp(dirname(a), "/usr") && !strcmp(basename(b), "lib"));
  CHECK(!strcmp(dirname(c), "."));
}

static void system_limits_are_told(void) {
  CHECK(sysconf(_SC_PAGESIZE) == 4096 && sysconf(_SC_NPROCESSORS_ONLN) >= 1);
  CHECK(sysconf(_SC_OPEN_MAX) > 0 && sysconf(_SC_CLK_TCK) == 100);
  CHECK(sysconf(_SC_PHYS_PAGES) > 0 && sysconf(_SC_IOV_MAX) == 1024);
  errno = 0;
  CHECK(sysconf(9999) == -1 && errno == EINVAL);
  CHECK(pathconf(".", _PC_NAME_MAX) == 255 &&
        fpathconf(0, _PC_PIPE_BUF) == 4096);
  char name[256];
  CHECK(gethostname(name, sizeof(name)) == 0 && name[0] != 0);
}

static void randomness_is_random(void) {
  unsigned char a[32] = {0}, b[32] = {0};
  CHECK(getentropy(a, 32) == 0 && getentropy(b, 32) == 0 &&
        memcmp(a, b, 32) != 0);
  CHECK_ERRNO(EIO, getentropy(a, 257));
  srand(5);
  const int first = rand();
  srand(5);
  CHECK(rand() == first);
  unsigned short seed[3] = {1, 2, 3};
  CHECK(erand48(seed) < 1.0 && nrand48(seed) >= 0);
}

static void strings_are_handled(void) {
  char text[32] = "a,b;;c", *rest = text;
  CHECK(!strcmp(strsep(&rest, ",;"), "a") && !strcmp(strsep(&rest, ",;"), "b"));
  CHECK(!strcmp(strsep(&rest, ",;"), "") && !strcmp(rest, "c"));
  CHECK(strcasecmp("ABC", "abc") == 0 && strcasestr("Hello", "LL") != NULL);
  CHECK(!strcmp(strpbrk("key=value", "="), "=value") &&
        strspn("aab", "a") == 2);
  CHECK(memmem("haystack", 8, "st", 2) != NULL && strverscmp("a9", "a10") < 0);
  char* copy = strndup("truncated", 5);
  CHECK(!strcmp(copy, "trunc"));
  free(copy);
  CHECK(strlen(strerror(ENOENT)) > 0 && strsignal(11) != NULL);
  CHECK(asprintf(&copy, "%s-%05.1f", "x", 2.25) == 7 &&
        !strcmp(copy, "x-002.2"));
  free(copy);
}

int main(void) {
  CASE(patterns_match);
  CASE(names_are_globbed);
  CASE(encodings_are_converted);
  CASE(wide_characters_are_characters);
  CASE(wide_streams_print);
  CASE(locales_are_asked);
  CASE(memory_is_a_stream);
  CASE(streams_are_made_of_functions);
  CASE(lines_of_any_length);
  CASE(buffers_are_chosen);
  CASE(numbers_are_scanned);
  CASE(mathematics);
  CASE(sorting_and_searching);
  CASE(options_are_parsed);
  CASE(users_have_names);
  CASE(times_are_broken_down);
  CASE(the_environment_changes);
  CASE(paths_are_split);
  CASE(system_limits_are_told);
  CASE(randomness_is_random);
  CASE(strings_are_handled);
  return 0;
}
