// Unix sockets: names, kinds, messages with descriptors and credentials.
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static int pair[2];
static void open_pair(int type) {
  CHECK(socketpair(AF_UNIX, type, 0, pair) == 0);
}
static void close_pair(void) {
  CHECK(close(pair[0]) == 0 && close(pair[1]) == 0);
}

static socklen_t address_of(struct sockaddr_un* address, const char* path) {
  memset(address, 0, sizeof(*address));
  address->sun_family = AF_UNIX;
  strcpy(address->sun_path, path);
  return sizeof(*address);
}

static void streams_have_no_borders(void) {
  open_pair(SOCK_STREAM);
  char text[16] = "";
  CHECK(write(pair[0], "ab", 2) == 2 && write(pair[0], "cd", 2) == 2);
  CHECK(recv(pair[1], text, 16, 0) == 4 && !strcmp(text, "abcd"));
  close_pair();
}

static void datagrams_keep_theirs(void) {
  open_pair(SOCK_DGRAM);
  char text[16] = "";
  CHECK(send(pair[0], "ab", 2, 0) == 2 && send(pair[0], "cde", 3, 0) == 3);
  CHECK(recv(pair[1], text, 16, 0) == 2);
  CHECK(recv(pair[1], text, 1, MSG_TRUNC) == 3 && text[0] == 'c');
  CHECK_ERRNO(EAGAIN, recv(pair[1], text, 1, MSG_DONTWAIT));
  close_pair();
}

static void packets_are_in_order_and_end(void) {
  open_pair(SOCK_SEQPACKET);
  char text[16];
  CHECK(send(pair[0], "one", 3, 0) == 3 && send(pair[0], "", 0, 0) == 0);
  CHECK(recv(pair[1], text, 16, 0) == 3 && recv(pair[1], text, 16, 0) == 0);
  CHECK(shutdown(pair[0], SHUT_WR) == 0 && recv(pair[1], text, 16, 0) == 0);
  close_pair();
}

static void peeking_leaves_data(void) {
  open_pair(SOCK_STREAM);
  char text[16] = "";
  CHECK(write(pair[0], "peek", 4) == 4);
  CHECK(recv(pair[1], text, 2, MSG_PEEK) == 2 && !strcmp(text, "pe"));
  int waiting = 0;
  CHECK(ioctl(pair[1], FIONREAD, &waiting) == 0 && waiting == 4);
  CHECK(recv(pair[1], text, 4, MSG_WAITALL) == 4 && !strcmp(text, "peek"));
  close_pair();
}

static void descriptors_travel(void) {
  open_pair(SOCK_STREAM);
  int ends[2];
  CHECK(pipe(ends) == 0);
  char control[CMSG_SPACE(2 * sizeof(int))];
  struct iovec data = {"x", 1};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(2 * sizeof(int));
  memcpy(CMSG_DATA(header), ends, sizeof(ends));
  CHECK(sendmsg(pair[0], &message, 0) == 1);
  close(ends[0]);
  close(ends[1]);
  char byte;
  data.iov_base = &byte;
  memset(control, 0, sizeof(control));
  message.msg_controllen = sizeof(control);
  CHECK(recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC) == 1);
  header = CMSG_FIRSTHDR(&message);
  CHECK(header && header->cmsg_type == SCM_RIGHTS);
  int got[2];
  memcpy(got, CMSG_DATA(header), sizeof(got));
  CHECK(fcntl(got[0], F_GETFD) == FD_CLOEXEC);
  CHECK(write(got[1], "!", 1) == 1 && read(got[0], &byte, 1) == 1 &&
        byte == '!');
  close(got[0]);
  close(got[1]);
  close_pair();
}

static void descriptors_without_room_are_dropped(void) {
  open_pair(SOCK_STREAM);
  char control[CMSG_SPACE(sizeof(int))];
  struct iovec data = {"x", 1};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &pair[0], sizeof(int));
  CHECK(sendmsg(pair[0], &message, 0) == 1);
  char byte;
  data.iov_base = &byte;
  message.msg_control = NULL;
  message.msg_controllen = 0;
  CHECK(recvmsg(pair[1], &message, 0) == 1 && (message.msg_flags & MSG_CTRUNC));
  int bad = 999;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  memcpy(CMSG_DATA(header), &bad, sizeof(int));
  header->cmsg_len = CMSG_LEN(sizeof(int));
  data.iov_base = "x";
  CHECK_ERRNO(EBADF, sendmsg(pair[0], &message, 0));
  close_pair();
}

