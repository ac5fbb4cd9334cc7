// The heap: many sizes, alignment, realloc, large blocks, exhaustion.
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

static void* churn(void* argument) {
  unsigned seed = (unsigned)(uintptr_t)argument;
  unsigned char* blocks[64] = {0};
  size_t sizes[64] = {0};
  for (int i = 0; i < 20000; i++) {
    const int slot = rand_r(&seed) % 64;
    for (size_t k = 0; k < sizes[slot]; k += 61)
      CHECK(blocks[slot][k] == (unsigned char)slot);
    sizes[slot] = (size_t)rand_r(&seed) % 3000 + 1;
    blocks[slot] = realloc(blocks[slot], sizes[slot]);
    CHECK(blocks[slot] != NULL && (uintptr_t)blocks[slot] % 16 == 0);
    memset(blocks[slot], slot, sizes[slot]);
  }
  for (int i = 0; i < 64; i++) free(blocks[i]);
  return NULL;
}

int main(void) {
  pthread_t threads[4];
  for (uintptr_t i = 0; i < 4; i++)
    pthread_create(&threads[i], NULL, churn, (void*)(i + 1));
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);

  unsigned char* zeroed = calloc(1 << 20, 3);
  for (size_t i = 0; i < 3 << 20; i++) CHECK(zeroed[i] == 0);
  free(zeroed);
  for (size_t alignment = 16; alignment <= 1 << 16; alignment *= 2) {
    void* block = NULL;
    CHECK(posix_memalign(&block, alignment, 100) == 0);
    CHECK((uintptr_t)block % alignment == 0);
    free(block);
    block = aligned_alloc(alignment, alignment);
    CHECK(block != NULL && (uintptr_t)block % alignment == 0);
    free(block);
  }
  char* large = malloc(5ull << 30);  // beyond 4 GiB, sparsely used
  CHECK(large != NULL);
  for (size_t i = 0; i < 5ull << 30; i += 512ull << 20)
    large[i] = (char)(i >> 28);
  for (size_t i = 0; i < 5ull << 30; i += 512ull << 20)
    CHECK(large[i] == (char)(i >> 28));
  free(large);
  char* growing = malloc(10);
  strcpy(growing, "kept");
  for (size_t size = 100; size < 200 << 20; size *= 7) {
    growing = realloc(growing, size);
    CHECK(growing != NULL && strcmp(growing, "kept") == 0);
  }
  CHECK(malloc_usable_size(growing) >= 100);
  free(growing);
  volatile size_t impossible = SIZE_MAX / 2;
  errno = 0;
  void* (*volatile allocate)(size_t) = malloc;  // unknown to the optimiser
  CHECK(allocate(impossible) == NULL && errno == ENOMEM);
  void* volatile refused = calloc(impossible, 4);
  CHECK(refused == NULL);
  puts("malloc ok");
  return 0;
}
