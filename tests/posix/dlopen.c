// One library: its functions, data, constructors and destructors.
#include <dlfcn.h>
#include <setjmp.h>

#include "check.h"

static int (*next)(void);

static void* symbol(void* library, const char* name) {
  void* const address = dlsym(library, name);
  CHECK(address != NULL);
  return address;
}

static void calls(void* library) {
  next = (int (*)(void))symbol(library, "next");
  int* const count = symbol(library, "count");
  printf("%d %d %d\n", *count, next(), *count);
  *count = 10;
  printf("%d\n", next());
  int (*const* functions)(int) = symbol(library, "functions");
  const char* const* names = symbol(library, "names");
  for (int i = 0; i < 2; ++i) printf("%s %d\n", names[i], functions[i](7));
  printf("%c\n", ((int (*)(void))symbol(library, "use_libc"))());
}

// A function has one address, whoever asks.
static void addresses(void* library) {
  void* const thrice = symbol(library, "thrice");
  int (*const* functions)(int) = symbol(library, "functions");
  CHECK(((void* (*)(void))symbol(library, "thrice_here"))() == thrice);
  CHECK((void*)functions[1] == thrice && (void*)functions[0] != thrice);
  CHECK(dlsym(library, "thrice") == thrice);
  // A library's own symbols, then those of what it needs: libc's.
  CHECK(symbol(library, "puts") == (void*)puts);
  CHECK(symbol(RTLD_DEFAULT, "puts") == (void*)puts);
  CHECK(dlsym(RTLD_DEFAULT, "thrice") == NULL);
  CHECK(dlerror() != NULL && dlerror() == NULL);

  Dl_info info;
  CHECK(dladdr(thrice, &info) != 0);
  printf("%s %s %d\n", strrchr(info.dli_fname, '/'), info.dli_sname,
         info.dli_saddr == thrice);
  void* const base = info.dli_fbase;
  int* const count = symbol(library, "count");
  CHECK(dladdr(count, &info) != 0 && info.dli_fbase == base);
  printf("%s %d\n", info.dli_sname, info.dli_saddr == count);
  CHECK(dladdr((void*)16, &info) == 0);
}

static void jump_back(jmp_buf* where) { longjmp(*where, 4); }

// From one module into the other.
static void jumps(void* library) {
  void (*const jump)(jmp_buf*, int) =
      (void (*)(jmp_buf*, int))symbol(library, "jump");
  int (*const jumped)(void (*)(jmp_buf*)) =
      (int (*)(void (*)(jmp_buf*)))symbol(library, "jumped");
  jmp_buf here;
  volatile int calls = 0;
  const int value = setjmp(here);
  if (value < 3) {
    ++calls;
    jump(&here, value + 1);
  }
  printf("%d %d %d\n", value, calls, jumped(jump_back));
}

int main(void) {
  setbuf(stdout, NULL);
  void* const library = dlopen("./libcounter.so", RTLD_NOW);
  if (library == NULL) printf("%s\n", dlerror());
  CHECK(library != NULL);
  calls(library);
  addresses(library);
  jumps(library);

  // Opened twice, closed twice; then opened anew.
  CHECK(dlopen("./libcounter.so", RTLD_LAZY) == library);
  CHECK(dlclose(library) == 0);
  printf("%d\n", next());
  CHECK(dlclose(library) == 0);
  printf("closed\n");
  CHECK(dlopen("./libcounter.so", RTLD_LAZY | RTLD_NOLOAD) == NULL);
  void* const again = dlopen("./libcounter.so", RTLD_LAZY);
  CHECK(again != NULL);
  printf("%d\n", *(int*)symbol(again, "count"));
  return 0;
}
