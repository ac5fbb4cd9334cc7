// Text beyond ASCII: encodings, locales, wide streams, and patterns.
#include <ctype.h>
#include <fnmatch.h>
#include <glob.h>
#include <iconv.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <regex.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <wchar.h>
#include <wctype.h>

#include "check.h"

// Converts all of `in`; the number of bytes in `out`, or -1 and errno.
static long convert(const char* to, const char* from, const char* in,
                    size_t in_size, char* out, size_t out_size) {
  const iconv_t converter = iconv_open(to, from);
  CHECK(converter != (iconv_t)-1);
  char* source = (char*)in;
  char* target = out;
  size_t room = out_size;
  const size_t result = iconv(converter, &source, &in_size, &target, &room);
  const int error = errno;
  CHECK(iconv_close(converter) == 0);
  errno = error;
  return result == (size_t)-1 ? -1 : (long)(out_size - room);
}

struct sample {
  const char* encoding;
  const char* bytes;
  size_t size;
  const char* utf8;
};
#define SAMPLE(encoding, bytes, utf8) {encoding, bytes, sizeof(bytes) - 1, utf8}

static void encodings_are_known(void) {
  const struct sample samples[] = {
      SAMPLE("US-ASCII", "plain", "plain"),
      SAMPLE("ISO-8859-1", "\xe4\xf6", "äö"),
      SAMPLE("ISO-8859-2", "\xb1\xb3", "ął"),
      SAMPLE("ISO-8859-5", "\xb0\xb1", "АБ"),
      SAMPLE("ISO-8859-15", "\xa4", "€"),
      SAMPLE("KOI8-R", "\xc1\xc2", "аб"),
      SAMPLE("CP1250", "\xb9", "ą"),
      SAMPLE("CP1251", "\xe0\xe1", "аб"),
      SAMPLE("WINDOWS-1252", "\x80\x99", "€™"),
      SAMPLE("CP437", "\x81\x84", "üä"),
      SAMPLE("UTF-16LE", "\xac\x20\x3d\xd8\x00\xde", "€😀"),
      SAMPLE("UTF-16BE", "\x20\xac\xd8\x3d\xde\x00", "€😀"),
      SAMPLE("UTF-32LE", "\x00\xf6\x01\x00", "😀"),
      SAMPLE("UTF-32BE", "\x00\x01\xf6\x00", "😀"),
      SAMPLE("EUC-JP", "\xc6\xfc\xcb\xdc", "日本"),
      SAMPLE("SHIFT_JIS", "\x93\xfa\x96\x7b", "日本"),
      SAMPLE("ISO-2022-JP", "\x1b$B\x46\x7c\x4b\x5c\x1b(B", "日本"),
      SAMPLE("GB2312", "\xd6\xd0\xce\xc4", "中文"),
      SAMPLE("GB18030", "\xa2\xe3\x81\x30\x84\x36", "€¥"),
      SAMPLE("GBK", "\xd6\xd0\xce\xc4", "中文"),
      SAMPLE("BIG5", "\xa4\xa4\xa4\xe5", "中文"),
      SAMPLE("EUC-KR", "\xc7\xd1\xb1\xdb", "한글"),
  };
  for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); ++i) {
    const struct sample* sample = &samples[i];
    char out[64];
    const long size = convert("UTF-8", sample->encoding, sample->bytes,
                              sample->size, out, sizeof(out));
    if (size < 0 || (size_t)size != strlen(sample->utf8) ||
        memcmp(out, sample->utf8, size) != 0) {
      fprintf(stderr, "%s: %ld\n", sample->encoding, size);
      CHECK(!"the text in UTF-8");
    }
  }
}

static void encodings_are_written(void) {
  char out[16];
  CHECK(convert("ISO-8859-1", "UTF-8", "äö", 4, out, sizeof(out)) == 2);
  CHECK(!memcmp(out, "\xe4\xf6", 2));
  CHECK(convert("UTF-16LE", "UTF-8", "😀", 4, out, sizeof(out)) == 4);
  CHECK(!memcmp(out, "\x3d\xd8\x00\xde", 4));
  CHECK(convert("EUC-JP", "UTF-8", "日本", 6, out, sizeof(out)) == 4);
  CHECK(!memcmp(out, "\xc6\xfc\xcb\xdc", 4));
}

