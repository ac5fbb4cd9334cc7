#include "tests/bench/calls/calls.h"

const struct row* const row_groups[] = {
    time_rows,   descriptor_rows, socket_rows,  memory_rows,
    signal_rows, thread_rows,     process_rows, NULL,
};
