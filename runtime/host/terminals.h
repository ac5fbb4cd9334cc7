// The guest's view of /dev/pts: the terminals that it has a descriptor of
// already, one side or the other, and no others. The user's terminals stay out
// of reach.

#ifndef SLIPWAY_RUNTIME_HOST_TERMINALS_H_
#define SLIPWAY_RUNTIME_HOST_TERMINALS_H_

#include <optional>
#include <string_view>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/guest_memory.h"

namespace slipway::host {

// N of "/dev/pts/N"; nullopt for every other path.
std::optional<int> TerminalNumber(std::string_view path);

// A descriptor of the guest's for that terminal: the terminal itself, else its
// master, whose peer (TIOCGPTPEER) is the terminal. nullopt when it has none.
struct TerminalSide {
  GuestFd fd;
  bool is_master = false;
};
std::optional<TerminalSide> FindTerminal(const DescriptorTable& files,
                                         int number);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_TERMINALS_H_
