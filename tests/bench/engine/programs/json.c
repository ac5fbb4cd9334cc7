// Parses JSON (RFC 8259) into a tree, and sums what is in it.
#include <stdio.h>
#include <string.h>

#include "tests/bench/engine/kernel.h"

enum { N = 30000, LINE = 160, NODES = 14 * N };
enum type { NUMBER, STRING, ARRAY, OBJECT, LITERAL };
struct node {
  enum type type;
  int first, next;  // child and sibling; 0 is none
  const char* text;
  size_t length;
  double number;
};
struct data {
  char text[N * LINE];
  struct node nodes[NODES];
  uint64_t result[3];
};
struct parser {
  const char* at;
  struct node* nodes;
  int count;
};

static void init(struct data* d, int n) {
  uint64_t state = 1;
  char* to = d->text;
  to += sprintf(to, "[");
  for (int i = 0; i < n; ++i) {
    const unsigned r = (unsigned)(next_random(&state) >> 40);
    to += sprintf(to,
                  "%s{\"id\": %d, \"name\": \"user-%u\\n\\u00e9\", \"score\": "
                  "%u.%u,\n  \"tags\": [\"a%u\", true], \"next\": null}",
                  i ? ", " : "", i, r, r % 1000, r % 97, r % 10);
  }
  sprintf(to, "]");
}

static void skip_space(struct parser* p) {
  while (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r') {
    ++p->at;
  }
}

static int new_node(struct parser* p, enum type type) {
  p->nodes[p->count].type = type;
  return p->count++;
}

static int parse_string(struct parser* p) {
  const int node = new_node(p, STRING);
  const char* const start = ++p->at;
  while (*p->at != '"') p->at += *p->at == '\\' ? 2 : 1;
  p->nodes[node].text = start;
  p->nodes[node].length = (size_t)(p->at++ - start);
  return node;
}

static int parse_number(struct parser* p) {
  const int node = new_node(p, NUMBER);
  double value = 0, scale = 1;
  while (*p->at >= '0' && *p->at <= '9') value = value * 10 + (*p->at++ - '0');
  if (*p->at == '.') {
    for (++p->at; *p->at >= '0' && *p->at <= '9'; ++p->at) {
      value = value * 10 + (*p->at - '0');
      scale *= 10;
    }
  }
  p->nodes[node].number = value / scale;
  return node;
}

static int parse_literal(struct parser* p) {
  const int node = new_node(p, LITERAL);
  p->nodes[node].text = p->at;
  while (*p->at >= 'a' && *p->at <= 'z') ++p->at;
  return node;
}

static int parse_value(struct parser* p);

static int parse_container(struct parser* p, enum type type, char close) {
  const int node = new_node(p, type);
  int* link = &p->nodes[node].first;
  ++p->at;
  for (skip_space(p); *p->at != close; skip_space(p)) {
    if (*p->at == ',' || *p->at == ':') {
      ++p->at;
      continue;
    }
    *link = parse_value(p);
    link = &p->nodes[*link].next;
  }
  ++p->at;
  return node;
}

static NOINLINE int parse_value(struct parser* p) {
  skip_space(p);
  switch (*p->at) {
    case '{':
      return parse_container(p, OBJECT, '}');
    case '[':
      return parse_container(p, ARRAY, ']');
    case '"':
      return parse_string(p);
    case 't':
    case 'f':
    case 'n':
      return parse_literal(p);
    default:
      return parse_number(p);
  }
}

static void sum_tree(const struct node* nodes, int node, uint64_t* result) {
  for (; node != 0; node = nodes[node].next) {
    result[0] += nodes[node].length;
    result[1] += (uint64_t)(nodes[node].number * 1000);
    result[2] += nodes[node].type;
    sum_tree(nodes, nodes[node].first, result);
  }
}

static void run(struct data* d, int n) {
  for (int round = 0; round < 4; ++round) {
    memset(d->nodes, 0, sizeof d->nodes);
    struct parser parser = {d->text, d->nodes, 1};
    sum_tree(d->nodes, parse_value(&parser), d->result);
  }
}

KERNEL(json, PROGRAMS, N, 50, result);
