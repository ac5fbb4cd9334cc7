// Response files: an argument @FILE stands for the arguments in FILE, as GCC's
// and clang's drivers read them.
//
//   absl::StatusOr<std::vector<std::string>> arguments =
//       ExpandResponseFiles({"-c", "@sources.txt"});

#ifndef SLIPWAY_TOOLCHAIN_DRIVER_RESPONSE_FILE_H_
#define SLIPWAY_TOOLCHAIN_DRIVER_RESPONSE_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace slipway::toolchain {

// Response files may name others, relative to the working directory. An
// argument whose file does not exist stays as it is: it may be the name of an
// input. InvalidArgument: files that name each other, more than 64 deep.
absl::StatusOr<std::vector<std::string>> ExpandResponseFiles(
    const std::vector<std::string>& arguments);

// The arguments in the text of a response file: separated by blanks and ends of
// lines; "…" and '…' keep these together, and a backslash keeps the character
// after it, outside '…' quotes and inside "…" as outside.
std::vector<std::string> SplitResponseFile(std::string_view text);

}  // namespace slipway::toolchain

#endif  // SLIPWAY_TOOLCHAIN_DRIVER_RESPONSE_FILE_H_
