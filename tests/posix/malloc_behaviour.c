// What programs rely on of the heap beyond malloc(3)'s text: alignment of the
// smallest blocks, other threads' memory, fork in the middle of allocations.
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "check.h"

// Unknown to the optimiser, which may otherwise do without a block.
static void* (*volatile allocate)(size_t) = malloc;
static void* (*volatile reallocate)(void*, size_t) = realloc;

static int is_aligned(const void* p, size_t alignment) {
  return (uintptr_t)p % alignment == 0;
}

static void blocks_of_any_size_are_aligned_to_16(void) {
  for (size_t size = 0; size <= 2000; size++) {
    char* block = allocate(size);
    CHECK(block != NULL && is_aligned(block, 16));
    CHECK(malloc_usable_size(block) >= size);
    memset(block, 1, malloc_usable_size(block));
    block = reallocate(block, size / 2 + 1);
    CHECK(block != NULL && is_aligned(block, 16));
    free(block);
  }
  CHECK(malloc_usable_size(NULL) == 0);
}

static void alignments_hold_for_every_size(void) {
  for (size_t alignment = 16; alignment <= 1 << 21; alignment *= 2) {
    for (size_t size = 1; size <= 1 << 17; size *= 2) {
      char* blocks[4];
      for (int i = 0; i < 4; i++) {
        blocks[i] =
            i % 2 ? memalign(alignment, size) : aligned_alloc(alignment, size);
        CHECK(blocks[i] != NULL && is_aligned(blocks[i], alignment));
        CHECK(malloc_usable_size(blocks[i]) >= size);
        blocks[i][0] = blocks[i][size - 1] = 1;
      }
      blocks[3] = reallocate(blocks[3], 2 * size);
      CHECK(blocks[3] != NULL && blocks[3][0] == 1);
      for (int i = 0; i < 4; i++) free(blocks[i]);
    }
  }
}

static void posix_memalign_returns_its_error(void) {
  void* block = &block;
  CHECK(posix_memalign(&block, 3, 8) == EINVAL);
  CHECK(posix_memalign(&block, 4, 8) == EINVAL);
  CHECK(posix_memalign(&block, 24, 8) == EINVAL);
  CHECK(posix_memalign(&block, 16, SIZE_MAX / 2) == ENOMEM);
  CHECK(block == &block);
}

static void too_much_is_enomem(void) {
  volatile size_t much = (size_t)PTRDIFF_MAX + 1, half = SIZE_MAX / 2 + 1;
  void* (*volatile zeroed)(size_t, size_t) = calloc;
  char* const block = allocate(10);
  strcpy(block, "kept");
  errno = 0;
  CHECK(reallocate(block, much) == NULL && errno == ENOMEM);
  CHECK(strcmp(block, "kept") == 0);
  errno = 0;
  CHECK(zeroed(half, 2) == NULL && errno == ENOMEM);
  errno = 0;
  CHECK(allocate(SIZE_MAX) == NULL && errno == ENOMEM);
  free(block);
}

static void free_keeps_errno(void) {
  for (size_t size = 16; size <= 64 << 20; size *= 4) {
    char* const block = allocate(size);
    block[size - 1] = 1;
    errno = EDOM;
    free(block);
    CHECK(errno == EDOM);
  }
}

static void memory_that_comes_again_is_zero_for_calloc(void) {
  for (size_t size = 1; size <= 4 << 20; size *= 3) {
    for (int round = 0; round < 3; round++) {
      unsigned char* block = calloc(size, 1);
      CHECK(block != NULL);
      for (size_t i = 0; i < size; i++) CHECK(block[i] == 0);
      memset(block, 0xff, size);
      free(block);
    }
  }
}

enum { BLOCKS = 3000 };

static void* make_blocks(void* argument) {
  char*** const result = argument;
  *result = malloc(BLOCKS * sizeof(char*));
  for (int i = 0; i < BLOCKS; i++) {
    (*result)[i] = malloc(i + 1);
    memset((*result)[i], i, i + 1);
  }
  return NULL;
}

static void blocks_outlive_the_thread_that_made_them(void) {
  for (int round = 0; round < 50; round++) {
    pthread_t thread;
    char** blocks;
    CHECK(pthread_create(&thread, NULL, make_blocks, &blocks) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    for (int i = 0; i < BLOCKS; i++) {
      CHECK(blocks[i][0] == (char)i && blocks[i][i] == (char)i);
      free(blocks[i]);
    }
    free(blocks);
  }
}

static pthread_key_t key;

static void on_end(void* block) {
  free(block);
  char* const last = allocate(100);  // destructors may still allocate
  CHECK(last != NULL);
  free(last);
}

static void* set_specific(void* unused) {
  CHECK(pthread_setspecific(key, allocate(1000)) == 0);
  return unused;
}

static void destructors_of_threads_use_the_heap(void) {
  CHECK(pthread_key_create(&key, on_end) == 0);
  for (int i = 0; i < 100; i++) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, set_specific, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
  }
  CHECK(pthread_key_delete(key) == 0);
}

static atomic_int stop;

static void* allocate_until_stopped(void* argument) {
  unsigned seed = (unsigned)(uintptr_t)argument;
  void* blocks[100] = {NULL};
  while (!atomic_load(&stop)) {
    const int slot = rand_r(&seed) % 100;
    free(blocks[slot]);
    blocks[slot] = allocate((size_t)rand_r(&seed) % 20000);
  }
  for (int i = 0; i < 100; i++) free(blocks[i]);
  return NULL;
}

static void a_forked_child_can_allocate_whatever_threads_were_at(void) {
  pthread_t threads[3];
  for (uintptr_t i = 0; i < 3; i++) {
    CHECK(!pthread_create(&threads[i], NULL, allocate_until_stopped,
                          (void*)(i + 1)));
  }
  for (int i = 0; i < 50; i++) {
    char* const inherited = allocate(5000);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      free(inherited);
      for (size_t size = 1; size < 1 << 20; size = size * 3 / 2 + 1) {
        char* const block = allocate(size);
        if (block == NULL) _exit(1);
        block[size - 1] = 1;
        free(block);
      }
      _exit(0);
    }
    free(inherited);
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  atomic_store(&stop, 1);
  for (int i = 0; i < 3; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(void) {
  CASE(blocks_of_any_size_are_aligned_to_16);
  CASE(alignments_hold_for_every_size);
  CASE(posix_memalign_returns_its_error);
  CASE(too_much_is_enomem);
  CASE(free_keeps_errno);
  CASE(memory_that_comes_again_is_zero_for_calloc);
  CASE(blocks_outlive_the_thread_that_made_them);
  CASE(destructors_of_threads_use_the_heap);
  CASE(a_forked_child_can_allocate_whatever_threads_were_at);
  return 0;
}
