/* wasm rounds to nearest and raises no floating-point exceptions. As C allows,
 * the modes and exceptions that do not exist are not defined. */
#define FE_ALL_EXCEPT 0
#define FE_TONEAREST 0

typedef unsigned int fexcept_t;
typedef struct {
	unsigned int __unused;
} fenv_t;

#define FE_DFL_ENV ((const fenv_t *)-1)
