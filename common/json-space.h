/* SPDX-License-Identifier: Apache-2.0 */
/* White space between tokens, for the files of the scanner: VirusTotal indents its answers, so half of them is blanks.
 */
#ifndef JSON_SPACE_H
#define JSON_SPACE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool json_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Behind the white space that begins at at: runs of blanks eight at a time. */
static inline const char *json_skip_space(const char *at, const char *end)
{
	static const char blanks[8] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
	while (at < end && json_is_space(*at)) {
		at++;
		while (end - at >= 8 && memcmp(at, blanks, 8) == 0)
			at += 8;
	}
	return at;
}

#endif
