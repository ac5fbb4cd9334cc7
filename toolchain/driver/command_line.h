// Reads an ordinary compiler command line and works out what it asks for:
//
//   absl::StatusOr<CommandLine> line =
//       ParseCommandLine({"-O2", "a.c"}, DriverMode::kC);
//
// The result holds the arguments that go on to clang, in their order and
// without those that have no meaning here (flag_table.h), and the few facts
// that the link needs.

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_COMMAND_LINE_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace slipway::toolchain {

// What a link takes, in order.
struct LinkInput {
  std::string name;         // a path, or the X of -lX
  bool is_library = false;  // -lX
  bool dynamic = true;      // a shared library is preferred
};

// What the driver was called as: C++'s takes every source for C++ and links its
// runtime libraries.
enum class DriverMode { kC, kCxx };

struct CommandLine {
  DriverMode mode = DriverMode::kC;
  std::vector<std::string> arguments;  // for clang
  std::vector<LinkInput> inputs;
  std::vector<std::string> library_directories;  // -L, -rpath-link
  std::string soname;
  std::string version_script;  // its path, like the next
  std::string dynamic_list;
  std::string output = "a.out";
  bool links = false;             // ends in a module, not in objects or text
  bool shared = false;            // -shared: a side module
  bool side_code = false;         // -fPIC: compiled for a side module
  bool static_libraries = false;  // -static
  bool relocatable = false;       // -r
  bool export_dynamic = false;    // -rdynamic
  bool strip = false;             // -s
  bool symbolic = false;          // a library's calls of its own functions
                                  // cannot be taken over by the program
  bool stays_loaded = false;      // -z nodelete: dlclose leaves the library
  bool start_files = true;        // no -nostdlib, -nostartfiles
  bool libraries = true;          // no -nostdlib, -nodefaultlibs
  bool cxx_sources = false;       // has C++ to compile
  bool cxx_headers = true;        // no -nostdinc++
  bool cxx_runtime = false;       // C++'s libraries are linked
  bool cxx_experimental = false;  // -fexperimental-library
  bool gnu_names = true;  // not a strict -std=c…: `linux`, `unix` defined
};

// InvalidArgument names a refused flag and what to do about it.
absl::StatusOr<CommandLine> ParseCommandLine(
    const std::vector<std::string>& arguments, DriverMode mode);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_COMMAND_LINE_H_
