/* SPDX-License-Identifier: Apache-2.0 */
/* Between works.c and works-announced.c. */
#ifndef WORKS_ANNOUNCED_H
#define WORKS_ANNOUNCED_H

#include "works.h"

/* Opens a work, which becomes the last of the list; promised is what is announced on it before anything is pushed. */
int works_open(struct works *works, uint64_t promised, struct error *err);
/* Ends a work of which less was sent than promised. */
void works_announced_fail(struct works *works, struct work *work, const char *why);

#endif
