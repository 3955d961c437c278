/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "log.h"
#include "record.h"
#include "xalloc.h"

struct intake_choice {
	struct vt_file file; /* its slices are not used */
	uint64_t line;       /* in the spool, from 0 */
};

void intake_init(struct intake *intake, const struct relate_settings *settings, int fd)
{
	*intake = (struct intake){.settings = settings};
	lines_init(&intake->lines, fd);
	spool_init(&intake->spool);
}

void intake_release(struct intake *intake)
{
	lines_release(&intake->lines);
	spool_release(&intake->spool);
	free(intake->choices);
}

static bool is_wanted(const struct intake *intake, const struct record *record, struct vt_file *file)
{
	return record->kind == RECORD_FILE && vt_file_read(record->whole, file, NULL) == 0 && file->has_attributes &&
	       intake->settings->severities[file->severity];
}

static void leave_out(struct intake *intake, const struct error *err)
{
	if (log_tells_record(intake->malformed++))
		log_warning("%s; the line is left out", err->text);
}

/* -1: malformed, and strict says to end with it. 1: malformed, and skipped. */
static int read_line(struct intake *intake, struct json_slice line, struct record *record, struct error *err)
{
	if (record_read(line, record, err) == 0) {
		intake->ends_with_summary = record->kind == RECORD_SUMMARY;
		return 0;
	}
	error_prefix(err, "line %zu", intake->lines.number);
	if (intake->settings->strict)
		return -1;
	leave_out(intake, err);
	return 1;
}

/* 0: a good line; LINES_MORE, LINES_END; -1. */
static int take_good_line(struct intake *intake, struct json_slice *line, struct record *record, struct error *err)
{
	for (;;) {
		enum lines_status status = lines_take(&intake->lines, line);
		if (status == LINES_MORE || status == LINES_END)
			return (int)status;
		if (status == LINES_TOO_LONG) {
			error_set(err, EXIT_BAD_INPUT, "line %zu is longer than %u MiB", intake->lines.number,
				  LINES_MAX >> 20);
			if (intake->settings->strict)
				return -1;
			leave_out(intake, err);
			continue;
		}
		int bad = read_line(intake, *line, record, err);
		if (bad <= 0)
			return bad;
	}
}

/* The heap's top is the least risky of the chosen ones: the first to go. */
static bool is_less_risky(const struct intake_choice *a, const struct intake_choice *b)
{
	return vt_file_compare_risk(&a->file, &b->file) > 0;
}

static void swap(struct intake_choice *a, struct intake_choice *b)
{
	struct intake_choice old = *a;
	*a = *b;
	*b = old;
}

static void sift_up(struct intake_choice *heap, size_t at)
{
	for (size_t parent; at > 0 && is_less_risky(&heap[at], &heap[parent = (at - 1) / 2]); at = parent)
		swap(&heap[at], &heap[parent]);
}

static void sift_down(struct intake_choice *heap, size_t count)
{
	for (size_t at = 0, child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && is_less_risky(&heap[child + 1], &heap[child]))
			child++;
		if (!is_less_risky(&heap[child], &heap[at]))
			return;
		swap(&heap[at], &heap[child]);
	}
}

static void choose(struct intake *intake, const struct intake_choice *choice)
{
	size_t max = (size_t)intake->settings->expand_max, count = intake->choice_count;
	if (count < max) {
		if ((count & (count - 1)) == 0)
			intake->choices = xreallocarray(intake->choices, count ? count * 2 : 1, sizeof(*choice));
		intake->choices[count] = *choice;
		sift_up(intake->choices, intake->choice_count++);
		return;
	}
	intake->not_chosen++;
	if (is_less_risky(&intake->choices[0], choice)) {
		intake->choices[0] = *choice;
		sift_down(intake->choices, count);
	}
}

static int compare_lines(const void *a, const void *b)
{
	uint64_t left = ((const struct intake_choice *)a)->line, right = ((const struct intake_choice *)b)->line;
	return left < right ? -1 : left > right;
}

/* In the spool a letter in front of each line tells what it is, so that nothing is parsed twice. */
static int spool_line(struct intake *intake, struct json_slice line, const struct record *record, struct error *err)
{
	struct intake_choice choice = {.line = intake->line_count++};
	bool is_file = is_wanted(intake, record, &choice.file);
	if (is_file)
		choose(intake, &choice);
	const char *letter = is_file ? "f" : record->kind == RECORD_SUMMARY ? "s" : "-";
	return spool_append(&intake->spool, letter, 1, err) || spool_append(&intake->spool, line.text, line.len, err) ||
		       spool_append(&intake->spool, "\n", 1, err)
		   ? -1
		   : 0;
}

int intake_choose(struct intake *intake, struct error *err)
{
	struct json_slice line;
	struct record record;
	if (intake->settings->expand_max == 0)
		return 0;
	for (int status; (status = take_good_line(intake, &line, &record, err)) != LINES_END;) {
		if (status == -1 || (status == LINES_MORE && lines_read(&intake->lines, err)))
			return -1;
		if (status == LINES_LINE && spool_line(intake, line, &record, err))
			return -1;
	}
	if (intake->choice_count)
		qsort(intake->choices, intake->choice_count, sizeof(*intake->choices), compare_lines);
	lines_release(&intake->lines);
	if (spool_rewind(&intake->spool, err))
		return -1;
	lines_init(&intake->lines, intake->spool.fd);
	intake->lines.at_eof = intake->spool.len == 0;
	intake->line_count = 0;
	intake->is_spooled = true;
	return 0;
}

static int take_spooled(struct intake *intake, struct json_slice *line, enum intake_kind *kind)
{
	enum lines_status status = lines_take(&intake->lines, line);
	if (status != LINES_LINE)
		return (int)status;
	uint64_t number = intake->line_count++;
	char letter = *line->text;
	line->text++;
	line->len--;
	*kind = letter == 's' ? INTAKE_SUMMARY : INTAKE_PASS;
	if (intake->choice_at < intake->choice_count && intake->choices[intake->choice_at].line == number) {
		intake->choice_at++;
		*kind = INTAKE_EXPAND;
	}
	return LINES_LINE;
}

int intake_take(struct intake *intake, struct json_slice *line, enum intake_kind *kind, struct error *err)
{
	struct record record;
	struct vt_file file;
	if (intake->is_spooled)
		return take_spooled(intake, line, kind);
	int status = take_good_line(intake, line, &record, err);
	if (status == LINES_LINE)
		*kind = record.kind == RECORD_SUMMARY       ? INTAKE_SUMMARY
			: is_wanted(intake, &record, &file) ? INTAKE_EXPAND
							    : INTAKE_PASS;
	return status;
}

int intake_fd(const struct intake *intake)
{
	return intake->lines.fd;
}

int intake_read(struct intake *intake, struct error *err)
{
	return lines_read(&intake->lines, err);
}
