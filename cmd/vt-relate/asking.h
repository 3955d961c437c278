/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking VirusTotal on behalf of many files at a time: the budget, fewer requests at a time while the service says slow
 * down, what the licence refuses, and when to stop asking for good.
 */
#ifndef ASKING_H
#define ASKING_H

#include "cache.h"
#include "relate-settings.h"
#include "vt-api.h"

enum asking_stop {
	ASKING_GOES_ON,
	ASKING_BUDGET, /* our own limit: what runs may end */
	ASKING_QUOTA,
	ASKING_REFUSED,
	ASKING_UNAVAILABLE,
	ASKING_SIGNAL,
};

/* Why a relationship is not asked for any more in this run. */
struct asking_refusal {
	char code[64];
	char *text; /* NULL: it is asked for */
};

/* What is known about the licence for a relationship: until then one file at a time asks for it. */
enum asking_licence { ASKING_UNKNOWN, ASKING_PROBED, ASKING_GRANTED };

/* A relationship of a file that waits for that. */
struct asking_hold {
	size_t link_index;
	void (*resume)(void *owner, void *item);
	void *owner, *item;
};

struct asking {
	const struct relate_settings *settings;
	struct vt_api *api;
	struct vt_api *account; /* asks for the quotas, beside the queue of the others; NULL without an account name */
	struct cache *cache;    /* what need not be asked for; NULL: none */
	uint64_t begun, budget; /* budget: UINT64_MAX for none */
	bool has_budget;        /* it is read when it is first needed: who asks nothing need not know */
	bool knows_quotas;
	int active; /* requests at a time, for now */
	/* Failures in a row: all, of each link, of plans (behind the links); of different ones; and whether any request
	 * ever succeeded. */
	int failures, *failures_of;
	size_t last_failed;
	bool failures_differ, has_succeeded;
	enum asking_stop stop;
	struct error stop_error;
	bool quota_in_doubt, quota_looked_at;
	bool plan_is_forbidden;
	struct asking_refusal *refusals; /* for each link */
	enum asking_licence *licences;
	struct asking_hold *holds;
	size_t hold_count, hold_cap;
};

/* One request at a time; stays where it is until it was answered or asking_cancel was called. */
struct asking_call {
	struct asking *asking;
	size_t link_index; /* of the relationship that is asked for; the number of links: a plan */
	/* The answer; err is NULL for a 2xx. The response's body may be taken. */
	void (*answered)(struct asking_call *call, struct http_response *response, const struct error *err);
	void *owner;
	void *item;
};

/* -1 and err for a configuration that cannot work. */
int asking_init(struct asking *asking, const struct relate_settings *settings, const struct config *config,
		struct error *err);
void asking_release(struct asking *asking);
/* What is left to spend, UINT64_MAX when that is not limited or not known; reads the quotas, blocking. */
uint64_t asking_budget(struct asking *asking);
/* Begins a GET; false when there is no more asking: answered is then not called. */
bool asking_begin(struct asking *asking, const char *path, struct asking_call *call);
/* After answers said "quota exceeded": looks whether waiting can help, and stops when not. Not to be called from
 * answered. */
void asking_settle_quota(struct asking *asking);
void asking_stop_for(struct asking *asking, enum asking_stop stop, const struct error *err);
/* Requests that are under way, or wait for it. */
size_t asking_pending(const struct asking *asking);
/*
 * Whether the relationship may be asked for now. If not, resume is called with hold's owner and item when there is more
 * to know; owner and item then have to be there still, unless asking has ended.
 */
bool asking_may_ask(struct asking *asking, const struct asking_hold *hold);
/* What an answer about the relationship tells about the licence; http_status 0: there was none. */
void asking_learn(struct asking *asking, size_t link_index, long http_status);
/* The licence refuses this relationship, or it fails again and again: nobody asks for it any more. */
void asking_refuse(struct asking *asking, size_t link_index, const char *code, const char *text);
/* What stands in the error member of a relationship that was not asked any more. */
const char *asking_stop_code(const struct asking *asking);
/* The name under which the summary counts the files that were not expanded for it. */
const char *asking_stop_reason(const struct asking *asking);

#endif
