/* SPDX-License-Identifier: Apache-2.0 */
#include "vt-link.h"

#include <string.h>

#include "buf.h"
#include "suggest.h"

/* The table of virustotal.md section 4, file to file, domain, IP address and URL only. */
const struct vt_link vt_links[] = {
    {"behaviour_mitre_trees", VT_LINK_MITRE},
    {"bundled_files", VT_LINK_FILE},
    {"carbonblack_children", VT_LINK_FILE},
    {"carbonblack_parents", VT_LINK_FILE},
    {"ciphered_bundled_files", VT_LINK_FILE},
    {"ciphered_parents", VT_LINK_FILE},
    {"compressed_parents", VT_LINK_FILE},
    {"contacted_domains", VT_LINK_DOMAIN},
    {"contacted_ips", VT_LINK_IP_ADDRESS},
    {"contacted_urls", VT_LINK_URL},
    {"dropped_files", VT_LINK_FILE},
    {"email_attachments", VT_LINK_FILE},
    {"email_parents", VT_LINK_FILE},
    {"embedded_domains", VT_LINK_DOMAIN},
    {"embedded_ips", VT_LINK_IP_ADDRESS},
    {"embedded_urls", VT_LINK_URL},
    {"execution_parents", VT_LINK_FILE},
    {"itw_domains", VT_LINK_DOMAIN},
    {"itw_ips", VT_LINK_IP_ADDRESS},
    {"itw_urls", VT_LINK_URL},
    {"memory_pattern_domains", VT_LINK_DOMAIN},
    {"memory_pattern_ips", VT_LINK_IP_ADDRESS},
    {"memory_pattern_urls", VT_LINK_URL},
    {"overlay_children", VT_LINK_FILE},
    {"overlay_parents", VT_LINK_FILE},
    {"pcap_children", VT_LINK_FILE},
    {"pcap_parents", VT_LINK_FILE},
    {"pe_resource_children", VT_LINK_FILE},
    {"pe_resource_parents", VT_LINK_FILE},
    {"similar_files", VT_LINK_FILE},
    {"urls_for_embedded_js", VT_LINK_URL},
};
const size_t vt_link_count = sizeof(vt_links) / sizeof(*vt_links);

const struct vt_link *vt_link_find(const char *name)
{
	for (size_t i = 0; i < vt_link_count; i++) {
		if (strcmp(vt_links[i].name, name) == 0)
			return &vt_links[i];
	}
	return NULL;
}

char *vt_link_names(void)
{
	struct buf names;
	buf_init(&names, BUF_UNBOUNDED);
	for (size_t i = 0; i < vt_link_count; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", vt_links[i].name);
	return buf_take(&names);
}

const char *vt_link_suggest(const char *name)
{
	return suggest_word(name, &vt_links[0].name, vt_link_count, sizeof(*vt_links));
}