static void conversion_tells_where_it_stopped(void) {
  char out[16];
  errno = 0;
  CHECK(convert("UTF-16LE", "UTF-8", "abc", 3, out, 4) == -1 && errno == E2BIG);
  CHECK(convert("UTF-16LE", "UTF-8", "a\xff", 2, out, 16) == -1 &&
        errno == EILSEQ);
  CHECK(convert("UTF-16LE", "UTF-8", "a\xe2\x82", 3, out, 16) == -1 &&
        errno == EINVAL);
}

static void characters_have_classes(void) {
  CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
  CHECK(iswupper(L'Ж') && towlower(L'Ж') == L'ж' && iswalpha(L'日'));
  CHECK(iswspace(0x2003) && iswpunct(L'…') && iswdigit(L'5'));
  CHECK(!iswdigit(L'٣') && iswctype(L'ß', wctype("lower")));
  CHECK(wcwidth(L'日') == 2 && wcwidth(L'a') == 1 && wcwidth(0x301) == 0);
  CHECK(towctrans(L'é', wctrans("toupper")) == L'É');
}

static void strings_of_wide_characters(void) {
  mbstate_t state = {0};
  const char* bytes = "añ€😀";
  wchar_t wide[8];
  CHECK(mbsrtowcs(wide, &bytes, 8, &state) == 4 && bytes == NULL);
  CHECK(wide[3] == 0x1f600 && wcsrchr(wide, L'€') == wide + 2);
  char back[16];
  const wchar_t* source = wide;
  CHECK(wcsrtombs(back, &source, sizeof(back), &state) == 10);
  CHECK(!strcmp(back, "añ€😀"));
  CHECK(mblen("€", 3) == 3 && btowc('a') == L'a' && wctob(L'€') == EOF);
  wchar_t* rest;
  wchar_t list[] = L"a:b";
  CHECK(!wcscmp(wcstok(list, L":", &rest), L"a"));
  CHECK(wcscasecmp(L"ÄB", L"äb") == 0 && wcsncmp(L"ab", L"ac", 1) == 0);
}

static void wide_streams_are_files(void) {
  FILE* stream = fopen("wide", "w+");
  CHECK(fwide(stream, 0) == 0 && fputws(L"één\n日本\n", stream) >= 0);
  CHECK(fwide(stream, 0) > 0 && fwprintf(stream, L"%ls %d\n", L"€", 5) == 4);
  rewind(stream);
  wchar_t line[16];
  CHECK(fgetws(line, 16, stream) == line && !wcscmp(line, L"één\n"));
  CHECK(fgetwc(stream) == L'日' && ungetwc(L'x', stream) == L'x');
  CHECK(fgetwc(stream) == L'x' && fgetwc(stream) == L'本');
  int number = 0;
  wchar_t word[4];
  CHECK(fwscanf(stream, L" %3ls %d", word, &number) == 2 && number == 5);
  CHECK(fclose(stream) == 0);
  struct stat st;
  CHECK(stat("wide", &st) == 0 && st.st_size == 6 + 7 + 6);
  wchar_t* text;
  size_t size;
  stream = open_wmemstream(&text, &size);
  CHECK(fputwc(L'€', stream) == L'€' && fclose(stream) == 0 && size == 1);
  free(text);
}

static void locales_are_per_thread_when_asked(void) {
  const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  CHECK(c != (locale_t)0 && utf8 != (locale_t)0);
  const locale_t before = uselocale(utf8);
  CHECK(MB_CUR_MAX > 1 && uselocale((locale_t)0) == utf8);
  CHECK(uselocale(before) == utf8);
  CHECK(isalpha_l('a', c) && toupper_l('b', c) == 'B');
  CHECK(!strcmp(nl_langinfo_l(RADIXCHAR, c), "."));
  const locale_t copy = duplocale(c);
  freelocale(copy);
  freelocale(c);
  freelocale(utf8);
  CHECK(!strcmp(nl_langinfo(DAY_1), "Sunday") &&
        !strcmp(nl_langinfo(ABMON_12), "Dec"));
  CHECK(setlocale(LC_ALL, "C") != NULL &&
        !strcmp(setlocale(LC_ALL, NULL), "C"));
}

