/* SPDX-License-Identifier: Apache-2.0 */
/* How many requests a run may spend. */
#ifndef ALLOWANCE_H
#define ALLOWANCE_H

#include "vt-api.h"

struct allowance {
	int64_t requests;   /* INT64_MAX: no limit */
	const char *reason; /* what set the limit, for messages */
	bool has_quotas;
	struct vt_quotas quotas;
};

/*
 * The smaller of vtreporter.max_requests and what the key's quotas have left over vtreporter.quota_reserve. The quotas
 * are asked for (which costs nothing of them) when the reserve or the caller wants them and vtreporter.api_user is set;
 * what cannot be had is warned of.
 */
void allowance_read(struct allowance *allowance, const struct config *config, struct vt_api *api, bool wants_quotas);
/* -1 and err (EXIT_TRY_LATER) when so many requests are all that may be spent. */
int allowance_check(const struct allowance *allowance, uint64_t spent, struct error *err);

#endif
