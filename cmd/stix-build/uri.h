/* SPDX-License-Identifier: Apache-2.0 */
/* URLs as they were seen, in the form that RFC 3986 and so STIX demands. */
#ifndef URI_H
#define URI_H

#include <stdbool.h>

#include "buf.h"

/*
 * Appends text with what may not stand in a URI percent-encoded, as it goes over the wire; nothing else is normalised.
 * False, and out is of no use, when it is no absolute URI: without scheme, or with a port or IPv6 address that is none.
 */
bool uri_append(struct buf *out, const char *text);

#endif
