// Messages for the system's log reach stderr when that is asked for.
#include <fcntl.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  int ends[2];
  CHECK(pipe(ends) == 0 && dup2(ends[1], 2) == 2);
  openlog("program", LOG_PERROR, LOG_USER);
  syslog(LOG_WARNING, "message %d", 42);
  setlogmask(LOG_UPTO(LOG_ERR));
  syslog(LOG_INFO, "not shown");
  closelog();
  CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
  char text[512] = "";
  CHECK(read(ends[0], text, sizeof(text) - 1) > 0);
  CHECK(strstr(text, "program: message 42") != NULL);
  CHECK(strstr(text, "not shown") == NULL);
  puts("syslog ok");
  return 0;
}
