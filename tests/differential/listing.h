// A module's functions as text, for reading findings.

#ifndef SLIPWAY_TESTS_DIFFERENTIAL_LISTING_H_
#define SLIPWAY_TESTS_DIFFERENTIAL_LISTING_H_

#include <string>
#include <string_view>

namespace slipway::differential {

// One operator a line, indented, with its immediates as raw numbers.
std::string Listing(std::string_view module);

}  // namespace slipway::differential

#endif  // SLIPWAY_TESTS_DIFFERENTIAL_LISTING_H_
