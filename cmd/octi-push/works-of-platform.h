/* SPDX-License-Identifier: Apache-2.0 */
/* Between works.c and works-of-platform.c: works that the platform opens at a push, without telling their ids. */
#ifndef WORKS_OF_PLATFORM_H
#define WORKS_OF_PLATFORM_H

#include "works.h"

/* The work of this id becomes the last of the list, and is noted in the journal. */
void works_take(struct works *works, const char *id, enum journal_stage stage, uint64_t promised);
void works_known_release(struct works_known *known);
/* Before the first push: what is there already. */
int works_of_platform_begin(struct works *works, struct error *err);
/* Whether all that is new has ended, in *settled; *progress changes whenever something happens. */
int works_of_platform_look(struct works *works, bool *settled, int64_t *progress, struct error *err);
/*
 * After the last push: what is new becomes our list, for the workers to end. Not when another process of this connector
 * pushed meanwhile: nobody can tell its works from ours.
 */
void works_of_platform_adopt(struct works *works);

#endif
