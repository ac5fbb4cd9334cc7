// An interpreter: a loop with a switch over the instructions of a stack
// machine, whose program counts primes by trial division.
#include "tests/bench/engine/kernel.h"

enum { N = 200000 };
enum op {
  PUSH,   // a number
  LOAD,   // a variable
  STORE,  // a variable
  ADD,    // a b -> a + b
  MUL,    // a b -> a * b
  MOD,    // a b -> a % b
  LESS,   // a b -> a < b
  JUMP,   // to a place
  ZERO,   // to a place, if the top of the stack, which it takes, is 0
  HALT,
};
struct instruction {
  int32_t op, operand;
};
struct data {
  struct instruction code[40];
  int64_t variables[4];
};

enum { LIMIT, CANDIDATE, DIVISOR, PRIMES };

static const struct instruction program[] = {
    /* 0 */ {LOAD, CANDIDATE},  // while candidate < limit
    /* 1 */ {LOAD, LIMIT},
    /* 2 */ {LESS, 0},
    /* 3 */ {ZERO, 31},
    /* 4 */ {PUSH, 2},
    /* 5 */ {STORE, DIVISOR},
    /* 6 */ {LOAD, CANDIDATE},  // if candidate < divisor * divisor: a prime
    /* 7 */ {LOAD, DIVISOR},
    /* 8 */ {LOAD, DIVISOR},
    /* 9 */ {MUL, 0},
    /* 10 */ {LESS, 0},
    /* 11 */ {ZERO, 17},
    /* 12 */ {LOAD, PRIMES},
    /* 13 */ {PUSH, 1},
    /* 14 */ {ADD, 0},
    /* 15 */ {STORE, PRIMES},
    /* 16 */ {JUMP, 26},
    /* 17 */ {LOAD, CANDIDATE},  // if the divisor divides it: none
    /* 18 */ {LOAD, DIVISOR},
    /* 19 */ {MOD, 0},
    /* 20 */ {ZERO, 26},
    /* 21 */ {LOAD, DIVISOR},  // the next divisor
    /* 22 */ {PUSH, 1},
    /* 23 */ {ADD, 0},
    /* 24 */ {STORE, DIVISOR},
    /* 25 */ {JUMP, 6},
    /* 26 */ {LOAD, CANDIDATE},  // the next candidate
    /* 27 */ {PUSH, 1},
    /* 28 */ {ADD, 0},
    /* 29 */ {STORE, CANDIDATE},
    /* 30 */ {JUMP, 0},
    /* 31 */ {HALT, 0},
};

static void init(struct data* d, int n) {
  for (size_t i = 0; i < sizeof program / sizeof *program; ++i) {
    d->code[i] = program[i];
  }
  d->variables[LIMIT] = n;
  d->variables[CANDIDATE] = 2;
}

static NOINLINE void interpret(const struct instruction* code,
                               int64_t* variables) {
  int64_t stack[16];
  int64_t* top = stack;  // above the newest value
  const struct instruction* next = code;
  for (;;) {
    const struct instruction at = *next++;
    switch ((enum op)at.op) {
      case PUSH:
        *top++ = at.operand;
        break;
      case LOAD:
        *top++ = variables[at.operand];
        break;
      case STORE:
        variables[at.operand] = *--top;
        break;
      case ADD:
        --top;
        top[-1] += top[0];
        break;
      case MUL:
        --top;
        top[-1] *= top[0];
        break;
      case MOD:
        --top;
        top[-1] = (int32_t)top[-1] % (int32_t)top[0];
        break;
      case LESS:
        --top;
        top[-1] = top[-1] < top[0];
        break;
      case JUMP:
        next = code + at.operand;
        break;
      case ZERO:
        if (*--top == 0) next = code + at.operand;
        break;
      case HALT:
        return;
    }
  }
}

static void run(struct data* d, int n) { interpret(d->code, d->variables); }

KERNEL(interpreter, PROGRAMS, N, 100, variables);
