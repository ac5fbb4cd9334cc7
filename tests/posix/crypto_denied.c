// Without the right: everything falls back, and the results are the same.
#include "crypto_cases.h"
