/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ATT&CK techniques, merged: the same one comes from several sandboxes, under several tactics, of many files. What is
 * kept is bounded by ATT&CK's own numbering.
 */
#ifndef TECHNIQUE_H
#define TECHNIQUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json-write.h"

#define TECHNIQUES_MAX 2000 /* ATT&CK's three matrices have about 900 */

struct technique {
	uint32_t number; /* T1055.012 is 1055012 */
	char code[10];
	char name[124];
	uint64_t tactics; /* a bit for each row of the table of tactics */
};

struct techniques {
	struct technique *items; /* ordered by number */
	size_t count;
};

void techniques_release(struct techniques *techniques);
/* Whether text is an id such as T1055 or T1055.012. */
bool technique_is_id(const char *text);
/* Notes that code was seen under a tactic ("TA0005"). False when there are too many. */
bool techniques_add(struct techniques *techniques, const char *code, const char *name, const char *tactic);
/* kill_chain_phases of the tactics that were seen; nothing when none is known. */
void technique_put_phases(const struct technique *technique, struct json_writer *json);

#endif
