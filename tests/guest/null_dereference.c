// Writes through a null pointer to a struct.
#include <stddef.h>

struct node {
  struct node* next;
  int value;
};

__attribute__((noinline)) static void set_value(struct node* volatile* node) {
  (*node)->value = 1;
}

int main(void) {
  struct node* volatile node = NULL;
  set_value(&node);
  return 0;
}
