// Several libraries: what they need, and which of them a symbol comes from.
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>

#include "check.h"

static int call(void* library, const char* name) {
  int (*const function)(void) = (int (*)(void))dlsym(library, name);
  CHECK(function != NULL);
  return function();
}

static int count_libraries(struct dl_phdr_info* info, size_t size, void* data) {
  (void)size;
  const char* const slash = strrchr(info->dlpi_name, '/');
  if (slash != NULL && (strcmp(slash, "/libbase.so") == 0 ||
                        strcmp(slash, "/libupper.so") == 0)) {
    ++*(int*)data;
  }
  return 0;
}

// upper needs base, which is found along upper's run-time path.
static void dependencies(void) {
  void* const upper = dlopen("./libupper.so", RTLD_NOW);
  if (upper == NULL) printf("%s\n", dlerror());
  CHECK(upper != NULL);
  printf("upper %d\n", call(upper, "upper"));
  int (**function)(int) = dlsym(upper, "upper_function");
  CHECK((void*)*function == dlsym(upper, "base_add"));
  CHECK(dlsym(RTLD_DEFAULT, "base_add") == NULL);
  int found = 0;
  CHECK(dl_iterate_phdr(count_libraries, &found) == 0 && found == 2);
  void* const base = dlopen("./libbase.so", RTLD_NOW | RTLD_NOLOAD);
  CHECK(base != NULL && dlsym(base, "upper") == NULL);
  printf("which %d\n", call(upper, "which"));
  CHECK(dlclose(upper) == 0);
  printf("upper is closed\n");
  CHECK(dlclose(base) == 0);
  printf("base is closed\n");
}

static void global(void) {
  // What it uses is nowhere yet: that matters when it is called, or at once.
  CHECK(dlopen("./libincomplete.so", RTLD_NOW) == NULL && dlerror() != NULL);
  void* other = dlopen("./libother.so", RTLD_NOW);
  CHECK(other != NULL && dlclose(other) == 0);
  other = dlopen("./libother.so", RTLD_NOW);
  CHECK(other != NULL);
  printf("other %d %d\n", call(other, "which"), call(other, "has_optional"));
  CHECK(dlsym(RTLD_DEFAULT, "which") == NULL);
  CHECK(dlopen("./libother.so", RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD) == other);
  printf("global %d\n", call(RTLD_DEFAULT, "which"));
  void* const base = dlopen("./libbase.so", RTLD_NOW | RTLD_GLOBAL);
  CHECK(base != NULL);
  printf("first %d, next %d\n", call(RTLD_DEFAULT, "which"),
         call(other, "next_which"));
  void* const incomplete = dlopen("./libincomplete.so", RTLD_NOW);
  CHECK(incomplete != NULL);
  printf("complete %d\n", ((int (*)(int))dlsym(incomplete, "incomplete"))(1));
  CHECK(dlsym(dlopen(NULL, RTLD_NOW), "base_add") == dlsym(base, "base_add"));
}

static void lazy(void) {
  void* const incomplete = dlopen("./libincomplete.so", RTLD_LAZY);
  CHECK(incomplete != NULL);
  printf("lazy %d\n", ((int (*)(int))dlsym(incomplete, "incomplete"))(0));
  CHECK(dlclose(incomplete) == 0);
}

static void kept(void) {
  void* const base = dlopen("./libbase.so", RTLD_NOW | RTLD_NODELETE);
  CHECK(base != NULL);
  *(int*)dlsym(base, "base_value") = 1;
  CHECK(dlclose(base) == 0);
  void* const again = dlopen("./libbase.so", RTLD_NOW | RTLD_NOLOAD);
  CHECK(again != NULL);
  printf("kept %d\n", *(int*)dlsym(again, "base_value"));
  CHECK(dlclose(again) == 0);
}

static void errors(void) {
  CHECK(dlerror() == NULL);
  CHECK(dlopen("./nosuch.so", RTLD_NOW) == NULL);
  CHECK(dlerror() != NULL && dlerror() == NULL);
  CHECK(dlopen("libnosuch.so", RTLD_NOW) == NULL && dlerror() != NULL);
  CHECK(dlopen("./libbase.so", 0) == NULL && dlerror() != NULL);
  FILE* const file = fopen("text.so", "w");
  fputs("not a library, but long enough to be looked at for what it is", file);
  fclose(file);
  CHECK(dlopen("./text.so", RTLD_NOW) == NULL && dlerror() != NULL);
  CHECK(dlopen("/", RTLD_NOW) == NULL && dlerror() != NULL);
  CHECK(dlsym(RTLD_DEFAULT, "no_such_symbol") == NULL && dlerror() != NULL);
}

int main(void) {
  setbuf(stdout, NULL);
  errors();
  lazy();
  dependencies();
  kept();
  global();
  // Systems differ in the order in which the rest ends.
  _exit(0);
}
