// The standard library: streams, containers, algorithms and text.
#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <clocale>
#include <complex>
#include <deque>
#include <expected>
#include <format>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <list>
#include <locale>
#include <map>
#include <numbers>
#include <numeric>
#include <print>
#include <random>
#include <ranges>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <valarray>
#include <variant>
#include <vector>

#include "tests/posix/check.h"

namespace {

void streams_print() {
  std::cout << "text " << 42 << ' ' << -7L << ' ' << 3.25 << ' ' << true << ' '
            << std::boolalpha << true << std::noboolalpha << '\n';
  std::cout << std::hex << std::showbase << 255 << std::dec << ' '
            << std::setw(8) << std::setfill('.') << 17 << ' ' << std::left
            << std::setw(6) << "ab" << std::right << std::setfill(' ') << '|'
            << std::scientific << std::setprecision(3) << 12345.678
            << std::defaultfloat << ' ' << 1e100 << ' ' << 0.1L << '\n';
  std::wcerr.flush();
  std::println("println {} {:>6}", 1, "six");
  std::cout << std::flush;
}

void strings_are_streams() {
  std::istringstream in("12 0x1f 2.5 word  rest of line\nnext");
  int number = 0, hex = 0;
  double real = 0;
  std::string word, line;
  in >> number >> std::hex >> hex >> real >> word;
  std::getline(in, line);
  CHECK(number == 12 && hex == 31 && real == 2.5 && word == "word");
  CHECK(line == "  rest of line");
  in >> std::dec >> number;
  CHECK(in.fail() && !in.eof());
  in.clear();
  in >> word >> word;
  CHECK(in.eof());
  std::ostringstream out;
  std::tm date{};
  date.tm_year = 124;
  out << std::put_time(&date, "%Y") << ' ' << std::quoted("a \"b\"");
  CHECK(out.str() == "2024 \"a \\\"b\\\"\"");
}

void files_are_streams() {
  {
    std::ofstream out("stream.txt");
    for (int i = 0; i < 10000; ++i) out << i << '\n';
    CHECK(out.good());
  }
  std::ifstream in("stream.txt");
  long sum = 0;
  for (int value; in >> value;) sum += value;
  CHECK(in.eof() && sum == 49995000);
  in.clear();
  in.seekg(-5, std::ios::end);
  std::string last;
  in >> last;
  CHECK(last == "9999");
  std::fstream both("stream.txt", std::ios::in | std::ios::out);
  both.seekp(2);
  both << "X";
  both.seekg(0);
  std::string first, second;
  both >> first >> second;
  CHECK(first == "0" && second == "X");
  std::ifstream missing("no such file");
  CHECK(!missing.is_open() && missing.fail());
  missing.exceptions(std::ios::goodbit);
  bool thrown = false;
  try {
    missing.exceptions(std::ios::failbit);
  } catch (const std::ios_base::failure&) {
    thrown = true;
  }
  CHECK(thrown);
}

void containers_hold() {
  std::map<std::string, int> counts;
  std::unordered_map<std::string, int> hashed;
  std::set<int> ordered;
  std::deque<int> queue;
  std::list<int> list;
  for (int i = 0; i < 5000; ++i) {
    const std::string key = "key" + std::to_string(i % 97);
    ++counts[key];
    ++hashed[key];
    ordered.insert(i * 7919 % 5003);
    if (i % 2)
      queue.push_back(i);
    else
      queue.push_front(i);
    list.push_back(-i);
  }
  CHECK(counts.size() == 97 && hashed.size() == 97);
  for (const auto& [key, count] : counts) CHECK(hashed.at(key) == count);
  CHECK(ordered.size() == 5000 && std::ranges::is_sorted(ordered));
  CHECK(queue.front() == 4998 && queue.back() == 4999 && queue[2500] == 1);
  list.sort();
  CHECK(list.front() == -4999);
  std::multimap<int, char> several = {{1, 'a'}, {1, 'b'}, {2, 'c'}};
  CHECK(several.count(1) == 2);
  std::bitset<100> bits;
  bits.set(7).set(99);
  CHECK(bits.count() == 2);
  std::valarray<double> values = {1, 4, 9};
  CHECK(std::sqrt(values).sum() == 6);
}

void algorithms_work() {
  std::vector<int> numbers(10000);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::mt19937_64 random(12345);
  CHECK(random() == 6597103971274460346u);
  std::shuffle(numbers.begin(), numbers.end(), random);
  std::vector<int> copy = numbers;
  std::sort(numbers.begin(), numbers.end());
  std::stable_sort(copy.begin(), copy.end(), std::greater<>());
  std::reverse(copy.begin(), copy.end());
  CHECK(numbers == copy);
  CHECK(std::accumulate(numbers.begin(), numbers.end(), 0L) == 49995000);
  auto squares = std::views::iota(1, 6) |
                 std::views::filter([](int i) { return i % 2 == 1; }) |
                 std::views::transform([](int i) { return i * i; });
  CHECK(std::ranges::equal(squares, std::array{1, 9, 25}));
  CHECK(std::lcm(12, 18) == 36);
}

void alternatives_are_visited() {
  std::variant<int, std::string, double> value = "text";
  CHECK(std::visit([](const auto& v) -> size_t { return sizeof(v); }, value) ==
        sizeof(std::string));
  bool thrown = false;
  try {
    CHECK(std::get<int>(value) == 0);
  } catch (const std::bad_variant_access&) {
    thrown = true;
  }
  CHECK(thrown);
  const std::expected<int, std::string> failed = std::unexpected("why");
  CHECK(failed.value_or(4) == 4 && failed.error() == "why");
}

void expressions_match() {
  const std::regex pattern(R"((\w+)@(\w+)\.(com|org))");
  const std::string text = "to ann@example.org and bob@test.com";
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end;
       it != end; ++it) {
    found.push_back((*it)[1].str() + "/" + (*it)[3].str());
  }
  CHECK((found == std::vector<std::string>{"ann/org", "bob/com"}));
  CHECK(std::regex_replace(text, pattern, "<$2>") == "to <example> and <test>");
  bool thrown = false;
  try {
    const std::regex wrong("(");
  } catch (const std::regex_error& error) {
    thrown = error.code() == std::regex_constants::error_paren;
  }
  CHECK(thrown);
}

