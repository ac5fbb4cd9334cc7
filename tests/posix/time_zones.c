// Calendar time and POSIX time zones.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"

static void show(const char* zone, time_t time) {
  CHECK(setenv("TZ", zone, 1) == 0);
  tzset();
  struct tm parts;
  CHECK(localtime_r(&time, &parts) == &parts);
  char text[64];
  CHECK(strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %j %a %b %Z %z",
                 &parts) > 0);
  printf("%s: %s dst=%d\n", zone, text, parts.tm_isdst);
  CHECK(mktime(&parts) == time);
}

int main(void) {
  show("UTC0", 0);
  show("UTC0", 1700000000);
  show("EST5EDT,M3.2.0,M11.1.0", 1700000000);
  show("EST5EDT,M3.2.0,M11.1.0", 1690000000);
  show("CET-1CEST,M3.5.0,M10.5.0/3", 1690000000);
  show("<+0545>-5:45", 4102444800);
  struct tm parts;
  const time_t before_1970 = -86400 * 365;
  CHECK(gmtime_r(&before_1970, &parts) != NULL && parts.tm_year == 69);
  memset(&parts, 0, sizeof(parts));
  CHECK(strptime("2024-02-29 12:30:00", "%Y-%m-%d %H:%M:%S", &parts) != NULL);
  CHECK(timegm(&parts) == 1709209800);
  printf("%s", asctime(&parts));
  printf("%.0f\n", difftime(100, 40));
  return 0;
}
