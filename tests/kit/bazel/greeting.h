#ifndef GREETING_H_
#define GREETING_H_

#include <string>

// Throws std::invalid_argument for an empty name.
std::string Greeting(const std::string& name);

#endif  // GREETING_H_
