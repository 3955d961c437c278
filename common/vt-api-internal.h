/* SPDX-License-Identifier: Apache-2.0 */
/* The VirusTotal client's inside, for its own files. */
#ifndef VT_API_INTERNAL_H
#define VT_API_INTERNAL_H

#include "vt-api.h"

struct vt_api {
	struct http_client *http;
	char *base_url;
	char *user;                /* NULL when not configured */
	uint64_t account_requests; /* of all that were sent */
};

#endif
