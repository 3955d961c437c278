/* SPDX-License-Identifier: Apache-2.0 */
/* Which windows are due, by the connector's state on the platform (design section 3). */
#ifndef DUE_H
#define DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"
#include "push-settings.h"
#include "session.h"

/* When the next window will be complete enough to be asked for, in seconds; -1 when that cannot be told. */
int64_t due_next_run(const struct push_settings *settings, const char *state, int64_t now);

/* Windows that are due and not to be listed: what was made of them waits in the outbox. */
struct due_held {
	struct due_held_country {
		char country[4];
		bool again;
	} * items;
	size_t count;
};
void due_hold(struct due_held *held, const char *country, bool again);
bool due_is_held(const struct due_held *held, const char *country, bool again);
void due_held_release(struct due_held *held);

/*
 * Puts a line COUNTRY\tSTART\tEND\tnew for each window that is due, then one with "again" for each that is due to be
 * looked at once more; none of those that are held. A country whose state cannot be used is told and left out, and
 * *status is then its exit status.
 */
void due_list(const struct push_settings *settings, const char *state, int64_t now, const struct due_held *held,
	      struct out *out, int *status);

#endif
