// Cryptographic primitives (runtime/host/crypto.h).

#include "runtime/host/crypto.h"

#include "runtime/syscalls/handlers.h"

namespace slipway::sys {

SysResult<int64_t> crypto_features(Call&) { return host::CryptoFeatures(); }

SysResult<int64_t> crypto_hash(Call& call, uint32_t algorithm, GuestPtr state,
                               GuestPtr data, uint64_t length) {
  return FromStatus(
      host::CryptoHash(call.process.memory, algorithm, state, data, length));
}

SysResult<int64_t> crypto_aes_key(Call& call, uint32_t direction, GuestPtr key,
                                  uint64_t length, GuestPtr schedule) {
  return FromStatus(host::CryptoAesKey(call.process.memory, direction, key,
                                       length, schedule));
}

SysResult<int64_t> crypto_aes(Call& call, uint32_t mode, GuestPtr schedule,
                              GuestPtr iv, GuestPtr from, GuestPtr to,
                              uint64_t length) {
  return FromStatus(host::CryptoAes(call.process.memory, mode, schedule, iv,
                                    from, to, length));
}

SysResult<int64_t> crypto_gcm(Call& call, uint32_t direction, GuestPtr schedule,
                              GuestPtr state, GuestPtr from, GuestPtr to,
                              uint64_t length) {
  return FromStatus(host::CryptoGcm(call.process.memory, direction, schedule,
                                    state, from, to, length));
}

SysResult<int64_t> crypto_ghash(Call& call, GuestPtr state, GuestPtr data,
                                uint64_t length) {
  return FromStatus(
      host::CryptoGhash(call.process.memory, state, data, length));
}

SysResult<int64_t> crypto_chacha20(Call& call, GuestPtr key, GuestPtr counter,
                                   GuestPtr from, GuestPtr to,
                                   uint64_t length) {
  return FromStatus(host::CryptoChaCha20(call.process.memory, key, counter,
                                         from, to, length));
}

SysResult<int64_t> crypto_montgomery(Call& call, GuestPtr result, GuestPtr a,
                                     GuestPtr b, GuestPtr n, uint64_t n0,
                                     uint64_t words) {
  return FromStatus(
      host::CryptoMontgomery(call.process.memory, result, a, b, n, n0, words));
}

}  // namespace slipway::sys
