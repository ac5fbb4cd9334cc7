// A library for a host program: nothing to run.

void _initialize(void) {}
