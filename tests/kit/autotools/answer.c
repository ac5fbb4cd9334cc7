#include "config.h"

int answer(void) { return SIZEOF_LONG == 8 ? 42 : 0; }
