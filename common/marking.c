/* SPDX-License-Identifier: Apache-2.0 */
#include "marking.h"

#include <string.h>
#include <strings.h>

/* Ids and objects: opencti.md section 8.3. CLEAR keeps the id of STIX's TLP:WHITE. */
static const struct {
	const char *word, *name, *id, *stix; /* stix: the tlp value of the STIX 2.1 object, NULL where STIX has none */
} levels[] = {
    [MARKING_CLEAR] = {"CLEAR", "TLP:CLEAR", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", NULL},
    [MARKING_GREEN] = {"GREEN", "TLP:GREEN", "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "green"},
    [MARKING_AMBER] = {"AMBER", "TLP:AMBER", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82", "amber"},
    [MARKING_AMBER_STRICT] = {"AMBER+STRICT", "TLP:AMBER+STRICT",
			      "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37", NULL},
    [MARKING_RED] = {"RED", "TLP:RED", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "red"},
};

bool marking_parse(const char *text, enum marking_level *level)
{
	if (strncasecmp(text, "TLP_", 4) == 0 || strncasecmp(text, "TLP:", 4) == 0)
		text += 4;
	if (strcasecmp(text, "WHITE") == 0)
		text = "CLEAR";
	if (strcasecmp(text, "AMBER_STRICT") == 0)
		text = "AMBER+STRICT";
	for (int i = 0; i < MARKING_COUNT; i++) {
		if (strcasecmp(text, levels[i].word) == 0) {
			*level = (enum marking_level)i;
			return true;
		}
	}
	return false;
}

const char *marking_name(enum marking_level level)
{
	return levels[level].name;
}

const char *marking_id(enum marking_level level)
{
	return levels[level].id;
}

/* STIX 2.1 fixes it for its own TLP objects; for the other two it is free, and this is what connectors use. */
#define CREATED "2017-01-20T00:00:00.000Z"

void marking_write(enum marking_level level, struct json_writer *writer)
{
	const char *tlp = levels[level].stix;
	json_begin_object(writer);
	json_member_string(writer, "type", "marking-definition");
	json_member_string(writer, "spec_version", "2.1");
	json_member_string(writer, "id", levels[level].id);
	json_member_string(writer, "created", CREATED);
	json_member_string(writer, "definition_type", tlp ? "tlp" : "statement");
	if (tlp)
		json_member_string(writer, "name", levels[level].name);
	json_key(writer, "definition");
	json_begin_object(writer);
	json_member_string(writer, tlp ? "tlp" : "statement", tlp ? tlp : "custom");
	json_end_object(writer);
	if (!tlp) {
		json_member_string(writer, "x_opencti_definition_type", "TLP");
		json_member_string(writer, "x_opencti_definition", levels[level].name);
	}
	json_end_object(writer);
}
