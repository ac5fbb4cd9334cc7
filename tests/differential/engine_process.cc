#include "tests/differential/engine_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

extern char** environ;

namespace slipway::differential {
namespace {

[[noreturn]] void Die(const char* what) {
  perror(what);
  exit(2);
}

void WriteAll(int fd, const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t written = write(fd, text.data() + at, text.size() - at);
    if (written < 0) return;  // it died; Finish will see
    at += static_cast<size_t>(written);
  }
}

std::string Describe(int status) {
  if (WIFSIGNALED(status)) {
    return std::string("signal ") + strsignal(WTERMSIG(status));
  }
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

void EngineProcess::Spawn() {
  int to[2], from[2];
  if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) Die("pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
  std::vector<char*> argv;
  for (const std::string& argument : command_) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  const int error =
      posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    fprintf(stderr, "cannot run %s\n", argv[0]);
    exit(2);
  }
  close(to[0]);
  close(from[1]);
  to_ = to[1];
  from_ = from[0];
  cases_ = 0;
  buffer_.clear();
}

std::string EngineProcess::Stop() {
  if (pid_ == 0) return "";
  close(to_);
  close(from_);
  int status = 0;
  constexpr int kTries = 100;  // a dying process needs a moment
  int ended = 0;
  for (int i = 0; i < kTries && ended == 0; ++i) {
    ended = waitpid(pid_, &status, WNOHANG);
    if (ended == 0) usleep(10'000);
  }
  std::string how = "it did not answer";
  if (ended == 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status, 0);
  } else {
    how = Describe(status);
  }
  pid_ = 0;
  return how;
}

void EngineProcess::Start(const Case& test, const std::string& module_file) {
  if (cases_++ == lifetime_) Stop();
  if (pid_ == 0) Spawn();
  std::string request = "run " + module_file + ' ' +
                        std::to_string(test.memories) +
                        (test.marks ? " 1\n" : " 0\n");
  for (const std::string& call : test.calls) request += "call " + call + '\n';
  WriteAll(to_, request + "end\n");
}

Lines EngineProcess::Finish() {
  Lines lines;
  std::string line;
  while (ReadLine(line)) {
    if (line == "end") return lines;
    lines.push_back(line);
  }
  lines.push_back("! died: " + Stop());
  return lines;
}

bool EngineProcess::ReadLine(std::string& line) {
  for (;;) {
    const size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return true;
    }
    pollfd readable = {.fd = from_, .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, kPatience * 1000) <= 0) return false;
    char bytes[16384];
    const ssize_t size = read(from_, bytes, sizeof(bytes));
    if (size <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(size));
  }
}

}  // namespace slipway::differential
