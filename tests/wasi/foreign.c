// Imports something that is not WASI's.

__attribute__((import_module("env"), import_name("magic"))) int magic(void);

void _start(void) { magic(); }
