/* posix1 as a guest sees it: one import and one number per row of posix.def.
 *
 * Every import is long (long, ...), under the C name __posix1_<name>. Numbers
 * are those of Linux x86-64 (<sys/syscall.h>), so the rows fit musl's
 * SYS_<name> constants; the ones that musl 1.2.5 does not know, and those of
 * our own calls, follow here. A number only selects a row at compile time: it
 * is never part of the boundary.
 */
#ifndef SLIPWAY_POSIX_SHIM_ABI_POSIX1_H_
#define SLIPWAY_POSIX_SHIM_ABI_POSIX1_H_

#define __POSIX1_PARAMS_0 void
#define __POSIX1_PARAMS_1 long
#define __POSIX1_PARAMS_2 long, long
#define __POSIX1_PARAMS_3 long, long, long
#define __POSIX1_PARAMS_4 long, long, long, long
#define __POSIX1_PARAMS_5 long, long, long, long, long
#define __POSIX1_PARAMS_6 long, long, long, long, long, long
#define __POSIX1_PARAMS_7 long, long, long, long, long, long, long

/* musl makes these names macros for programs that ask for them. */
#undef fadvise64
#undef getdents64
#undef pread64
#undef prlimit64
#undef pwrite64

#define POSIX_NAME(name, argc)     \
  __attribute__((                  \
      __import_module__("posix1"), \
      __import_name__(#name))) long __posix1_##name(__POSIX1_PARAMS_##argc);
#include "posix-shim/abi/posix.def"

#define SYS_quotactl_fd 443
#define SYS_map_shadow_stack 453
#define SYS_futex_wake 454
#define SYS_futex_wait 455
#define SYS_futex_requeue 456
#define SYS_statmount 457
#define SYS_listmount 458
#define SYS_lsm_get_self_attr 459
#define SYS_lsm_set_self_attr 460
#define SYS_lsm_list_modules 461
#define SYS_mseal 462

/* Beyond every Linux number. */
#define SYS_thread_spawn 100000
#define SYS_thread_exit_unmap 100001
#define SYS_module_load 100002
#define SYS_module_link 100003
#define SYS_module_symbol 100004
#define SYS_module_locate 100005
#define SYS_module_thread 100006
#define SYS_module_unload 100007
#define SYS_module_describe 100008
#define SYS_robust_release 100030
#define SYS_crypto_features 100009
#define SYS_crypto_hash 100010
#define SYS_crypto_aes_key 100011
#define SYS_crypto_aes 100012
#define SYS_crypto_gcm 100013
#define SYS_crypto_ghash 100014
#define SYS_crypto_chacha20 100015
#define SYS_crypto_montgomery 100016
#define SYS_backtrace 100020
#define SYS_backtrace_symbol 100021

#endif
