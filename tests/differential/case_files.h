// Cases on disk.

#ifndef SLIPWAY_TESTS_DIFFERENTIAL_CASE_FILES_H_
#define SLIPWAY_TESTS_DIFFERENTIAL_CASE_FILES_H_

#include <string>

#include "tests/differential/case.h"
#include "tests/differential/comparison.h"

namespace slipway::differential {

// Writes a case and what came of it into a directory: module.wasm,
// listing.txt, calls.txt, slipway.txt, peer.txt.
void WriteCase(const std::string& directory, const Case& test,
               const Transcripts& transcripts);
// The case in such a directory, of which module.wasm and calls.txt are read.
Case ReadCase(const std::string& directory);

// The first lines that are not equal.
std::string FirstDifference(const Transcripts& transcripts);

}  // namespace slipway::differential

#endif  // SLIPWAY_TESTS_DIFFERENTIAL_CASE_FILES_H_
