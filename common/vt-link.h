/* SPDX-License-Identifier: Apache-2.0 */
/* VirusTotal's relationships from a file to files, domains, IP addresses and URLs (virustotal.md section 4). */
#ifndef VT_LINK_H
#define VT_LINK_H

#include <stdbool.h>
#include <stddef.h>

enum vt_link_target { VT_LINK_FILE, VT_LINK_DOMAIN, VT_LINK_IP_ADDRESS, VT_LINK_URL, VT_LINK_MITRE };

struct vt_link {
	const char *name;
	enum vt_link_target target;
};

extern const struct vt_link vt_links[];
extern const size_t vt_link_count;
/* By exact name, or NULL. */
const struct vt_link *vt_link_find(const char *name);
/* All names, comma-separated, heap. */
char *vt_link_names(void);
/* The nearest name for "did you mean", or NULL. */
const char *vt_link_suggest(const char *name);

#endif
