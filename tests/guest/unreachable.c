// Executes what the compiler was told is a trap.
__attribute__((noinline)) static void give_up(void) { __builtin_trap(); }

int main(void) {
  give_up();
  return 0;
}
