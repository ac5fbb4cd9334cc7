// Exceptions that nothing may catch. The standard's handler for them is called
// with the exception at hand, so that it can say what it was.

#include <exception>

extern "C" {

// For outermost.c.
int __slipway_call_or_terminate(int (*function)(void*), void* argument) {
  try {
    return function(argument);
  } catch (...) {
    std::terminate();
  }
}

void* __cxa_begin_catch(void* exception) noexcept;

// Where an exception would leave a function that promises none
// (passes/terminate_pads.h).
[[noreturn]] void __slipway_terminate(void* exception) noexcept {
  __cxa_begin_catch(exception);
  std::terminate();
}

}  // extern "C"
