/* SPDX-License-Identifier: Apache-2.0 */
/* TLP marking levels: spellings, OpenCTI's fixed ids (opencti.md section 8.3), and the objects that say them. */
#ifndef MARKING_H
#define MARKING_H

#include <stdbool.h>

#include "json-write.h"

enum marking_level { MARKING_CLEAR, MARKING_GREEN, MARKING_AMBER, MARKING_AMBER_STRICT, MARKING_RED, MARKING_COUNT };

/* "TLP_AMBER", "TLP:AMBER+STRICT", "amber", "white" …; false for another word. */
bool marking_parse(const char *text, enum marking_level *level);
const char *marking_name(enum marking_level level); /* "TLP:AMBER" */
const char *marking_id(enum marking_level level);
/* Writes the marking-definition object as OpenCTI connectors send it. */
void marking_write(enum marking_level level, struct json_writer *writer);

#endif
