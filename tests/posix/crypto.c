// With the right "crypto".
#include "crypto_cases.h"
