#include "runtime/host/trace_call.h"

namespace slipway::host {
namespace {

#define ARG(k, n) \
  TraceArg { ArgKind::k_##k, #n }
#define RAW TraceArg{ArgKind::k_word, ""}

constexpr TraceCall kCalls[] = {
#define POSIX_CALL0(name, ...) {#name, 0, {}},
#define POSIX_CALL1(name, k1, n1, ...) {#name, 1, {ARG(k1, n1)}},
#define POSIX_CALL2(name, k1, n1, k2, n2, ...) \
  {#name, 2, {ARG(k1, n1), ARG(k2, n2)}},
#define POSIX_CALL3(name, k1, n1, k2, n2, k3, n3, ...) \
  {#name, 3, {ARG(k1, n1), ARG(k2, n2), ARG(k3, n3)}},
#define POSIX_CALL4(name, k1, n1, k2, n2, k3, n3, k4, n4, ...) \
  {#name, 4, {ARG(k1, n1), ARG(k2, n2), ARG(k3, n3), ARG(k4, n4)}},
#define POSIX_CALL5(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, ...) \
  {#name, 5, {ARG(k1, n1), ARG(k2, n2), ARG(k3, n3), ARG(k4, n4), ARG(k5, n5)}},
#define POSIX_CALL6(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, ...) \
  {#name,                                                                      \
   6,                                                                          \
   {ARG(k1, n1), ARG(k2, n2), ARG(k3, n3), ARG(k4, n4), ARG(k5, n5),           \
    ARG(k6, n6)}},
#define POSIX_CALL7(name, k1, n1, k2, n2, k3, n3, k4, n4, k5, n5, k6, n6, k7, \
                    n7, ...)                                                  \
  {#name,                                                                     \
   7,                                                                         \
   {ARG(k1, n1), ARG(k2, n2), ARG(k3, n3), ARG(k4, n4), ARG(k5, n5),          \
    ARG(k6, n6), ARG(k7, n7)}},
#define POSIX_REFUSED(name, argc, errno_name, reason) \
  {#name, argc, {RAW, RAW, RAW, RAW, RAW, RAW, RAW}},
#include "posix-shim/abi/posix.def"
};

#undef ARG
#undef RAW

}  // namespace

std::span<const TraceCall> TraceCalls() { return kCalls; }

const TraceCall* FindTraceCall(std::string_view name) {
  for (const TraceCall& call : kCalls) {
    if (call.name == name) return &call;
  }
  return nullptr;
}

}  // namespace slipway::host
