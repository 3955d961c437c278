/* SPDX-License-Identifier: Apache-2.0 */
#include "version.h"

#include <ctype.h>

/* Far above every field that a release will have. */
#define FIELD_MAX 1000000000

static const char *parse_field(const char *at, int64_t *field)
{
	*field = 0;
	while (isdigit((unsigned char)*at)) {
		if (*field < FIELD_MAX)
			*field = *field * 10 + (*at - '0');
		at++;
	}
	return at;
}

bool version_parse(const char *text, struct version *version)
{
	*version = (struct version){{FIELD_MAX, 0, 0}};
	if (!text || !isdigit((unsigned char)text[0]))
		return false;
	version->field[0] = 0;
	for (int i = 0; i < 3; i++) {
		text = parse_field(text, &version->field[i]);
		if (text[0] != '.' || !isdigit((unsigned char)text[1]))
			break;
		text++;
	}
	return true;
}

int version_compare(struct version a, struct version b)
{
	for (int i = 0; i < 3; i++) {
		if (a.field[i] != b.field[i])
			return a.field[i] < b.field[i] ? -1 : 1;
	}
	return 0;
}

bool version_at_least(struct version version, int64_t major, int64_t minor, int64_t patch)
{
	return version_compare(version, (struct version){{major, minor, patch}}) >= 0;
}

bool version_push_has_work_id(struct version version)
{
	return version_at_least(version, 6, 5, 7);
}

bool version_has_multi_part_work(struct version version)
{
	return version_at_least(version, 7, 260422, 0);
}

bool version_lowers_mitre_ids(struct version version)
{
	return version_at_least(version, 7, 260529, 0);
}

bool version_platform_splits(struct version version)
{
	/* The first release after 7.260817; a patch of that one, 7.260817.n, is not among them. */
	return version_at_least(version, 7, 260818, 0);
}

bool version_is_too_old(struct version version)
{
	return !version_at_least(version, 6, 5, 1);
}
