/* Gives the calling thread's TLS variables their first values again (the
 * SIGEV_THREAD thread of a timer, between two expirations). */
#include "tls_block.h"

void __reset_tls(void)
{
	init_tls_block(__pthread_self());
}
