// A program's own malloc is everybody's: libc's strdup and the program get
// blocks from it, and give them back to it.
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

// Blocks are cut off an arena one after the other, each behind its size.
static _Alignas(4096) char arena[64 << 20];
static atomic_size_t used;
static atomic_int made, released;

static int is_ours(const void* p) {
  return (const char*)p >= arena && (const char*)p < arena + sizeof(arena);
}

void* aligned_alloc(size_t alignment, size_t size) {
  if (alignment < 16) alignment = 16;
  if (size > sizeof(arena)) {
    errno = ENOMEM;
    return NULL;
  }
  const size_t start =
      atomic_fetch_add(&used, (size + 2 * alignment + 15) & ~(size_t)15);
  if (start + size + 2 * alignment > sizeof(arena)) {
    errno = ENOMEM;
    return NULL;
  }
  char* const block =
      (char*)(((uintptr_t)arena + start + 2 * alignment - 1) & -alignment);
  ((size_t*)block)[-1] = size;
  atomic_fetch_add(&made, 1);
  return block;
}

void* malloc(size_t size) { return aligned_alloc(16, size); }
void* memalign(size_t alignment, size_t size) {
  return aligned_alloc(alignment, size);
}

int posix_memalign(void** result, size_t alignment, size_t size) {
  void* const block = aligned_alloc(alignment, size);
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

size_t malloc_usable_size(void* p) { return p ? ((size_t*)p)[-1] : 0; }

void free(void* p) {
  if (p == NULL) return;
  if (!is_ours(p)) _exit(3);
  atomic_fetch_add(&released, 1);
}

// The arena is never used again, so a block is zero as it comes.
void* calloc(size_t count, size_t size) {
  return count && size > SIZE_MAX / count ? NULL : malloc(count * size);
}

void* realloc(void* p, size_t size) {
  char* const block = malloc(size);
  if (block == NULL || p == NULL) return block;
  const size_t old = malloc_usable_size(p);
  memcpy(block, p, old < size ? old : size);
  free(p);
  return block;
}

static void libc_uses_the_programs_malloc(void) {
  const int before = atomic_load(&made);
  char* const copy = strdup("text");
  CHECK(is_ours(copy) && strcmp(copy, "text") == 0);
  free(copy);
  char* line = NULL;
  CHECK(asprintf(&line, "%d %s", 12, "apples") == 9 && is_ours(line));
  free(line);
  CHECK(atomic_load(&made) >= before + 2);
}

static void streams_can_be_closed(void) {
  char* text = NULL;
  size_t size = 0;
  FILE* const stream = open_memstream(&text, &size);
  CHECK(stream != NULL);
  for (int i = 0; i < 1000; i++) fputs("0123456789", stream);
  CHECK(fclose(stream) == 0 && size == 10000 && is_ours(text));
  free(text);
}

static void* use_in_thread(void* unused) {
  for (int i = 0; i < 1000; i++) free(realloc(malloc(10), 100));
  return unused;
}

static void threads_use_it(void) {
  pthread_t threads[4];
  const int before = atomic_load(&released);
  for (int i = 0; i < 4; i++)
    CHECK(pthread_create(&threads[i], NULL, use_in_thread, NULL) == 0);
  for (int i = 0; i < 4; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK(atomic_load(&released) >= before + 8000);
}

static void alignment_is_the_programs(void) {
  void* block;
  CHECK(posix_memalign(&block, 256, 10) == 0);
  CHECK(is_ours(block) && (uintptr_t)block % 256 == 0);
  CHECK(malloc_usable_size(block) == 10);
  free(block);
}

int main(void) {
  CASE(libc_uses_the_programs_malloc);
  CASE(streams_can_be_closed);
  CASE(threads_use_it);
  CASE(alignment_is_the_programs);
  return 0;
}
