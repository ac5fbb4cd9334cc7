// Without grants nothing of the host can be reached. Exits with 0 when every
// attempt is refused as it should be.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int failures;

static void expect(const char* what, int result, int first, int second) {
  if (result == -1 && (errno == first || errno == second)) return;
  printf("%s: result %d, errno %d\n", what, result, errno);
  failures++;
}

int main(void) {
  expect("open", open("/etc/shadow", O_RDONLY), ENOENT, EACCES);
  expect("create", open("/tmp/file", O_CREAT | O_WRONLY, 0600), ENOENT, EACCES);
  expect("parent", open("../../../../etc/shadow", O_RDONLY), ENOENT, EACCES);
  expect("other process", open("/proc/1/environ", O_RDONLY), ENOENT, EACCES);
  expect("runtime's descriptor", fcntl(3, F_GETFD), EBADF, EBADF);

  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(6379)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  expect("connect", connect(fd, (struct sockaddr*)&address, sizeof(address)),
         EACCES, EACCES);
  expect("bind", bind(fd, (struct sockaddr*)&address, sizeof(address)), EACCES,
         EACCES);
  expect("listen", listen(fd, 1), EACCES, EACCES);
  const int udp = socket(AF_INET, SOCK_DGRAM, 0);
  expect(
      "sendto",
      (int)sendto(udp, "x", 1, 0, (struct sockaddr*)&address, sizeof(address)),
      EACCES, EACCES);
  address.sin_family = AF_UNSPEC;  // which UDP takes for AF_INET
  expect(
      "sendto unspec",
      (int)sendto(udp, "x", 1, 0, (struct sockaddr*)&address, sizeof(address)),
      EACCES, EACCES);
  expect("raw", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), EPERM, EPERM);
  expect("netlink", socket(AF_NETLINK, SOCK_RAW, 0), EAFNOSUPPORT,
         EAFNOSUPPORT);
  const struct sockaddr_un abstract = {.sun_family = AF_UNIX,
                                       .sun_path = "\0name"};
  const int unix_socket = socket(AF_UNIX, SOCK_STREAM, 0);
  expect("abstract", bind(unix_socket, (const struct sockaddr*)&abstract, 7),
         EACCES, EACCES);
  expect("kill", kill(1, 0), EPERM, ESRCH);
  expect("kill parent", kill(getppid(), 0), EPERM, ESRCH);
  expect("shmget", shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600), EPERM, EPERM);
  expect("semget", semget(IPC_PRIVATE, 1, IPC_CREAT | 0600), EPERM, EPERM);
  expect("msgget", msgget(IPC_PRIVATE, IPC_CREAT | 0600), EPERM, EPERM);
  expect("mq_open", mq_open("/no-grants", O_CREAT | O_RDWR, 0600, NULL), EPERM,
         EPERM);
  if (failures == 0) puts("everything was refused");
  return failures;
}
