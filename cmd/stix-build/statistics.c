/* SPDX-License-Identifier: Apache-2.0 */
#include "statistics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "family.h"
#include "text.h"
#include "xalloc.h"

#define DISTINCT_MAX 500

void statistics_release(struct statistics *statistics)
{
	record_counts_release(&statistics->severities);
	record_counts_release(&statistics->categories);
	record_counts_release(&statistics->families);
	record_counts_release(&statistics->types);
	record_counts_release(&statistics->left_out);
	tally_release(&statistics->hosts);
	tally_release(&statistics->dropped);
	tally_release(&statistics->lures);
}

/* Names come from outside: beyond a bound they are "other". */
static void count(struct record_counts *counts, const char *name)
{
	record_counts_add(counts, counts->len < DISTINCT_MAX ? name : "other", 1);
}

static void keep_if_risky(struct statistics *statistics, const struct view *view)
{
	size_t at = statistics->top_count;
	while (at > 0 && vt_file_compare_risk(&view->facts, &statistics->top[at - 1].facts) < 0)
		at--;
	if (at == STATISTICS_TOP)
		return;
	if (statistics->top_count < STATISTICS_TOP)
		statistics->top_count++;
	memmove(&statistics->top[at + 1], &statistics->top[at],
		(statistics->top_count - 1 - at) * sizeof(*statistics->top));
	struct top_file *file = &statistics->top[at];
	file->facts = view->facts;
	file->facts.attributes = (struct json_slice){NULL, 0};
	snprintf(file->name, sizeof(file->name), "%s", view->name);
	snprintf(file->family, sizeof(file->family), "%s", view_family(view));
}

/* "Invoice_0815 (2).exe" and "invoice_4711 (1).EXE" are one lure: case and numbers do not count. */
static void add_lure(struct statistics *statistics, const struct view *view, const char *type)
{
	char key[260];
	size_t len = 0;
	if (strcmp(view->name, view->facts.sha256) == 0)
		return;
	for (const char *at = view->name; *at && len + 1 < sizeof(key); at++) {
		char c = *at;
		if (c >= '0' && c <= '9')
			c = '0';
		if (c == '0' && len && key[len - 1] == '0')
			continue;
		key[len++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	key[len] = '\0';
	tally_add(&statistics->lures, key, view->name, type, view->facts.malicious);
}

void statistics_file(struct statistics *statistics, const struct view *view)
{
	char category[48];
	struct buf type;
	buf_init(&type, BUF_UNBOUNDED);
	view_text(view, ATTRIBUTE_TYPE_DESCRIPTION, 46, &type);
	family_category(view, category, sizeof(category));
	statistics->files++;
	bool has_severity = view->facts.severity != VT_SEVERITY_ABSENT;
	record_counts_add(&statistics->severities, has_severity ? vt_severity_name(view->facts.severity) : "none given",
			  1);
	count(&statistics->types, type.len ? type.data : "unknown");
	if (category[0])
		count(&statistics->categories, category);
	if (view->family_count)
		count(&statistics->families, view_family(view));
	add_lure(statistics, view, type.data);
	keep_if_risky(statistics, view);
	buf_release(&type);
}

void statistics_sort(struct statistics *statistics)
{
	tally_sort(&statistics->hosts);
	tally_sort(&statistics->dropped);
	tally_sort(&statistics->lures);
}

static int compare_counts(const void *left, const void *right)
{
	const struct record_count *a = left;
	const struct record_count *b = right;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->name, b->name);
}

size_t statistics_largest(const struct record_counts *counts, struct record_count *items, size_t max)
{
	if (counts->len == 0)
		return 0;
	struct record_count *sorted = xreallocarray(NULL, counts->len, sizeof(*sorted));
	memcpy(sorted, counts->items, counts->len * sizeof(*sorted));
	qsort(sorted, counts->len, sizeof(*sorted), compare_counts);
	size_t len = counts->len < max ? counts->len : max;
	memcpy(items, sorted, len * sizeof(*items));
	free(sorted);
	return len;
}
