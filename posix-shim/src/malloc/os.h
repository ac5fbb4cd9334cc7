/* What mimalloc asks of the operating system, over three calls: mmap, munmap
 * and madvise. In place of its os.c, options.c, random.c and stats.c, which
 * would have every program import files, environment and printf. */
#include "mimalloc.h"
#include "mimalloc-internal.h"

enum { LARGE_PAGE = 2 << 20 };

/* ---- Pages ---- */

void _mi_os_init(void) {}
bool _mi_os_has_overcommit(void) { return true; }
size_t _mi_os_page_size(void) { return PAGE_SIZE; }
size_t _mi_os_large_page_size(void) { return LARGE_PAGE; }

/* Sizes of large blocks are rounded so that they can be used again. */
size_t _mi_os_good_alloc_size(size_t size)
{
	const size_t step = size < 512 * MI_KiB ? PAGE_SIZE
		: size < 8 * MI_MiB ? 64 * MI_KiB : MI_MiB;
	return size > SIZE_MAX - step ? size : _mi_align_up(size, step);
}

static void *map(size_t size)
{
	void *const p = __mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

static void unmap(void *p, size_t size)
{
	const int saved = errno; /* free() keeps it */
	if (size) __munmap(p, size);
	errno = saved;
}

void *_mi_os_alloc(size_t size, mi_stats_t *stats)
{
	return size ? map(_mi_os_good_alloc_size(size)) : NULL;
}

void _mi_os_free(void *p, size_t size, mi_stats_t *stats)
{
	if (p) unmap(p, _mi_os_good_alloc_size(size));
}

void _mi_os_free_ex(void *p, size_t size, bool committed, mi_stats_t *stats)
{
	_mi_os_free(p, size, stats);
}

/* Mappings are placed downwards without gaps, so the first try is mostly
 * aligned when the one before it was. */
void *_mi_os_alloc_aligned(size_t size, size_t alignment, bool commit,
	bool *large, mi_stats_t *stats)
{
	if (large) *large = false;
	size = _mi_os_good_alloc_size(size);
	alignment = _mi_align_up(alignment, PAGE_SIZE);
	if (!size || size > PTRDIFF_MAX - alignment) return NULL;
	char *p = map(size);
	if (!p || !((uintptr_t)p & (alignment - 1))) return p;
	unmap(p, size);
	p = map(size + alignment);
	if (!p) return NULL;
	const size_t before = -(uintptr_t)p & (alignment - 1);
	unmap(p, before);
	unmap(p + before + size, alignment - before);
	return p + before;
}

/* `offset` into the block is what is aligned. */
static size_t skipped(size_t alignment, size_t offset)
{
	return offset ? _mi_align_up(offset, alignment) - offset : 0;
}

void *_mi_os_alloc_aligned_offset(size_t size, size_t alignment, size_t offset,
	bool commit, bool *large, mi_stats_t *stats)
{
	const size_t skip = skipped(alignment, offset);
	if (size > PTRDIFF_MAX - skip) return NULL;
	char *const p = _mi_os_alloc_aligned(size + skip, alignment, commit,
		large, stats);
	return p ? p + skip : NULL;
}

void _mi_os_free_aligned(void *p, size_t size, size_t alignment, size_t offset,
	bool committed, mi_stats_t *stats)
{
	const size_t skip = skipped(alignment, offset);
	_mi_os_free((char *)p - skip, size + skip, stats);
}

/* Memory that is mapped can be used; what it costs, it costs when written. */
bool _mi_os_commit(void *p, size_t size, bool *is_zero, mi_stats_t *stats)
{
	if (is_zero) *is_zero = false;
	return true;
}

/* Gives whole pages back, and keeps the place. */
bool _mi_os_decommit(void *p, size_t size, mi_stats_t *stats)
{
	const uintptr_t begin = _mi_align_up((uintptr_t)p, PAGE_SIZE);
	const uintptr_t end = ((uintptr_t)p + size) & -PAGE_SIZE;
	const int saved = errno;
	if (begin < end) __madvise((void *)begin, end - begin, MADV_DONTNEED);
	errno = saved;
	return true;
}

bool _mi_os_reset(void *p, size_t size, mi_stats_t *stats)
{
	return _mi_os_decommit(p, size, stats);
}

/* Guard pages, of builds that are configured to have them. */
bool _mi_os_protect(void *p, size_t size) { return false; }
bool _mi_os_unprotect(void *p, size_t size) { return true; }

/* There are none for guests. */
void *_mi_os_alloc_huge_os_pages(size_t pages, int node, mi_msecs_t limit,
	size_t *reserved, size_t *size)
{
	if (size) *size = 0;
	if (reserved) *reserved = 0;
	return NULL;
}
void _mi_os_free_huge_pages(void *p, size_t size, mi_stats_t *stats) {}

_Atomic(size_t) _mi_numa_node_count = 1;
size_t _mi_os_numa_node_count_get(void) { return 1; }
int _mi_os_numa_node_get(mi_os_tld_t *tld) { return 0; }

/* ---- Time and chance ---- */

/* Milliseconds, to give memory back some time after it was freed. Asked for each
 * run of pages that is freed, so by the clock of ticks, which is cheaper to read. */
mi_msecs_t _mi_clock_now(void)
{
	struct timespec now;
	__clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The numbers vary heaps; nothing secret depends on them. */
void _mi_random_init(mi_random_ctx_t *random)
{
	uint64_t seed = (uintptr_t)random;
	const void *const given = (void *)__getauxval(AT_RANDOM);
	if (given) memcpy(&seed, given, sizeof seed);
	memset(random, 0, sizeof *random);
	memcpy(random->input, &seed, sizeof seed);
}

void _mi_random_init_weak(mi_random_ctx_t *random) { _mi_random_init(random); }
void _mi_random_reinit_if_weak(mi_random_ctx_t *random) {}

uintptr_t _mi_random_next(mi_random_ctx_t *random)
{
	uint64_t state;
	memcpy(&state, random->input, sizeof state);
	state = _mi_random_shuffle(state + 0x9e3779b97f4a7c15);
	memcpy(random->input, &state, sizeof state);
	return state ? state : 1;
}

void _mi_random_split(mi_random_ctx_t *random, mi_random_ctx_t *other)
{
	const uint64_t seed = _mi_random_next(random);
	memset(other, 0, sizeof *other);
	memcpy(other->input, &seed, sizeof seed);
}

/* ---- Options: mimalloc's defaults ---- */

void _mi_options_init(void) {}

long mi_option_get(mi_option_t option)
{
	switch (option) {
	case mi_option_eager_commit:
	case mi_option_eager_commit_delay:
	case mi_option_allow_decommit:
	case mi_option_decommit_extend_delay:
		return 1;
	case mi_option_decommit_delay:
		return 25;
	case mi_option_segment_decommit_delay:
		return 500;
	case mi_option_max_segment_reclaim:
		return 8;
	case mi_option_reserve_huge_os_pages_at:
		return -1;
	default:
		return 0;
	}
}

long mi_option_get_clamp(mi_option_t option, long min, long max)
{
	const long value = mi_option_get(option);
	return value < min ? min : value > max ? max : value;
}

bool mi_option_is_enabled(mi_option_t option)
{
	return mi_option_get(option) != 0;
}

/* ---- Messages and statistics ---- */

void _mi_fputs(mi_output_fun *out, void *arg, const char *prefix,
	const char *message) {}
void _mi_verbose_message(const char *format, ...) {}
void _mi_trace_message(const char *format, ...) {}
void _mi_warning_message(const char *format, ...) {}

/* Too little memory is reported to the caller; a damaged heap ends the program,
 * as it does in musl. */
void _mi_error_message(int error, const char *format, ...)
{
	if (error != ENOMEM && error != EOVERFLOW) a_crash();
	errno = ENOMEM;
}

void _mi_stat_increase(mi_stat_count_t *stat, size_t amount) {}
void _mi_stat_decrease(mi_stat_count_t *stat, size_t amount) {}
void _mi_stat_counter_increase(mi_stat_counter_t *stat, size_t amount) {}
void _mi_stats_done(mi_stats_t *stats) {}
void mi_stats_reset(void) {}
void mi_stats_print(void *out) {}
