/* SPDX-License-Identifier: Apache-2.0 */
/*
 * octi-push --check: one line for each thing that a run needs, on standard output, as "VERDICT SUBJECT TEXT". Changes
 * nothing anywhere and spends no quota.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "config.h"
#include "out.h"
#include "platform.h"
#include "push-settings.h"

enum doctor_verdict {
	DOCTOR_OK,
	DOCTOR_SKIPPED, /* could not be looked at */
	DOCTOR_WARNING, /* a run would go on */
	DOCTOR_FAILED   /* a run would end */
};

struct doctor {
	const struct config *config;
	const struct push_settings *settings;
	struct out out;
	int status; /* of the first failure; EXIT_DONE without one */
};

/* One line. status is the exit status that a failure means, and ignored for other verdicts. */
void doctor_say(struct doctor *doctor, enum doctor_verdict verdict, int status, const char *subject, const char *format,
		...) __attribute__((format(printf, 5, 6)));

/* Countries and directories. */
void doctor_look_here(struct doctor *doctor);
/* The platform: clock, TLS, version, token, rights, markings, connector, queue. */
void doctor_look_at_platform(struct doctor *doctor);
/* The key's right to search and its quotas. */
void doctor_look_at_virustotal(struct doctor *doctor);

/* All of them; the exit status. */
int doctor_run(const struct config *config, const struct push_settings *settings);

#endif
