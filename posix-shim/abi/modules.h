/* What the calls module_* pass (posix.def, section "slipway"). Plain C: both
 * sides include it. */

#ifndef SLIPWAY_POSIX_SHIM_ABI_MODULES_H_
#define SLIPWAY_POSIX_SHIM_ABI_MODULES_H_

#include <stdint.h>

/* module_link: where the module is. Sizes in bytes. */
struct slipway_module_place {
  uint64_t memory_base;
  uint64_t memory_size;
  uint64_t tls_size;
  uint64_t tls_alignment;
};

/* module_link's flags. */
enum {
  SLIPWAY_MODULE_LAZY = 1 /* undefined functions trap when they are called */
};

enum {
  SLIPWAY_SYMBOL_FUNCTION,
  SLIPWAY_SYMBOL_DATA,
  SLIPWAY_SYMBOL_THREAD_LOCAL /* value: the calling thread's copy */
};

/* module_symbol and module_locate. */
struct slipway_symbol {
  uint64_t value; /* a function pointer or an address */
  uint32_t kind;
  uint32_t module;
};

#endif