static int matches(const char* pattern, int flags, const char* text) {
  regex_t regex;
  CHECK(regcomp(&regex, pattern, flags) == 0);
  const int result = regexec(&regex, text, 0, NULL, 0);
  regfree(&regex);
  return result == 0;
}

static void regular_expressions_match(void) {
  CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
  CHECK(matches("^a.c$", 0, "aéc") && !matches("^a.c$", 0, "abbc"));
  CHECK(matches("\\(ab*\\)-\\1$", 0, "abb-abb") &&
        !matches("\\(ab*\\)-\\1$", 0, "abb-ab"));
  CHECK(matches("^(a|b){2,3}$", REG_EXTENDED, "aba") &&
        !matches("^(a|b){2,3}$", REG_EXTENDED, "abab"));
  CHECK(matches("[[:digit:]]+[^[:alnum:]]", REG_EXTENDED, "x42;"));
  CHECK(matches("HELLO", REG_ICASE, "say hello"));
  CHECK(matches("^second$", REG_NEWLINE, "first\nsecond\nthird"));
  regex_t regex;
  regmatch_t found[2];
  CHECK(regcomp(&regex, "x*(b+)", REG_EXTENDED) == 0 && regex.re_nsub == 1);
  CHECK(regexec(&regex, "abbb", 2, found, 0) == 0);
  CHECK(found[0].rm_so == 1 && found[1].rm_eo == 4);
  CHECK(regexec(&regex, "^", 2, found, REG_NOTBOL) == REG_NOMATCH);
  char message[64];
  CHECK(regerror(REG_EPAREN, &regex, message, sizeof(message)) > 1);
  regfree(&regex);
  CHECK(regcomp(&regex, "[a", 0) == REG_EBRACK &&
        regcomp(&regex, "a{2,1}", REG_EXTENDED) == REG_BADBR);
}

static void patterns_have_options(void) {
  CHECK(fnmatch("*.[ch]", "x.c", 0) == 0 && fnmatch("[!a]*", "a", 0) != 0);
  CHECK(fnmatch("*", ".hidden", FNM_PERIOD) == FNM_NOMATCH);
  CHECK(fnmatch("a\\*", "a*", 0) == 0 &&
        fnmatch("a\\*", "a\\b", FNM_NOESCAPE) == 0);
  CHECK(fnmatch("ABC", "abc", FNM_CASEFOLD) == 0);
  CHECK(fnmatch("/a", "/a/b", FNM_LEADING_DIR) == 0);
  CHECK(fnmatch("[[:upper:]]?", "Äb", 0) == 0);
}

static void names_are_globbed_in_directories(void) {
  CHECK(mkdir("globbed", 0700) == 0);
  fclose(fopen("globbed/b.c", "w"));
  fclose(fopen("globbed/a.c", "w"));
  fclose(fopen("globbed/.c", "w"));
  CHECK(mkdir("globbed/d.c", 0700) == 0);
  glob_t found;
  CHECK(glob("globbed/*.c", GLOB_MARK, NULL, &found) == 0);
  CHECK(found.gl_pathc == 3 && !strcmp(found.gl_pathv[0], "globbed/a.c"));
  CHECK(!strcmp(found.gl_pathv[2], "globbed/d.c/"));
  CHECK(glob("*/b.c", GLOB_APPEND, NULL, &found) == 0 && found.gl_pathc == 4);
  globfree(&found);
  CHECK(glob("none*", GLOB_NOCHECK, NULL, &found) == 0);
  CHECK(found.gl_pathc == 1 && !strcmp(found.gl_pathv[0], "none*"));
  globfree(&found);
}

int main(void) {
  CASE(encodings_are_known);
  CASE(encodings_are_written);
  CASE(conversion_tells_where_it_stopped);
  CASE(characters_have_classes);
  CASE(strings_of_wide_characters);
  CASE(wide_streams_are_files);
  CASE(locales_are_per_thread_when_asked);
  CASE(regular_expressions_match);
  CASE(patterns_have_options);
  CASE(names_are_globbed_in_directories);
  return 0;
}
