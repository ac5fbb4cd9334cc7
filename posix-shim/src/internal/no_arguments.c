/* What a variadic function reads that was given nothing: see include/stdarg.h. */
const long __slipway_no_arguments[8];
