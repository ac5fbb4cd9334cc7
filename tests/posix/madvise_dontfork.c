// MADV_DONTFORK keeps pages from children.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void pages_can_be_kept_from_children(void) {
  char* const at = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED && madvise(at, 4096, MADV_DONTFORK) == 0);
  at[0] = 1;
  const pid_t child = fork();
  if (child == 0)
    _exit(mprotect(at, 4096, PROT_READ) == -1 && errno == ENOMEM ? 0 : 1);
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0 && at[0] == 1);
}

int main(void) {
  CASE(pages_can_be_kept_from_children);
  return 0;
}
