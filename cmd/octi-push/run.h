/* SPDX-License-Identifier: Apache-2.0 */
/* What octi-push does, once it is known what that shall be. Each returns the exit status, with everything said. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>

#include "delivery.h"
#include "push-settings.h"

enum run_mode { RUN_PUSH, RUN_DUE, RUN_PING, RUN_OUTBOX, RUN_CHECK };

struct run {
	/* From the command line. */
	enum run_mode mode;
	bool several_modes; /* more than one was asked for */
	bool no_commit, dry_run;
	struct delivery delivery;

	bool stdin_closed, stdout_closed; /* when we were started */
	struct push_settings settings;
	const struct config *config;
};

/* Pushes the bundle on standard input, then moves the state on when it is to be. */
int run_push(struct run *run);
/* Tells what that would do; asks the platform, which it does not change, only when there is a token. */
int run_dry(struct run *run);
/* Sends the outbox, then prints the windows that are due. */
int run_due(struct run *run);
int run_ping(struct run *run);
/* Says it, and gives its exit status. */
int run_fail(const struct error *err);
/* Lists the outbox. */
int run_outbox(struct run *run);

#endif