static void credentials_are_the_senders(void) {
  open_pair(SOCK_STREAM);
  struct ucred peer;
  socklen_t length = sizeof(peer);
  CHECK(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0);
  CHECK(peer.pid == getpid() && peer.uid == geteuid() && peer.gid == getegid());
  const int on = 1;
  CHECK(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0);
  CHECK(write(pair[0], "x", 1) == 1);
  char byte, control[CMSG_SPACE(sizeof(struct ucred))];
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof(control)};
  CHECK(recvmsg(pair[1], &message, 0) == 1);
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  CHECK(header && header->cmsg_type == SCM_CREDENTIALS);
  memcpy(&peer, CMSG_DATA(header), sizeof(peer));
  CHECK(peer.pid == getpid() && peer.uid == geteuid());
  close_pair();
}

static void writing_to_nobody_is_epipe(void) {
  open_pair(SOCK_STREAM);
  CHECK(close(pair[1]) == 0);
  CHECK_ERRNO(EPIPE, send(pair[0], "x", 1, MSG_NOSIGNAL));
  const pid_t child = fork();
  if (child == 0) {
    (void)!write(pair[0], "x", 1);
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && WTERMSIG(status) == SIGPIPE);
  CHECK(close(pair[0]) == 0);
}

static int listen_at(const char* path) {
  struct sockaddr_un address;
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  const socklen_t size = address_of(&address, path);
  CHECK(bind(fd, (struct sockaddr*)&address, size) == 0);
  CHECK(listen(fd, 4) == 0);
  return fd;
}

static void paths_are_files(void) {
  struct sockaddr_un address, got;
  const int server = listen_at("server.sock");
  struct stat st;
  CHECK(stat("server.sock", &st) == 0 && S_ISSOCK(st.st_mode));
  const int client = socket(AF_UNIX, SOCK_STREAM, 0);
  const socklen_t size = address_of(&address, "server.sock");
  CHECK(connect(client, (struct sockaddr*)&address, size) == 0);
  socklen_t length = sizeof(got);
  const int accepted =
      accept4(server, (struct sockaddr*)&got, &length, SOCK_CLOEXEC);
  CHECK(accepted >= 0 && length == offsetof(struct sockaddr_un, sun_path));
  length = sizeof(got);
  CHECK(getpeername(client, (struct sockaddr*)&got, &length) == 0);
  CHECK(!strcmp(got.sun_path, "server.sock"));
  length = sizeof(got);
  CHECK(getsockname(server, (struct sockaddr*)&got, &length) == 0);
  CHECK(!strcmp(got.sun_path, "server.sock"));
  CHECK_ERRNO(EADDRINUSE, bind(client, (struct sockaddr*)&address, size));
  close(client), close(accepted), close(server);
  const int late = socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK_ERRNO(ECONNREFUSED, connect(late, (struct sockaddr*)&address, size));
  CHECK(unlink("server.sock") == 0);
  CHECK_ERRNO(ENOENT, connect(late, (struct sockaddr*)&address, size));
  close(late);
}

static void datagrams_find_their_name(void) {
  struct sockaddr_un address, from;
  const int one = socket(AF_UNIX, SOCK_DGRAM, 0),
            two = socket(AF_UNIX, SOCK_DGRAM, 0);
  socklen_t size = address_of(&address, "one.sock");
  CHECK(bind(one, (struct sockaddr*)&address, size) == 0);
  CHECK(sendto(two, "hi", 2, 0, (struct sockaddr*)&address, size) == 2);
  char text[4];
  size = sizeof(from);
  CHECK(recvfrom(one, text, 4, 0, (struct sockaddr*)&from, &size) == 2);
  CHECK(size == 0);  // no name yet
  size = address_of(&from, "two.sock");
  CHECK(bind(two, (struct sockaddr*)&from, size) == 0);
  CHECK(sendto(two, "ho", 2, 0, (struct sockaddr*)&address, sizeof(address)) ==
        2);
  size = sizeof(from);
  CHECK(recvfrom(one, text, 4, 0, (struct sockaddr*)&from, &size) == 2);
  CHECK(!strcmp(from.sun_path, "two.sock"));
  close(one), close(two);
}

