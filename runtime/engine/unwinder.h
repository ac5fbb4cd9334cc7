// Finds the handler of an exception that generated code throws, from the frame
// that throws outwards, and without libgcc, which needs two phases and reads
// each frame's description anew: here every frame is a look into a cache of
// rows (frame_rows.h) and a few loads.
//
// That is enough because every landing pad of generated code handles all wasm
// exceptions, and slipway_enter_guest what is left, so the first frame with a
// pad is where an exception goes. Frames of the host lie between frames of the
// guest only where libgcc has to do it as well: below a host function or a
// signal handler that throws (ForwardException).

#ifndef SLIPWAY_RUNTIME_ENGINE_UNWINDER_H_
#define SLIPWAY_RUNTIME_ENGINE_UNWINDER_H_

#include "runtime/engine/frame_rows.h"
#include "runtime/object/object_format.h"

namespace slipway::engine {

// Makes of the frame that throws the frame that handles it: with its registers
// as the call left them, and its landing pad for the program counter. False,
// and nothing changed, when a frame on the way is not known. Outside signal
// handlers, or in those that interrupted generated code, as those of guests do.
bool UnwindToHandler(FrameRegisters& frame);

extern "C" {

// RuntimeTable::exception_throw and exception_resume (unwind_entry.S). Call
// the functions below with the caller's registers and go on in the frame that
// they leave there, with what they return for its landing pad.
void slipway_throw(object::InstanceContext* context,
                   object::Exception* exception);
void slipway_resume(void* unwind_exception);

void* slipway_find_throw_handler(object::InstanceContext* context,
                                 object::Exception* exception,
                                 FrameRegisters* frame);
void* slipway_find_resume_handler(void* unwind_exception, void* unused,
                                  FrameRegisters* frame);
}

}  // namespace slipway::engine

#endif  // SLIPWAY_RUNTIME_ENGINE_UNWINDER_H_
