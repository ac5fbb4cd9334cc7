#include "tests/bench/cxx/rows.h"

extern "C" const struct row* const row_groups[] = {
    exception_rows, object_rows, container_rows,
    stream_rows,    thread_rows, nullptr,
};