static void many_messages_at_once(void) {
  open_pair(SOCK_DGRAM);
  struct iovec out[3] = {{"a", 1}, {"bb", 2}, {"ccc", 3}};
  struct mmsghdr messages[3];
  memset(messages, 0, sizeof(messages));
  for (int i = 0; i < 3; ++i) {
    messages[i].msg_hdr.msg_iov = &out[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  CHECK(sendmmsg(pair[0], messages, 3, 0) == 3 && messages[2].msg_len == 3);
  char in[4][4];
  struct iovec slots[4];
  struct mmsghdr got[4];
  memset(got, 0, sizeof(got));
  for (int i = 0; i < 4; ++i) {
    slots[i] = (struct iovec){in[i], 4};
    got[i].msg_hdr.msg_iov = &slots[i];
    got[i].msg_hdr.msg_iovlen = 1;
  }
  CHECK(recvmmsg(pair[1], got, 4, MSG_DONTWAIT, NULL) == 3);
  CHECK(got[0].msg_len == 1 && got[2].msg_len == 3 && in[1][0] == 'b');
  close_pair();
}

static void receiving_can_time_out(void) {
  open_pair(SOCK_STREAM);
  const struct timeval limit = {0, 20000};
  CHECK(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
        0);
  char byte;
  CHECK_ERRNO(EAGAIN, recv(pair[0], &byte, 1, 0));
  close_pair();
}

static void a_full_buffer_blocks(void) {
  open_pair(SOCK_STREAM);
  CHECK(fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0);
  char block[4096] = "";
  while (write(pair[0], block, sizeof(block)) > 0) {
  }
  CHECK(errno == EAGAIN);
  struct pollfd writable = {.fd = pair[0], .events = POLLOUT};
  CHECK(poll(&writable, 1, 0) == 0);
  while (recv(pair[1], block, sizeof(block), MSG_DONTWAIT) > 0) {
  }
  CHECK(poll(&writable, 1, 5000) == 1);
  close_pair();
}

static void options_tell_what_it_is(void) {
  open_pair(SOCK_SEQPACKET);
  int value = 0;
  socklen_t length = sizeof(value);
  CHECK(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &value, &length) == 0);
  CHECK(value == SOCK_SEQPACKET && length == sizeof(value));
  CHECK(getsockopt(pair[0], SOL_SOCKET, SO_DOMAIN, &value, &length) == 0);
  CHECK(value == AF_UNIX);
  CHECK(getsockopt(pair[0], SOL_SOCKET, SO_ERROR, &value, &length) == 0 &&
        !value);
  CHECK_ERRNO(ENOTSOCK, getsockopt(0, SOL_SOCKET, SO_TYPE, &value, &length));
  CHECK_ERRNO(ENOPROTOOPT,
              getsockopt(pair[0], SOL_SOCKET, 9999, &value, &length));
  close_pair();
}

static void mistakes_are_told(void) {
  CHECK_ERRNO(EAFNOSUPPORT, socket(250, SOCK_STREAM, 0));
  CHECK_ERRNO(EINVAL, socket(AF_UNIX, 77, 0));
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address;
  char byte;
  CHECK_ERRNO(EINVAL, listen(fd, 1));
  CHECK_ERRNO(EINVAL, accept(fd, NULL, NULL));
  CHECK_ERRNO(ENOTCONN, getpeername(fd, (struct sockaddr*)&address,
                                    &(socklen_t){sizeof(address)}));
  CHECK_ERRNO(ENOTCONN, send(fd, "x", 1, MSG_NOSIGNAL));
  CHECK_ERRNO(EINVAL, recv(fd, &byte, 1, 0));
  close(fd);
}

int main(void) {
  CASE(streams_have_no_borders);
  CASE(datagrams_keep_theirs);
  CASE(packets_are_in_order_and_end);
  CASE(peeking_leaves_data);
  CASE(descriptors_travel);
  CASE(descriptors_without_room_are_dropped);
  CASE(credentials_are_the_senders);
  CASE(writing_to_nobody_is_epipe);
  CASE(paths_are_files);
  CASE(datagrams_find_their_name);
  CASE(many_messages_at_once);
  CASE(receiving_can_time_out);
  CASE(a_full_buffer_blocks);
  CASE(options_tell_what_it_is);
  CASE(mistakes_are_told);
  return 0;
}
