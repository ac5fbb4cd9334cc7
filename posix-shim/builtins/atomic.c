/* Atomic operations on objects that no instruction reads or writes at once:
 * what GCC has in libatomic, under its names. One of a table of locks, chosen
 * by the address, is held meanwhile.
 *
 * Thread-safe. As with libatomic, they are no good between processes, and a
 * signal handler must not use them on an object that it may have interrupted.
 */
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LOCKS 64

static volatile int locks[LOCKS];

/* Objects in one 64-byte line share a lock. */
static volatile int *lock(const volatile void *object)
{
	volatile int *l = &locks[(uintptr_t)object / 64 % LOCKS];
	while (__atomic_exchange_n(l, 1, __ATOMIC_ACQUIRE)) sched_yield();
	return l;
}

static void unlock(volatile int *l)
{
	__atomic_store_n(l, 0, __ATOMIC_RELEASE);
}

/* The compiler knows the real names as its own. */
void load(size_t, const void *, void *, int) __asm__("__atomic_load");
void store(size_t, void *, const void *, int) __asm__("__atomic_store");
void exchange(size_t, void *, const void *, void *, int)
	__asm__("__atomic_exchange");
_Bool compare_exchange(size_t, void *, void *, const void *, int, int)
	__asm__("__atomic_compare_exchange");
_Bool is_lock_free(size_t, const void *) __asm__("__atomic_is_lock_free");

void load(size_t size, const void *from, void *to, int order)
{
	volatile int *l = lock(from);
	memcpy(to, from, size);
	unlock(l);
}

void store(size_t size, void *to, const void *from, int order)
{
	volatile int *l = lock(to);
	memcpy(to, from, size);
	unlock(l);
}

void exchange(size_t size, void *object, const void *new, void *old, int order)
{
	volatile int *l = lock(object);
	memmove(old, object, size);
	memcpy(object, new, size);
	unlock(l);
}

_Bool compare_exchange(size_t size, void *object, void *expected,
	const void *new, int success, int failure)
{
	volatile int *l = lock(object);
	_Bool equal = !memcmp(object, expected, size);
	if (equal) memcpy(object, new, size);
	else memcpy(expected, object, size);
	unlock(l);
	return equal;
}

_Bool is_lock_free(size_t size, const void *object)
{
	return size <= 8 && !(size & (size-1)) && !((uintptr_t)object % size);
}

/* The same for 16 bytes, by value. */
typedef unsigned __int128 u128;

u128 load_16(const u128 *, int) __asm__("__atomic_load_16");
void store_16(u128 *, u128, int) __asm__("__atomic_store_16");
u128 exchange_16(u128 *, u128, int) __asm__("__atomic_exchange_16");
_Bool compare_exchange_16(u128 *, u128 *, u128, int, int)
	__asm__("__atomic_compare_exchange_16");

u128 load_16(const u128 *object, int order)
{
	u128 value;
	load(16, object, &value, order);
	return value;
}

void store_16(u128 *object, u128 value, int order)
{
	store(16, object, &value, order);
}

u128 exchange_16(u128 *object, u128 value, int order)
{
	u128 old;
	exchange(16, object, &value, &old, order);
	return old;
}

_Bool compare_exchange_16(u128 *object, u128 *expected, u128 value,
	int success, int failure)
{
	return compare_exchange(16, object, expected, &value, success, failure);
}

#define FETCH(name, result)                                               \
	u128 fetch_##name(u128 *, u128, int)                              \
		__asm__("__atomic_fetch_" #name "_16");                   \
	u128 fetch_##name(u128 *object, u128 value, int order)            \
	{                                                                 \
		volatile int *l = lock(object);                           \
		u128 old = *object;                                       \
		*object = (result);                                       \
		unlock(l);                                                \
		return old;                                               \
	}

FETCH(add, old + value)
FETCH(sub, old - value)
FETCH(and, old & value)
FETCH(or, old | value)
FETCH(xor, old ^ value)
FETCH(nand, ~(old & value))
