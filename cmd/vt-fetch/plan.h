/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of the whole pipeline would cost, and whether the key's allowance covers it. */
#ifndef PLAN_H
#define PLAN_H

#include "search.h"
#include "vt-api.h"

/*
 * Asks for the number of hits with one small search, and for the quotas, and writes "name: value" lines into out. -1
 * and err when the search failed; else *is_covered is false when the allowance is known not to suffice.
 */
int plan_make(struct vt_api *api, const struct search *search, const struct config *config, int page_size,
	      struct buf *out, bool *is_covered, struct error *err);
/* The key's quotas, a line each: NAME\tUSED\tALLOWED, or "unlimited"; costs nothing of them. -1 and err. */
int plan_quotas(struct vt_api *api, struct buf *out, struct error *err);

#endif
