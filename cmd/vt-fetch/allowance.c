/* SPDX-License-Identifier: Apache-2.0 */
#include "allowance.h"

#include <inttypes.h>

#include "exit-codes.h"
#include "log.h"

void allowance_read(struct allowance *allowance, const struct config *config, struct vt_api *api, bool wants_quotas)
{
	struct error err;
	int64_t reserve = config_int(config, "vtreporter.quota_reserve");
	*allowance = (struct allowance){.requests = INT64_MAX, .reason = "vtreporter.max_requests"};
	if (config_has(config, "vtreporter.max_requests"))
		allowance->requests = config_int(config, "vtreporter.max_requests");
	if (reserve && !vt_api_has_user(api))
		log_warning("vtreporter.quota_reserve has no effect without vtreporter.api_user");
	if ((!reserve && !wants_quotas) || !vt_api_has_user(api))
		return;
	if (vt_api_quotas(api, &allowance->quotas, &err)) {
		log_warning("the quotas cannot be read: %s", err.text);
		return;
	}
	allowance->has_quotas = true;
	int64_t left = vt_quotas_left(&allowance->quotas, reserve);
	if (left >= allowance->requests)
		return;
	allowance->requests = left;
	allowance->reason = reserve ? "the key's quotas less vtreporter.quota_reserve" : "the key's quotas";
}

int allowance_check(const struct allowance *allowance, uint64_t spent, struct error *err)
{
	if (allowance->requests == INT64_MAX || spent < (uint64_t)allowance->requests)
		return 0;
	return error_set(err, EXIT_TRY_LATER, "the budget of %" PRId64 " requests is spent (%s)", allowance->requests,
			 allowance->reason);
}
