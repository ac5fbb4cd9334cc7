// A POSIX guest that becomes another program: execute PROGRAM [ARGUMENT…]

#include <stdio.h>
#include <unistd.h>

int main(int argc, char** argv) {
  (void)argc;
  execv(argv[1], argv + 1);
  perror(argv[1]);
  return 1;
}
