// A B-tree of 64-bit keys: insertions in random order, lookups, a walk.
#include <string.h>

#include "tests/bench/engine/kernel.h"

enum { N = 200000, ORDER = 16, MAX_KEYS = 2 * ORDER - 1, NODES = N / 8 };
struct node {
  int count, leaf;
  uint64_t keys[MAX_KEYS];
  struct node* children[MAX_KEYS + 1];
};
struct data {
  struct node nodes[NODES];
  size_t used;
  struct node* root;
  uint64_t result[2];
};

static void init(struct data* d, int n) {}

static struct node* new_node(struct data* d, int leaf) {
  struct node* const node = &d->nodes[d->used++];
  node->leaf = leaf;
  return node;
}

static int lower_bound(const struct node* node, uint64_t key) {
  int low = 0, high = node->count;
  while (low < high) {
    const int middle = (low + high) / 2;
    if (node->keys[middle] < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Splits the full child i in two.
static void split(struct data* d, struct node* parent, int i) {
  struct node* const left = parent->children[i];
  struct node* const right = new_node(d, left->leaf);
  right->count = left->count = ORDER - 1;
  memcpy(right->keys, left->keys + ORDER, sizeof *left->keys * (ORDER - 1));
  memcpy(right->children, left->children + ORDER,
         sizeof *left->children * ORDER);
  const size_t behind = (size_t)(parent->count - i);
  memmove(parent->keys + i + 1, parent->keys + i, sizeof *left->keys * behind);
  memmove(parent->children + i + 2, parent->children + i + 1,
          sizeof *left->children * behind);
  parent->keys[i] = left->keys[ORDER - 1];
  parent->children[i + 1] = right;
  ++parent->count;
}

static NOINLINE void insert(struct data* d, uint64_t key) {
  if (d->root->count == MAX_KEYS) {
    struct node* const root = new_node(d, 0);
    root->children[0] = d->root;
    d->root = root;
    split(d, root, 0);
  }
  struct node* node = d->root;
  int i = lower_bound(node, key);
  while (!node->leaf) {
    if (node->children[i]->count == MAX_KEYS) {
      split(d, node, i);
      if (node->keys[i] < key) ++i;
    }
    node = node->children[i];
    i = lower_bound(node, key);
  }
  memmove(node->keys + i + 1, node->keys + i,
          sizeof *node->keys * (size_t)(node->count - i));
  node->keys[i] = key;
  ++node->count;
}

static NOINLINE int contains(const struct node* node, uint64_t key) {
  for (;;) {
    const int i = lower_bound(node, key);
    if (i < node->count && node->keys[i] == key) return 1;
    if (node->leaf) return 0;
    node = node->children[i];
  }
}

static uint64_t walk(const struct node* node, uint64_t sum) {
  for (int i = 0; i < node->count; ++i) {
    if (!node->leaf) sum = walk(node->children[i], sum);
    sum = sum * 31 + node->keys[i];
  }
  return node->leaf ? sum : walk(node->children[node->count], sum);
}

static void run(struct data* d, int n) {
  uint64_t state = 1;
  d->root = new_node(d, 1);
  for (int i = 0; i < n; ++i) insert(d, next_random(&state) >> 1);
  state = 1;
  for (int i = 0; i < n; ++i) {
    d->result[0] += (uint64_t)contains(d->root, next_random(&state) >> (i & 1));
  }
  d->result[1] = walk(d->root, 0);
}

KERNEL(btree, PROGRAMS, N, 200, result);
