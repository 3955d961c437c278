/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include <inttypes.h>

#include "exit-codes.h"
#include "expansion.h"

struct plan {
	int64_t files, relationships, cached;
	struct expansion_cost cost;
};

static void add_file(struct plan *plan, struct asking *asking, struct json_slice line)
{
	struct record record;
	struct vt_file file;
	if (record_read(line, &record, NULL) || vt_file_read(record.whole, &file, NULL))
		return;
	struct expansion *expansion = expansion_new(asking, &record, &file);
	for (size_t i = 0; i < expansion->count; i++)
		plan->cached += expansion->relations[i].is_cached;
	plan->files++;
	plan->relationships += (int64_t)expansion->count;
	expansion_add_cost(expansion, &plan->cost);
	expansion_free(expansion);
}

static int read_all(struct plan *plan, struct asking *asking, struct intake *intake, struct error *err)
{
	for (;;) {
		struct json_slice line;
		enum intake_kind kind = INTAKE_PASS;
		int status = intake_take(intake, &line, &kind, err);
		if (status == LINES_END)
			return 0;
		if (status == -1 || (status == LINES_MORE && intake_read(intake, err)))
			return -1;
		if (status == LINES_LINE && kind == INTAKE_EXPAND)
			add_file(plan, asking, line);
	}
}

static void print_left(const struct asking *asking, uint64_t left, struct buf *text)
{
	if (left != UINT64_MAX)
		buf_printf(text, "requests left:       %" PRIu64 "\n", left);
	else if (asking->knows_quotas)
		buf_add_str(text, "requests left:       unlimited\n");
	else
		buf_add_str(text, "requests left:       unknown (quotas can be read with vtreporter.api_user)\n");
}

int plan_run(struct asking *asking, struct intake *intake, struct out *out, struct error *err)
{
	struct plan plan = {.files = 0};
	if (read_all(&plan, asking, intake, err))
		return -1;
	int64_t expected = (plan.cost.expected_halves + 1) / 2;
	uint64_t left = asking_budget(asking);
	struct buf *text = &out->buf;
	buf_printf(text, "files to expand:     %" PRId64 "\n", plan.files);
	if (intake->not_chosen)
		buf_printf(text, "beyond expand_max:   %" PRId64 "\n", intake->not_chosen);
	buf_printf(text, "relationships:       %" PRId64 ", %" PRId64 " of them in the cache\n", plan.relationships,
		   plan.cached);
	buf_printf(text, "requests expected:   %" PRId64 "\n", expected);
	buf_printf(text, "requests at most:    %" PRId64 ", without retries\n", plan.cost.at_most);
	print_left(asking, left, text);
	if (out_flush(out, err))
		return -1;
	if ((uint64_t)expected > left)
		return error_set(err, EXIT_TRY_LATER,
				 "%" PRId64 " requests are expected, and only %" PRIu64 " are left", expected, left);
	return 0;
}
