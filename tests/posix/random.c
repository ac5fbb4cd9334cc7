// Random bytes from the call and from the devices.
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include "check.h"

static int looks_random(const unsigned char* bytes, size_t size) {
  int seen[256] = {0}, different = 0;
  for (size_t i = 0; i < size; i++) different += seen[bytes[i]]++ == 0;
  return different > 200;
}

int main(void) {
  unsigned char a[4096] = {0}, b[4096] = {0};
  CHECK(getrandom(a, sizeof(a), 0) == sizeof(a) && looks_random(a, sizeof(a)));
  CHECK(getentropy(b, 256) == 0 && memcmp(a, b, 256) != 0);
  CHECK(getrandom(b, 16, GRND_NONBLOCK) == 16);
  CHECK_ERRNO(EINVAL, getrandom(b, 16, 0x1000));
  CHECK_ERRNO(EFAULT, getrandom((void*)8, 16, 0));
  const char* const devices[] = {"/dev/urandom", "/dev/random"};
  for (int i = 0; i < 2; i++) {
    const int fd = open(devices[i], O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, b, sizeof(b)) == sizeof(b));
    CHECK(looks_random(b, sizeof(b)) && memcmp(a, b, sizeof(b)) != 0);
    CHECK(close(fd) == 0);
  }
  const int null = open("/dev/null", O_RDWR);
  CHECK(write(null, a, 100) == 100 && read(null, a, 100) == 0);
  const int zero = open("/dev/zero", O_RDONLY);
  CHECK(read(zero, a, 100) == 100 && a[0] == 0 && a[99] == 0);
  puts("random ok");
  return 0;
}
