// Uses a function that nothing defines, or that a library opened before does.
int which(void);
int base_add(int x);
int incomplete(int really) { return really ? base_add(1) + which() : 3; }
