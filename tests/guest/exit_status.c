// Exits with 42; the host must pass that on.
#include <stdlib.h>

int main(void) { exit(42); }
