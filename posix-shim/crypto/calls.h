/* The calls themselves, for the files of this directory. */

#ifndef SLIPWAY_POSIX_SHIM_CRYPTO_CALLS_H_
#define SLIPWAY_POSIX_SHIM_CRYPTO_CALLS_H_

#include <string.h>

#include "posix-shim/abi/crypto.h"
#include "posix-shim/crypto/crypto.h"
#ifdef __slipway__
#include "posix-shim/abi/posix1.h"
#else
#include "posix-shim/crypto/absent.h"
#endif

/* Ends a call that failed though what it needs is there: the memory is not
 * accessible. Touches it, so that the program faults where it would have. */
__attribute__((__visibility__("hidden"), __noreturn__)) void
__slipway_crypto_fault(const void* from, size_t from_size, void* to,
                       size_t to_size);

static inline size_t slipway_crypto_piece(size_t bytes) {
  return bytes < SLIPWAY_CRYPTO_MAX_BYTES ? bytes : SLIPWAY_CRYPTO_MAX_BYTES;
}

#endif
