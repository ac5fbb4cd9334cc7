// An engine in a process of its own, that runs cases one after another: ours
// (slipway_engine.h) or the peer (peer.js). Both read from stdin
//   run MODULE_FILE MEMORIES MARKS
//   call f3 5 -7n
//   …
//   end
// and write the transcript to stdout, closed by a line "end".
//
// The process starts with the first case, again when it has died, and after
// `lifetime` cases, because engines keep what they loaded.

#ifndef SLIPWAY_TESTS_DIFFERENTIAL_ENGINE_PROCESS_H_
#define SLIPWAY_TESTS_DIFFERENTIAL_ENGINE_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/differential/case.h"

namespace slipway::differential {

class EngineProcess {
 public:
  EngineProcess(std::vector<std::string> command, int lifetime)
      : command_(std::move(command)), lifetime_(lifetime) {}
  EngineProcess(const EngineProcess&) = delete;
  EngineProcess& operator=(const EngineProcess&) = delete;
  ~EngineProcess() { Stop(); }

  // Sends a case whose module is in a file.
  void Start(const Case& test, const std::string& module_file);
  // The transcript of the case sent last. Ends in a line "! died: …" when the
  // process did, or did not answer for kPatience seconds.
  Lines Finish();

 private:
  static constexpr int kPatience = 120;

  void Spawn();
  // Kills the process and returns how it had ended by itself, if it had.
  std::string Stop();
  // False at the end of the output, and when there is none for too long.
  bool ReadLine(std::string& line);

  const std::vector<std::string> command_;
  const int lifetime_;
  int cases_ = 0;  // since it was started
  pid_t pid_ = 0;
  int to_ = -1;
  int from_ = -1;
  std::string buffer_;
};

}  // namespace slipway::differential

#endif  // SLIPWAY_TESTS_DIFFERENTIAL_ENGINE_PROCESS_H_
