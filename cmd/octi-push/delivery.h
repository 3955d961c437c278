/* SPDX-License-Identifier: Apache-2.0 */
/* One bundle's way: to the platform, then, when it stands for a window, into the connector's state. */
#ifndef DELIVERY_H
#define DELIVERY_H

#include <stdbool.h>

#include "bundle-spool.h"
#include "commit.h"
#include "session.h"

struct delivery {
	bool has_window;
	struct commit_window window;
	bool commit;         /* the state is to move on; only with a window */
	bool planned_absent; /* the state had no end for the country when the window was planned */
};

/* " AU START/END", " AU START/END again", or "" without a window; heap. */
char *delivery_window_text(const struct delivery *delivery);
/* A bundle that says that it is partial cannot stand for its window: EXIT_BAD_INPUT. Tells what else is odd about it.
 */
int delivery_check(const struct delivery *delivery, const struct bundle_spool *bundle, struct error *err);
/*
 * Pushes the bundle, when it has objects, and commits its window. Tells what it came to. -1 and err: not all of it is
 * known to be done, and doing all of it again does no harm (equal ids).
 */
int delivery_run(const struct delivery *delivery, struct session *session, struct bundle_spool *bundle,
		 struct error *err);

#endif
