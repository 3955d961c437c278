/* SPDX-License-Identifier: Apache-2.0 */
#include "technique.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

/* ATT&CK's tactics (attack.mitre.org/tactics) with the names of its STIX data, in the order of its matrices. */
static const struct {
	const char *id, *kill_chain_name, *phase_name;
} tactics[] = {
    {"TA0043", "mitre-attack", "reconnaissance"},
    {"TA0042", "mitre-attack", "resource-development"},
    {"TA0001", "mitre-attack", "initial-access"},
    {"TA0002", "mitre-attack", "execution"},
    {"TA0003", "mitre-attack", "persistence"},
    {"TA0004", "mitre-attack", "privilege-escalation"},
    {"TA0005", "mitre-attack", "defense-evasion"},
    {"TA0006", "mitre-attack", "credential-access"},
    {"TA0007", "mitre-attack", "discovery"},
    {"TA0008", "mitre-attack", "lateral-movement"},
    {"TA0009", "mitre-attack", "collection"},
    {"TA0011", "mitre-attack", "command-and-control"},
    {"TA0010", "mitre-attack", "exfiltration"},
    {"TA0040", "mitre-attack", "impact"},
    {"TA0027", "mitre-mobile-attack", "initial-access"},
    {"TA0041", "mitre-mobile-attack", "execution"},
    {"TA0028", "mitre-mobile-attack", "persistence"},
    {"TA0029", "mitre-mobile-attack", "privilege-escalation"},
    {"TA0030", "mitre-mobile-attack", "defense-evasion"},
    {"TA0031", "mitre-mobile-attack", "credential-access"},
    {"TA0032", "mitre-mobile-attack", "discovery"},
    {"TA0033", "mitre-mobile-attack", "lateral-movement"},
    {"TA0035", "mitre-mobile-attack", "collection"},
    {"TA0037", "mitre-mobile-attack", "command-and-control"},
    {"TA0036", "mitre-mobile-attack", "exfiltration"},
    {"TA0034", "mitre-mobile-attack", "impact"},
    {"TA0108", "mitre-ics-attack", "initial-access"},
    {"TA0104", "mitre-ics-attack", "execution"},
    {"TA0110", "mitre-ics-attack", "persistence"},
    {"TA0111", "mitre-ics-attack", "privilege-escalation"},
    {"TA0103", "mitre-ics-attack", "evasion"},
    {"TA0102", "mitre-ics-attack", "discovery"},
    {"TA0109", "mitre-ics-attack", "lateral-movement"},
    {"TA0100", "mitre-ics-attack", "collection"},
    {"TA0101", "mitre-ics-attack", "command-and-control"},
    {"TA0107", "mitre-ics-attack", "inhibit-response-function"},
    {"TA0106", "mitre-ics-attack", "impair-process-control"},
    {"TA0105", "mitre-ics-attack", "impact"},
};
#define TACTIC_COUNT (sizeof(tactics) / sizeof(*tactics))

void techniques_release(struct techniques *techniques)
{
	free(techniques->items);
	*techniques = (struct techniques){.items = NULL};
}

bool technique_is_id(const char *text)
{
	if (*text != 'T' || strspn(text + 1, "0123456789") != 4)
		return false;
	return !text[5] || (text[5] == '.' && strspn(text + 6, "0123456789") == 3 && !text[9]);
}

static uint32_t number_of(const char *code)
{
	uint32_t number = (uint32_t)strtoul(code + 1, NULL, 10) * 1000;
	return code[5] ? number + (uint32_t)strtoul(code + 6, NULL, 10) : number;
}

static uint64_t bit_of(const char *tactic)
{
	for (size_t i = 0; i < TACTIC_COUNT; i++) {
		if (strcmp(tactics[i].id, tactic) == 0)
			return UINT64_C(1) << i;
	}
	return 0;
}

/* Where number stands, or belongs. */
static size_t position_of(const struct techniques *techniques, uint32_t number)
{
	size_t low = 0, high = techniques->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (techniques->items[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool techniques_add(struct techniques *techniques, const char *code, const char *name, const char *tactic)
{
	uint32_t number = number_of(code);
	size_t at = position_of(techniques, number);
	if (at == techniques->count || techniques->items[at].number != number) {
		if (techniques->count == TECHNIQUES_MAX)
			return false;
		if ((techniques->count & (techniques->count - 1)) == 0)
			techniques->items =
			    xreallocarray(techniques->items, techniques->count ? techniques->count * 2 : 16,
					  sizeof(*techniques->items));
		memmove(&techniques->items[at + 1], &techniques->items[at],
			(techniques->count - at) * sizeof(*techniques->items));
		techniques->count++;
		struct technique *item = &techniques->items[at];
		*item = (struct technique){.number = number};
		snprintf(item->code, sizeof(item->code), "%s", code);
		snprintf(item->name, sizeof(item->name), "%s", name);
	}
	techniques->items[at].tactics |= bit_of(tactic);
	return true;
}

void technique_put_phases(const struct technique *technique, struct json_writer *json)
{
	if (!technique->tactics)
		return;
	json_key(json, "kill_chain_phases");
	json_begin_array(json);
	for (size_t i = 0; i < TACTIC_COUNT; i++) {
		if (!(technique->tactics >> i & 1))
			continue;
		json_begin_object(json);
		json_member_string(json, "kill_chain_name", tactics[i].kill_chain_name);
		json_member_string(json, "phase_name", tactics[i].phase_name);
		json_end_object(json);
	}
	json_end_array(json);
}
