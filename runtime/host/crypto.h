// Cryptographic primitives on guest memory, by BoringSSL's assembly for the
// processor at hand (posix.def, the calls crypto_*; abi/crypto.h). What they do
// takes the time that lengths and algorithms ask for, whatever keys and data
// are; docs/cryptography.md argues it.
//
// Data are processed where they are in the guest's memory, so another thread of
// the guest may change them meanwhile: that changes the result and nothing
// else, as lengths are arguments and keys are copied before they are looked at.
// Errors of all: EINVAL for a length or a number that is not one of those
// allowed, EOPNOTSUPP when the processor lacks the instructions, EFAULT (data
// and results may be written in part). Thread-safe; no state.

#ifndef SLIPWAY_RUNTIME_HOST_CRYPTO_H_
#define SLIPWAY_RUNTIME_HOST_CRYPTO_H_

#include <cstdint>

#include "runtime/host/guest_memory.h"

namespace slipway::host {

// Bits SLIPWAY_CRYPTO_*.
uint32_t CryptoFeatures();

// `length` bytes, whole blocks, into the state of SLIPWAY_HASH_*.
SysStatus CryptoHash(const GuestMemory& memory, uint32_t algorithm,
                     GuestPtr state, GuestPtr data, uint64_t length);

// A key of `length` bytes into a struct slipway_aes_key.
SysStatus CryptoAesKey(const GuestMemory& memory, uint32_t direction,
                       GuestPtr key, uint64_t length, GuestPtr schedule);

// Whole blocks by SLIPWAY_AES_*, the direction added.
SysStatus CryptoAes(const GuestMemory& memory, uint32_t mode, GuestPtr schedule,
                    GuestPtr iv, GuestPtr from, GuestPtr to, uint64_t length);

// Whole blocks; `state` is a struct slipway_gcm.
SysStatus CryptoGcm(const GuestMemory& memory, uint32_t direction,
                    GuestPtr schedule, GuestPtr state, GuestPtr from,
                    GuestPtr to, uint64_t length);

// Whole blocks; `state` is a struct slipway_ghash.
SysStatus CryptoGhash(const GuestMemory& memory, GuestPtr state, GuestPtr data,
                      uint64_t length);

// Any length; `key` has 32 bytes, `counter` 16.
SysStatus CryptoChaCha20(const GuestMemory& memory, GuestPtr key,
                         GuestPtr counter, GuestPtr from, GuestPtr to,
                         uint64_t length);

// Of numbers of `words` words.
SysStatus CryptoMontgomery(const GuestMemory& memory, GuestPtr result,
                           GuestPtr a, GuestPtr b, GuestPtr n, uint64_t n0,
                           uint64_t words);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_CRYPTO_H_
