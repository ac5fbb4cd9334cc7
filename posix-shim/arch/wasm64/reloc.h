/* For musl's dynlink.h, which its thread code includes. There are no ELF
 * relocations here: the runtime links modules. */
#define LDSO_ARCH "wasm64"

#define CRTJMP(pc, sp) __builtin_trap()
