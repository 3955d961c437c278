/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lower-casing and trimming as Python does both, which pycti and so the ids follow. With the path of python-lower.tsv:
 * every character, and the final sigma by python-final-sigma.tsv beside it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "check.h"
#include "stix-id.h"
#include "utf8.h"

#define POINTS 0x110000u

enum { CASED = 1, IGNORABLE = 2 };

static char *normalised(const char *text)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	stix_id_normalise(&out, text);
	return buf_take(&out);
}

static void check_case(const char *text, const char *want)
{
	char *got = normalised(text);
	CHECK_TEXT(got, want);
	free(got);
}

static void own_cases(void)
{
	check_case("", "");
	check_case(" \t\n", "");
	check_case("\xC2\xA0"
		   "A\xE3\x80\x80",
		   "a");
	/* U+200B is no white space to Python. */
	check_case("\xE2\x80\x8BX\xE2\x80\x8B", "\xE2\x80\x8Bx\xE2\x80\x8B");
	/* U+0130 grows by a combining dot. */
	check_case("\xC4\xB0", "i\xCC\x87");
	/* Final and other sigmas. */
	check_case("\xCE\xA3\xCE\x91\xCE\xA3", "\xCF\x83\xCE\xB1\xCF\x82");
	check_case("\xCE\xA3", "\xCF\x83");
}

static FILE *open_table(const char *path)
{
	FILE *table = fopen(path, "r");
	CHECK(table != NULL);
	return table;
}

/* Row by row: a character and what becomes of it. lowered[point] is set for every row. */
static void check_lower(const char *path, bool *lowered)
{
	char line[200];
	int rows = 0;
	FILE *table = open_table(path);
	while (table && fgets(line, sizeof(line), table)) {
		char *at = line;
		struct buf text, want;
		if (*line == '#')
			continue;
		buf_init(&text, BUF_UNBOUNDED);
		buf_init(&want, BUF_UNBOUNDED);
		uint32_t point = (uint32_t)strtoul(at, &at, 16);
		utf8_append(&text, point);
		while (*at == '\t' || *at == ' ')
			utf8_append(&want, (uint32_t)strtoul(at, &at, 16));
		lowered[point] = true;
		rows++;
		check_case(text.data, want.data);
		buf_release(&text);
		buf_release(&want);
	}
	CHECK(rows > 1400);
	if (table)
		fclose(table);
}

/* Between two letters, so that nothing is trimmed: what has no row stays as it is. */
static void check_others(const bool *lowered)
{
	for (uint32_t point = 1; point < POINTS; point++) {
		struct buf text;
		if (lowered[point] || (point >= 0xD800 && point <= 0xDFFF))
			continue;
		buf_init(&text, BUF_UNBOUNDED);
		buf_add_char(&text, '1');
		utf8_append(&text, point);
		buf_add_char(&text, '1');
		check_case(text.data, text.data);
		buf_release(&text);
	}
}

static void read_classes(const char *path, unsigned char *classes)
{
	char line[100], name[20];
	unsigned first, last;
	int rows = 0;
	FILE *table = open_table(path);
	while (table && fgets(line, sizeof(line), table)) {
		if (sscanf(line, "%19s %x %x", name, &first, &last) != 3 || last >= POINTS)
			continue;
		rows++;
		for (unsigned point = first; point <= last; point++)
			classes[point] |= strcmp(name, "cased") == 0 ? CASED : IGNORABLE;
	}
	CHECK(rows > 500);
	if (table)
		fclose(table);
}

/* before, the character, after, with a capital sigma on the side that is asked for: is it the final one? */
static bool is_final(const char *before, uint32_t point, const char *after)
{
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	buf_add_str(&text, before);
	utf8_append(&text, point);
	buf_add_str(&text, after);
	char *got = normalised(text.data);
	bool found = strstr(got, "\xCF\x82") != NULL;
	buf_release(&text);
	free(got);
	return found;
}

/* A sigma is final when, ignorable characters skipped, a cased one stands left of it and none right of it. */
static void check_sigma(const unsigned char *classes)
{
	for (uint32_t point = 1; point < POINTS; point++) {
		/* The sigma itself, and both final forms, would be found in the result. */
		if ((point >= 0xD800 && point <= 0xDFFF) || point == 0x3A3 || point == 0x3C2)
			continue;
		bool cased = classes[point] & CASED, ignorable = classes[point] & IGNORABLE;
		bool good = is_final("1", point,
				     "\xCE\xA3"
				     "1") == (cased && !ignorable) &&
			    is_final("a", point,
				     "\xCE\xA3"
				     "1") == (cased || ignorable) &&
			    is_final("a\xCE\xA3", point, "1") == (!cased || ignorable) &&
			    is_final("a\xCE\xA3", point, "a") == !(cased || ignorable);
		if (!CHECK(good))
			fprintf(stderr, "  U+%04X\n", point);
	}
}

static void tables(const char *path)
{
	bool *lowered = calloc(POINTS, sizeof(*lowered));
	unsigned char *classes = calloc(POINTS, 1);
	char sigma_path[4096];
	const char *slash = strrchr(path, '/');
	snprintf(sigma_path, sizeof(sigma_path), "%.*spython-final-sigma.tsv", slash ? (int)(slash - path) + 1 : 0,
		 path);
	if (CHECK(lowered && classes)) {
		check_lower(path, lowered);
		check_others(lowered);
		read_classes(sigma_path, classes);
		check_sigma(classes);
	}
	free(lowered);
	free(classes);
}

int main(int argc, char **argv)
{
	own_cases();
	if (argc > 1)
		tables(argv[1]);
	return check_result();
}
