/* Linux's own knows x86-64 by its predefined macro, which the target has not. */
#ifndef __SLIPWAY_ASM_UNISTD_H
#define __SLIPWAY_ASM_UNISTD_H
#include <asm/unistd_64.h>
#endif
