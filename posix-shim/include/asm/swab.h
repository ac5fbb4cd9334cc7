/* Linux's own for x86-64 is inline assembly; linux/swab.h has what is portable. */
