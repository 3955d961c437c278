/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenCTI's operations as a connector uses them (opencti.md section 2), typed: each builds the variables, chooses the
 * document for the platform's version and reads the answer. No policy: when to ping or to open a work is decided above.
 * All return 0, or -1 with err as graphql_call fills it.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graphql.h"
#include "push-settings.h"
#include "version.h"
#include "work-errors.h"

/* err->code where it is not the platform's: it answered, and that is no trouble that passes. */
#define PLATFORM_REFUSED "refused"

struct platform {
	const struct push_settings *settings; /* borrowed */
	struct graphql api;
	struct graphql bulk; /* pushes: they may take many minutes, while api goes on */
	char *authorization;
	struct version version; /* after platform_about */
	char version_text[64];
	char applicant_id[64]; /* the token's user, after platform_register */
	int64_t date_epoch;    /* the platform's clock at platform_about, -1 when it told none */
};

/* Makes the HTTP clients; asks nothing. */
int platform_open(struct platform *platform, const struct push_settings *settings, struct error *err);
void platform_close(struct platform *platform);
/* After a signal operations end at once; this grants them ms more milliseconds, to close what is open. */
void platform_farewell(struct platform *platform, int64_t ms);

/* Reads the version (with a warning's text in *odd, static or NULL, for one that we do not know). */
int platform_about(struct platform *platform, const char **odd, struct error *err);
/* Registers, which keeps the state as it is. */
int platform_register(struct platform *platform, struct error *err);

struct platform_connector {
	bool found;        /* false: it is not registered */
	char *name, *type; /* heap, or NULL */
	char *state;       /* as it is stored: NULL, "", "null" or JSON text; heap */
	double queue_bytes;
	int64_t queue_messages;
};
int platform_read_connector(struct platform *platform, struct platform_connector *connector, struct error *err);
void platform_connector_release(struct platform_connector *connector);

struct platform_info {
	bool buffering;
	double queue_threshold_mb;
	double queue_mb;
	int64_t last_run, next_run; /* -1: not known */
};
/* state NULL sends what pycti sends for none. *stored is what the platform holds now (heap, may be NULL). */
int platform_ping(struct platform *platform, const char *state, const struct platform_info *info, char **stored,
		  struct error *err);

/* The platform's message queue. */
struct platform_queue {
	char *applicant_id; /* the token's user */
	char *exchange, *routing_key;
	char *host, *vhost, *user, *password;
	int port;
	bool use_tls;
};
/* Registers, which makes the queues when they are not there, and reads where they are. */
int platform_read_queue(struct platform *platform, struct platform_queue *queue, struct error *err);
/* Reads it without registering; *found is false for a connector that is not registered. */
int platform_find_queue(struct platform *platform, struct platform_queue *queue, bool *found, struct error *err);
void platform_queue_release(struct platform_queue *queue);

struct platform_names {
	char **items;
	size_t count;
};
/* The token's user. */
struct platform_user {
	char *name;
	struct platform_names rights;
	struct platform_names allowed;  /* ids of the markings that the user may use */
	struct platform_names markings; /* ids of those that are on the platform */
};
int platform_read_user(struct platform *platform, struct platform_user *user, struct error *err);
void platform_user_release(struct platform_user *user);
/* A right is also given by every right that is part of it, and by BYPASS. */
bool platform_user_can(const struct platform_user *user, const char *right);
bool platform_user_sees_marking(const struct platform_user *user, const char *id);
bool platform_user_may_mark(const struct platform_user *user, const char *id);

/*
 * A new work's id (heap). When an answer is lost a second one of that name may have been opened: by our next attempt,
 * or by libcurl, which silently repeats what a connection it used again did not answer.
 */
int platform_work_add(struct platform *platform, const char *name, bool multi_part, char **id, struct error *err);
/* Adds to what the work expects; also what is below zero. Asked once: a lost answer must not add twice. */
int platform_work_expect(struct platform *platform, const char *id, int64_t number, struct error *err);
int platform_work_to_processed(struct platform *platform, const char *id, const char *message, bool in_error,
			       struct error *err);
int platform_work_delete(struct platform *platform, const char *id, struct error *err);

struct platform_work {
	bool found; /* false: it was deleted */
	bool complete;
	bool over; /* nothing more happens on it: complete, given up by the platform, or deleted */
	char status[16];
	int64_t expected, processed;
	struct work_errors errors;
};
/* Whether a work of that status is complete, or the platform has given it up. */
bool platform_work_has_ended(const char *status);
int platform_work_read(struct platform *platform, const char *id, struct platform_work *work, struct error *err);

/*
 * Whether an object of that id is there, and how the platform shows it in STIX: *stored (heap, the caller frees), NULL
 * when it is not there or nothing is shown of its kind, as of a marking.
 */
int platform_knows(struct platform *platform, const char *id, bool *known, char **stored, struct error *err);

/* Calls each for the newest works of this connector, at most 200. */
int platform_each_work(struct platform *platform,
		       void (*each)(void *data, const char *id, const char *name, const char *status), void *data,
		       struct error *err);

/*
 * A push's body is the largest thing there is, so it is built in place: begin, then the bundle's bytes by
 * platform_push_add, then send. work_id NULL lets the platform open a work. accepted_bytes of a refusal because of its
 * size: *too_large is set.
 */
void platform_push_begin(struct platform *platform, struct buf *body, const char *work_id);
int platform_push_add(struct buf *body, const char *bytes, size_t len);
/* How many bytes platform_push_add will add. */
uint64_t platform_push_cost(const char *bytes, size_t len);
int platform_push_send(struct platform *platform, struct buf *body, bool *too_large, struct error *err);

#endif
