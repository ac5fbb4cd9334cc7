/* For a program that is linked to no libraries; for others the driver links
 * crt/libraries.c. */
#include <features.h>

hidden void __slipway_load_libraries(void)
{
}
