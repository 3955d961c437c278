/* SPDX-License-Identifier: Apache-2.0 */
/* What octi-push takes from the configuration, in its own units. Borrows from the configuration unless said. */
#ifndef PUSH_SETTINGS_H
#define PUSH_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "duration.h"
#include "error.h"

/* What replaces the connection that the platform tells; NULL or 0: nothing. */
struct mq_settings {
	const char *host, *vhost, *user, *password;
	int port;
	bool tls_is_set, use_tls;
	const char *ca, *certificate, *key, *passphrase; /* paths or PEM text */
	bool verify;
};

struct push_settings {
	/* The platform. */
	const char *url;
	const char *token;
	const char **headers; /* fixed ones and opencti.custom_headers; owned */
	char *ca_extra_pem;   /* owned, or NULL */
	const char *ca_path;  /* or NULL */
	bool insecure;
	long timeout_ms; /* of one request that is no push */
	long retry_ms;   /* how long a platform that is down is asked again */

	/* The connector. */
	const char *connector_id;
	const char *connector_name;
	const char *const *scope;
	const char *queue_protocol;
	double queue_threshold_mb;
	bool to_queue;
	const char *directory;            /* where bundles are written as well; NULL: nowhere */
	int64_t directory_retention_days; /* 0: for ever */
	struct mq_settings mq;

	/* Windows. */
	const char *const *countries;
	struct duration period;
	int64_t lag_s;
	struct duration revisit; /* zero: never */
	int max_catchup;
	const char *state_dir;
	const char *outbox_dir;

	/* Pushing. */
	uint64_t body_max;    /* bytes of one request */
	uint64_t objects_max; /* objects of one part */
	int64_t wait_ms;      /* how long the platform may take for the parts before the report */
};

/* -1 and err (EXIT_CONFIG) for what the configuration's own checks cannot know. */
int push_settings_read(const struct config *config, struct push_settings *settings, struct error *err);
void push_settings_release(struct push_settings *settings);

#endif
