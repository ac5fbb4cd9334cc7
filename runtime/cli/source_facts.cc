#include "runtime/cli/source_facts.h"

namespace slipway::cli {
namespace {

constexpr std::string_view kGnulib =
    "musl has none; most programs that use it carry a copy (Gnulib) that their "
    "configure script chooses";
constexpr std::string_view kContexts =
    "stacks cannot be switched in wasm; configure the program to use threads";
constexpr std::string_view kX86 =
    "of x86; let the program choose its portable code, or <wasm_simd128.h>";
constexpr std::string_view kArm =
    "of ARM; let the program choose its portable code, or <wasm_simd128.h>";
constexpr std::string_view kGlibc =
    "of glibc alone; the program should test __GLIBC__ or ask its configure "
    "script";
constexpr std::string_view kRounding =
    "wasm rounds to nearest and has no exception flags";

constexpr SourceFact kHeaders[] = {
    {"argp.h", kGnulib},
    {"arm_neon.h", kArm},
    {"cpuid.h", kX86},
    {"emmintrin.h", kX86},
    {"error.h", kGnulib},
    {"fts.h", kGnulib},
    {"gnu/libc-version.h", kGlibc},
    {"immintrin.h", kX86},
    {"libaio.h", "kernel AIO is refused; use aio.h or threads"},
    {"liburing.h", "io_uring is refused; use epoll or threads"},
    {"nmmintrin.h", kX86},
    {"obstack.h", kGnulib},
    {"omp.h", "there is no OpenMP runtime for guests"},
    {"pmmintrin.h", kX86},
    {"smmintrin.h", kX86},
    {"tmmintrin.h", kX86},
    {"wmmintrin.h", kX86},
    {"x86intrin.h", kX86},
    {"xmmintrin.h", kX86},
};

constexpr SourceFact kMissing[] = {
    {"argp_parse", kGnulib},
    {"canonicalize_file_name", "use realpath(name, NULL)"},
    {"dlvsym", "symbol versions are not told apart; use dlsym"},
    {"fcloseall", kGlibc},
    {"feenableexcept", kRounding},
    {"fts_open", kGnulib},
    {"getcontext", kContexts},
    {"gnu_get_libc_version", kGlibc},
    {"mallinfo", kGlibc},
    {"mallinfo2", kGlibc},
    {"makecontext", kContexts},
    {"on_exit", "use atexit"},
    {"pthread_attr_setaffinity_np", "set the affinity in the thread"},
    {"pthread_cond_clockwait",
     "use pthread_cond_timedwait with a clock set by "
     "pthread_condattr_setclock"},
    {"pthread_mutex_clocklock", "use pthread_mutex_timedlock"},
    {"rawmemchr", "use memchr, or strchr for the end of a string"},
    {"re_compile_pattern", kGnulib},
    {"re_search", kGnulib},
    {"register_printf_function", kGlibc},
    {"setcontext", kContexts},
    {"swapcontext", kContexts},
};

constexpr SourceFact kPartial[] = {
    {"feraiseexcept", kRounding},
    {"fesetround", kRounding},
    {"fetestexcept", kRounding},
};

}  // namespace

std::span<const SourceFact> MissingHeaders() { return kHeaders; }
std::span<const SourceFact> MissingFunctions() { return kMissing; }
std::span<const SourceFact> PartialFunctions() { return kPartial; }

}  // namespace slipway::cli
