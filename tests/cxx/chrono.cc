// Clocks, calendars and time zones.
#include <chrono>
#include <format>
#include <sstream>
#include <string>
#include <thread>

#include "tests/posix/check.h"

namespace {

using namespace std::chrono;  // NOLINT: literals and names of a calendar

void clocks_go_forward() {
  const auto start = steady_clock::now();
  const auto wall = system_clock::now();
  std::this_thread::sleep_for(5ms);
  CHECK(steady_clock::now() - start >= 5ms);
  CHECK(system_clock::now() - wall >= 4ms);
  CHECK(wall > sys_days{2024y / January / 1});
  CHECK(duration_cast<seconds>(90min) == 5400s);
}

void calendars_compute() {
  constexpr year_month_day day = 2024y / February / 29;
  CHECK(day.ok() && !(2023y / February / 29).ok());
  CHECK(weekday{sys_days{day}} == Thursday);
  CHECK(sys_days{2024y / March / 1} - sys_days{day} == days{1});
  CHECK(year_month_day{sys_days{2024y / December / Monday[last]}} ==
        2024y / December / 30);
}

void times_are_formatted() {
  const sys_seconds time = sys_days{2024y / March / 9} + 13h + 5min + 7s;
  CHECK(std::format("{:%Y-%m-%d %H:%M:%S}", time) == "2024-03-09 13:05:07");
  CHECK(std::format("{:%A %d %B %y, week %V}", time) ==
        "Saturday 09 March 24, week 10");
  CHECK(std::format("{}", 1500ms) == "1500ms");
  CHECK(std::format("{:%T}", 3661s) == "01:01:01");
}

void zones_have_rules() {
  const time_zone* const berlin = locate_zone("Europe/Berlin");
  CHECK(berlin->name() == "Europe/Berlin");
  const sys_info winter = berlin->get_info(sys_days{2024y / January / 15});
  const sys_info summer = berlin->get_info(sys_days{2024y / July / 15});
  CHECK(winter.offset == 1h && winter.abbrev == "CET");
  CHECK(summer.offset == 2h && summer.abbrev == "CEST" && summer.save != 0min);
  CHECK(summer.begin == sys_days{2024y / March / 31} + 1h);
}

void local_times_may_be_none_or_two() {
  const time_zone* const zone = locate_zone("America/New_York");
  const local_info none =
      zone->get_info(local_days{2024y / March / 10} + 2h + 30min);
  CHECK(none.result == local_info::nonexistent);
  const local_info two =
      zone->get_info(local_days{2024y / November / 3} + 1h + 30min);
  CHECK(two.result == local_info::ambiguous);
  CHECK(zone->to_sys(local_days{2024y / November / 3} + 1h + 30min,
                     choose::earliest) ==
        sys_days{2024y / November / 3} + 5h + 30min);
}

void zoned_times_convert() {
  const zoned_time tokyo("Asia/Tokyo", sys_days{2024y / January / 1});
  CHECK(tokyo.get_local_time() == local_days{2024y / January / 1} + 9h);
  bool thrown = false;
  try {
    CHECK(locate_zone("Nowhere/AtAll") == nullptr);
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  CHECK(thrown);
  CHECK(!get_tzdb().version.empty());
}

}  // namespace

int main() {
  CASE(clocks_go_forward);
  CASE(calendars_compute);
  CASE(times_are_formatted);
  CASE(zones_have_rules);
  CASE(local_times_may_be_none_or_two);
  CASE(zoned_times_convert);
}
