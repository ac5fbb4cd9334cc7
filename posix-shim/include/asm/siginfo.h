/* x86-64's, without the alignment that only x32 has. */
#include <asm-generic/siginfo.h>
