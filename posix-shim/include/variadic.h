/* How a guest reads variable arguments: each fills a slot of 8 bytes, as on
 * x86-64. The compiler would step over an int by 4; read with an alignment of
 * at least 8 it finds the next slot. Included before every source; the writing
 * side, and why, is passes/variadic_abi.cc.
 *
 * The name is not expanded again in its own expansion, so a program's va_arg
 * and its direct uses of the builtin both come here. */
#pragma GCC system_header

#define __builtin_va_arg(list, ...)                                            \
	__extension__({                                                        \
		typedef __typeof__(__VA_ARGS__) __slipway_argument             \
			__attribute__((aligned(__alignof__(__VA_ARGS__) > 8    \
						       ? __alignof__(__VA_ARGS__) \
						       : 8)));                 \
		__builtin_va_arg(list, __slipway_argument);                    \
	})
