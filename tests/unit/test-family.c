/* SPDX-License-Identifier: Apache-2.0 */
/* Families: the shipped table, and what a file's family is taken from. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmd/stix-build/family.h"
#include "check.h"
#include "utf8.h"

static void table(void)
{
	for (size_t i = 0; i < family_name_count; i++) {
		const struct family_name *row = &family_names[i];
		if (i > 0)
			CHECK(strcmp(family_names[i - 1].key, row->key) < 0);
		for (const char *at = row->key; *at; at++)
			CHECK(isdigit((unsigned char)*at) || islower((unsigned char)*at));
		CHECK(strlen(row->name) >= 2 && strlen(row->name) < 64);
		CHECK(utf8_valid(row->name, strlen(row->name)));
	}
	CHECK(family_name_count > 4000);
}

static void names(void)
{
	/* By ATT&CK's name, by an alias, by what engines say; generic words are none. */
	CHECK_TEXT(family_find("Agent.Tesla"), "Agent Tesla");
	CHECK_TEXT(family_find("bladabindi"), "njRAT");
	CHECK_TEXT(family_find("redline"), "RedLine Stealer");
	CHECK_TEXT(family_find("qbot"), "QakBot");
	CHECK_TEXT(family_find("zbot"), "Zeus");
	CHECK_TEXT(family_find("stop"), "STOP");
	CHECK(family_find("generickd") == NULL);
	CHECK(family_find("msil") == NULL);
	CHECK(family_find("agent") == NULL);
	CHECK(family_find("razy") == NULL);
	CHECK(family_find("") == NULL);
}

static void read_view(const char *members, struct view *view)
{
	static char text[4096];
	struct json_slice value;
	struct error err;
	snprintf(text, sizeof(text), "{\"type\":\"file\",\"id\":\"%064d\",%s}", 7, members);
	if (CHECK(json_check(text, strlen(text), &value, &err) == 0))
		CHECK(view_read(view, value, &err) == 0);
}

static void check_families(const char *members, size_t count, const char *first, enum family_origin origin)
{
	struct view view = {.family_count = 0};
	read_view(members, &view);
	CHECK_INT(view.family_count, count);
	CHECK_TEXT(view_family(&view), first);
	if (view.family_count)
		CHECK_INT(view.families[0].origin, origin);
}

static void origins(void)
{
	check_families("\"attributes\":{}", 0, "", FAMILY_TEXT);
	check_families("\"attributes\":{\"popular_threat_classification\":{\"popular_threat_name\":"
		       "[{\"value\":\"msil\",\"count\":30},{\"value\":\"agenttesla\",\"count\":5}]}}",
		       1, "Agent Tesla", FAMILY_KNOWN);
	check_families("\"attributes\":{\"popular_threat_classification\":{\"popular_threat_name\":"
		       "[{\"value\":\"agenttesla\",\"count\":4}]}}",
		       0, "", FAMILY_TEXT);
	check_families("\"attributes\":{\"popular_threat_classification\":{\"popular_threat_name\":"
		       "[{\"value\":\"msil\",\"count\":30}]}}",
		       1, "msil", FAMILY_TEXT);
	check_families(
	    "\"attributes\":{\"malware_config\":{\"families\":[{\"family\":\"ownrat\"},{\"family\":\"remcos\"}]},"
	    "\"popular_threat_classification\":{\"popular_threat_name\":[{\"value\":\"Remcos\",\"count\":9}]}}",
	    2, "ownrat", FAMILY_TOLD);
	check_families("\"attributes\":{\"malware_families\":[\"FORMBOOK\",{\"name\":\"Lokibot\"}]}", 2, "XLoader",
		       FAMILY_TOLD);
	check_families("\"attributes\":{},\"relationships\":{\"malware_families\":{\"data\":["
		       "{\"type\":\"collection\",\"id\":\"malpedia_win_remcos\"},"
		       "{\"type\":\"collection\",\"id\":\"malware--x\",\"attributes\":{\"name\":\"EMOTET\"}},"
		       "{\"type\":\"collection\",\"id\":\"malware--y\"}]}}",
		       2, "Remcos", FAMILY_TOLD);
}

int main(void)
{
	table();
	names();
	origins();
	return check_result();
}
