// <sys/queue.h> and <sys/cdefs.h>, which servers take from their libc.

#include <sys/cdefs.h>
#include <sys/queue.h>

#include "tests/posix/check.h"

__BEGIN_DECLS
struct item {
  int number;
  SLIST_ENTRY(item) s;
  LIST_ENTRY(item) l;
  STAILQ_ENTRY(item) st;
  SIMPLEQ_ENTRY(item) si;
  TAILQ_ENTRY(item) t;
  CIRCLEQ_ENTRY(item) c;
};
__END_DECLS

static struct item items[4] = {
    {.number = 1}, {.number = 2}, {.number = 3}, {.number = 4}};

// The numbers met, as digits.
static int digits;
static void meet(const struct item* item) {
  digits = digits * 10 + item->number;
}
#define MET(expected)          \
  do {                         \
    CHECK(digits == expected); \
    digits = 0;                \
  } while (0)

static void singly_linked_lists(void) {
  SLIST_HEAD(, item) head = SLIST_HEAD_INITIALIZER(head);
  struct item* at;
  for (int i = 0; i < 3; ++i) SLIST_INSERT_HEAD(&head, &items[i], s);
  SLIST_INSERT_AFTER(&items[1], &items[3], s);
  SLIST_FOREACH(at, &head, s) meet(at);
  MET(3241);
  SLIST_REMOVE(&head, &items[3], item, s);
  SLIST_REMOVE_HEAD(&head, s);
  SLIST_FOREACH(at, &head, s) meet(at);
  MET(21);
  CHECK(SLIST_FIRST(&head) == &items[1] && SLIST_NEXT(&items[0], s) == NULL);
}

static void doubly_linked_lists(void) {
  LIST_HEAD(, item) head;
  struct item* at;
  LIST_INIT(&head);
  CHECK(LIST_EMPTY(&head));
  LIST_INSERT_HEAD(&head, &items[0], l);
  LIST_INSERT_AFTER(&items[0], &items[1], l);
  LIST_INSERT_BEFORE(&items[0], &items[2], l);
  LIST_INSERT_BEFORE(&items[1], &items[3], l);
  LIST_FOREACH(at, &head, l) meet(at);
  MET(3142);
  LIST_REMOVE(&items[2], l);
  LIST_REMOVE(&items[1], l);
  LIST_FOREACH(at, &head, l) meet(at);
  MET(14);
}

static void queues_with_an_end(void) {
  STAILQ_HEAD(, item) head = STAILQ_HEAD_INITIALIZER(head);
  STAILQ_HEAD(, item) other = STAILQ_HEAD_INITIALIZER(other);
  struct item* at;
  STAILQ_INSERT_TAIL(&head, &items[0], st);
  STAILQ_INSERT_HEAD(&head, &items[1], st);
  STAILQ_INSERT_AFTER(&head, &items[0], &items[2], st);
  STAILQ_INSERT_TAIL(&other, &items[3], st);
  STAILQ_CONCAT(&head, &other);
  STAILQ_FOREACH(at, &head, st) meet(at);
  MET(2134);
  CHECK(STAILQ_EMPTY(&other));
  STAILQ_REMOVE(&head, &items[3], item, st);
  STAILQ_REMOVE_HEAD(&head, st);
  STAILQ_INSERT_TAIL(&head, &items[1], st);
  STAILQ_FOREACH(at, &head, st) meet(at);
  MET(132);

  SIMPLEQ_HEAD(, item) simple = SIMPLEQ_HEAD_INITIALIZER(simple);
  SIMPLEQ_INSERT_TAIL(&simple, &items[0], si);
  SIMPLEQ_INSERT_AFTER(&simple, &items[0], &items[1], si);
  SIMPLEQ_INSERT_HEAD(&simple, &items[2], si);
  SIMPLEQ_REMOVE(&simple, &items[1], item, si);
  SIMPLEQ_INSERT_TAIL(&simple, &items[3], si);
  SIMPLEQ_FOREACH(at, &simple, si) meet(at);
  MET(314);
}

static void queues_in_both_directions(void) {
  TAILQ_HEAD(tail, item) head = TAILQ_HEAD_INITIALIZER(head);
  struct tail other = TAILQ_HEAD_INITIALIZER(other);
  struct item* at;
  TAILQ_INSERT_TAIL(&head, &items[0], t);
  TAILQ_INSERT_HEAD(&head, &items[1], t);
  TAILQ_INSERT_AFTER(&head, &items[1], &items[2], t);
  TAILQ_INSERT_TAIL(&other, &items[3], t);
  TAILQ_CONCAT(&head, &other, t);
  TAILQ_FOREACH(at, &head, t) meet(at);
  MET(2314);
  TAILQ_FOREACH_REVERSE(at, &head, tail, t) meet(at);
  MET(4132);
  TAILQ_REMOVE(&head, &items[3], t);
  TAILQ_REMOVE(&head, &items[1], t);
  TAILQ_INSERT_BEFORE(&items[0], &items[3], t);
  CHECK(TAILQ_LAST(&head, tail) == &items[0]);
  CHECK(TAILQ_PREV(&items[3], tail, t) == &items[2]);
  TAILQ_FOREACH(at, &head, t) meet(at);
  MET(341);
}

static void rings(void) {
  CIRCLEQ_HEAD(, item) head = CIRCLEQ_HEAD_INITIALIZER(head);
  struct item* at;
  CHECK(CIRCLEQ_EMPTY(&head));
  CIRCLEQ_INSERT_TAIL(&head, &items[0], c);
  CIRCLEQ_INSERT_HEAD(&head, &items[1], c);
  CIRCLEQ_INSERT_AFTER(&head, &items[0], &items[2], c);
  CIRCLEQ_INSERT_BEFORE(&head, &items[1], &items[3], c);
  CIRCLEQ_FOREACH(at, &head, c) meet(at);
  MET(4213);
  CIRCLEQ_FOREACH_REVERSE(at, &head, c) meet(at);
  MET(3124);
  CIRCLEQ_REMOVE(&head, &items[3], c);
  CIRCLEQ_REMOVE(&head, &items[2], c);
  CIRCLEQ_FOREACH(at, &head, c) meet(at);
  MET(21);
}

int main(void) {
  CASE(singly_linked_lists);
  CASE(doubly_linked_lists);
  CASE(queues_with_an_end);
  CASE(queues_in_both_directions);
  CASE(rings);
  return 0;
}
