/* SPDX-License-Identifier: Apache-2.0 */
/* vt-relate: adds to each risky file of the stream what VirusTotal relates it to. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "exit-codes.h"
#include "log.h"
#include "plan.h"
#include "relate.h"
#include "stop.h"

#define JOBS_MAX 256

static const struct cli_option option_table[] = {
    {"relationships", 0, "LIST", "which relationships, comma-separated", "vtreporter.relationships"},
    {"severity", 0, "LIST", "which files are expanded", "vtreporter.relate_severity"},
    {"expand-max", 0, "N", "how many of them, the riskiest; 0: all", "vtreporter.expand_max"},
    {"related-max", 0, "LIST", "related objects kept of a file", "vtreporter.related_max"},
    {"allowlist", 0, "FILE", "hosts that are not worth a contact", "vtreporter.allowlist"},
    {"jobs", 'j', "N", "requests at a time (default 16)", NULL},
    {"no-cache", 0, NULL, "ask for everything, keep nothing", NULL},
    {"plan", 0, NULL, "tell what the input would cost, ask nothing", NULL},
    {"explain", 0, NULL, "tell each related object that is left out", NULL},
    {"strict", 0, NULL, "end at the first bad record", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static int handle_option(void *context, const char *name, const char *value, struct error *err)
{
	struct relate_settings *settings = context;
	if (strcmp(name, "explain") == 0)
		settings->explain = true;
	else if (strcmp(name, "strict") == 0)
		settings->strict = true;
	else if (strcmp(name, "plan") == 0)
		settings->plan = true;
	else if (strcmp(name, "no-cache") == 0)
		settings->no_cache = true;
	else {
		char *end;
		long number = strtol(value, &end, 10);
		if (end == value || *end || number < 1 || number > JOBS_MAX)
			return error_set(err, EXIT_USAGE, "option --jobs: 1 to %d is needed", JOBS_MAX);
		settings->jobs = (int)number;
	}
	return 0;
}

static const char *const required_keys[] = {"vtreporter.api_key", NULL};

static const struct cli_program program = {
    .name = "vt-relate",
    .synopsis = "[-nqvhV] [-c file] [-j N] [option]... <records >records",
    .purpose = "Adds to each risky file what VirusTotal relates it to.",
    .options = option_table,
    .handle = handle_option,
    .required_keys = required_keys,
};

/* What the user is told at the end, and the status that says the same. */
static int conclude(const struct asking *asking, const struct intake *intake, const struct totals *totals)
{
	if (asking->settings->dry_run)
		log_info("dry run: nothing is asked; %" PRId64 " files would be expanded", totals->not_asked);
	else
		log_info("%" PRId64 " files expanded, %" PRId64 " related objects kept, %" PRIu64 " requests%s",
			 totals->files_expanded, totals->related_kept, http_request_count(vt_api_http(asking->api)),
			 asking->stop == ASKING_GOES_ON ? "" : ", not complete");
	if (!intake->ends_with_summary) {
		log_error("the input ends without a summary: the search was cut, or a filter dropped its control "
			  "records (see vt-record(5))");
		return EXIT_BAD_INPUT;
	}
	if (asking->stop != ASKING_GOES_ON) {
		log_failure(&asking->stop_error);
		return asking->stop_error.status;
	}
	return intake->malformed ? EXIT_REJECTED : EXIT_DONE;
}

static int fail_with(const struct out *out, const struct error *err)
{
	if (out->reader_left)
		stop_by_sigpipe();
	log_failure(err);
	return err->status;
}

static int run_plan(struct asking *asking, struct intake *intake, struct out *out)
{
	struct error err;
	if (intake_choose(intake, &err) || plan_run(asking, intake, out, &err) || out_close(out, &err))
		return fail_with(out, &err);
	return intake->malformed ? EXIT_REJECTED : EXIT_DONE;
}

static int run_stream(struct asking *asking, struct intake *intake, struct out *out)
{
	struct totals totals = {.files_expanded = 0};
	struct error err;
	int failed =
	    intake_choose(intake, &err) || relate_run(asking, intake, out, &totals, &err) || out_close(out, &err);
	int status = failed ? fail_with(out, &err) : conclude(asking, intake, &totals);
	totals_release(&totals);
	return status;
}

static int run(const struct config *config, const struct relate_settings *settings)
{
	struct asking asking;
	struct intake intake;
	struct out out;
	struct error err;
	if (asking_init(&asking, settings, config, &err)) {
		log_failure(&err);
		return err.status;
	}
	out_init(&out, STDOUT_FILENO);
	intake_init(&intake, settings, STDIN_FILENO);
	int status = settings->plan ? run_plan(&asking, &intake, &out) : run_stream(&asking, &intake, &out);
	intake_release(&intake);
	out_release(&out);
	asking_release(&asking);
	return status;
}

int main(int argc, char **argv)
{
	struct relate_settings settings = {.jobs = 16};
	struct cli cli;
	struct error err;
	int status = cli_start(&program, argc, argv, &settings, &cli);
	if (status != CLI_GO_ON)
		return status;
	settings.dry_run = cli.dry_run;
	if (relate_settings_read(&settings, cli.config, &err) == 0) {
		status = run(cli.config, &settings);
	} else {
		log_failure(&err);
		status = err.status;
	}
	relate_settings_release(&settings);
	config_free(cli.config);
	return status;
}