void formats_are_checked_and_applied() {
  CHECK(std::format("{:>8}|{:<5}|{:^7}|", 42, "ab", 'c') ==
        "      42|ab   |   c   |");
  CHECK(std::format("{:#x} {:08.3f} {:e} {}", 255, 3.14159, 12345.678, 0.1) ==
        "0xff 0003.142 1.234568e+04 0.1");
  CHECK(std::format("{1} {0} {1:?}", 1, "two") == "two 1 \"two\"");
  CHECK(std::format("{}", std::vector{1, 2, 3}) == "[1, 2, 3]");
  CHECK(std::format("{:*^6}", "\u00e9\u00e9") == "**\u00e9\u00e9**");
  bool thrown = false;
  try {
    int value = 1;
    CHECK(std::vformat("{:s}", std::make_format_args(value)).empty());
  } catch (const std::format_error&) {
    thrown = true;
  }
  CHECK(thrown);
}

template <typename T>
std::string Shortest(T value) {
  char buffer[64];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return {buffer, result.ptr};
}

void numbers_become_text_and_back() {
  CHECK(Shortest(0.1) == "0.1" && Shortest(1e22) == "1e+22");
  CHECK(Shortest(5e-324) == "5e-324" && Shortest(0.1f) == "0.1");
  CHECK(Shortest(std::numeric_limits<long>::min()) == "-9223372036854775808");
  for (double value : {1.0 / 3, 1e-300, std::numbers::pi, 123456789.125}) {
    const std::string text = Shortest(value);
    double back = 0;
    const auto result =
        std::from_chars(text.data(), text.data() + text.size(), back);
    CHECK(result.ec == std::errc() && back == value);
  }
  int number = 0;
  const std::string_view text = "7fz";
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), number, 16);
  CHECK(number == 127 && *result.ptr == 'z');
  CHECK(std::stoll("-42") == -42 && std::stod("1e3") == 1000);
  CHECK(std::to_string(2.5) == "2.500000");
}

struct Grouped : std::numpunct<char> {
  char do_thousands_sep() const override { return '\''; }
  std::string do_grouping() const override { return "\3"; }
};

void locales_have_facets() {
  std::ostringstream out;
  out.imbue(std::locale(std::locale::classic(), new Grouped));
  out << 1234567;
  CHECK(out.str() == "1'234'567");
  const std::locale classic("C");
  const auto& type = std::use_facet<std::ctype<char>>(classic);
  CHECK(type.toupper('a') == 'A' && type.is(std::ctype_base::digit, '7'));
  const std::locale unicode("C.UTF-8");
  const auto& convert =
      std::use_facet<std::codecvt<wchar_t, char, std::mbstate_t>>(unicode);
  std::mbstate_t state{};
  const char bytes[] = "\xc3\xa9";
  const char* from = bytes;
  wchar_t wide[2];
  wchar_t* to = wide;
  CHECK(convert.in(state, bytes, bytes + 2, from, wide, wide + 2, to) ==
        std::codecvt_base::ok);
  CHECK(to == wide + 1 && wide[0] == 0xe9);
  bool thrown = false;
  try {
    const std::locale missing("no_SUCH.locale");
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  CHECK(thrown || std::locale().name() == "C");
}

void strings_hold_any_character() {
  std::string text(100, 'a');
  text.replace(10, 5, "hello").insert(0, 3, 'b').erase(50);
  CHECK(text.size() == 50 && text.find("hello") == 13);
  const std::u32string wide = U"h\u00e9\U0001F600";
  const std::wstring other = L"w\u00efde";
  CHECK(wide.size() == 3 && other.size() == 4 && other[1] == 0xef);
  CHECK(std::wstring_view(other).substr(2) == L"de");
  CHECK((std::complex<double>(1, 2) * std::complex<double>(3, 4)).real() == -5);
  CHECK(std::apply([](int a, int b) { return a + b; }, std::tuple(2, 3)) == 5);
}

}  // namespace

int main() {
  CASE(streams_print);
  CASE(strings_are_streams);
  CASE(files_are_streams);
  CASE(containers_hold);
  CASE(algorithms_work);
  CASE(alternatives_are_visited);
  CASE(expressions_match);
  CASE(formats_are_checked_and_applied);
  CASE(numbers_become_text_and_back);
  CASE(locales_have_facets);
  CASE(strings_hold_any_character);
}
