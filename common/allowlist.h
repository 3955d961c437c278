/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts that are not worth a contact: the list of vtreporter.allowlist (format: see config/allowlist), and addresses
 * that mean nothing outside one network: private, loopback, link-local, multicast, reserved (IANA special-purpose
 * registries, RFC 6890).
 */
#ifndef ALLOWLIST_H
#define ALLOWLIST_H

#include <stdbool.h>

#include "error.h"

struct allowlist;

/* The list in the file, or the shipped one for NULL. NULL and err (EXIT_CONFIG, "file:line: what") on a fault. */
struct allowlist *allowlist_new(const char *path, struct error *err);
void allowlist_free(struct allowlist *list);

enum allowlist_verdict { ALLOWLIST_UNKNOWN, ALLOWLIST_BENIGN, ALLOWLIST_RESERVED };
/* About a host name or an address in text form (a trailing dot and letter case do not matter). */
enum allowlist_verdict allowlist_check(const struct allowlist *list, const char *host);
/* About the host part of a URL; ALLOWLIST_UNKNOWN when none can be found. */
enum allowlist_verdict allowlist_check_url(const struct allowlist *list, const char *url);

#endif
