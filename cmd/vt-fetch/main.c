/* SPDX-License-Identifier: Apache-2.0 */
/* vt-fetch: the files that VirusTotal first saw in a window and that were submitted from a country, as JSON lines. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "exit-codes.h"
#include "fetch.h"
#include "log.h"
#include "plan.h"
#include "stop.h"
#include "timestamp.h"

struct options {
	struct search_given given;
	const char *continued; /* the file of --continue */
	int page_size;
	bool print_query, plan, quotas;
};

static const struct cli_option option_table[] = {
    {"country", 0, "CC", "country of submission, ISO 3166-1 alpha-2", "vtreporter.country"},
    {"since", 0, "TIME", "begin of the window, RFC 3339 or a date", NULL},
    {"until", 0, "TIME", "its end (default: the last full period)", NULL},
    {"min-positives", 0, "N", "engines that detect the file", "vtreporter.min_positives"},
    {"submitter", 0, "any|first", "whose submission counts", "vtreporter.submitter"},
    {"extra-query", 0, "TERMS", "further terms of the search", "vtreporter.extra_query"},
    {"query", 0, "TEXT", "instead of the whole search", NULL},
    {"continue", 0, "FILE", "go on with the cut run whose output this is", NULL},
    {"page-size", 0, "N", "files a request, at most 300", NULL},
    {"plan", 0, NULL, "show what a run would cost, and end", NULL},
    {"print-query", 0, NULL, "show the search and end", NULL},
    {"quotas", 0, NULL, NULL, NULL},
    {"lag", 0, "DURATION", NULL, "vtreporter.lag"},
    {"severity", 0, "LIST", NULL, "vtreporter.severity"},
    {"min-score", 0, "N", NULL, "vtreporter.min_score"},
    {"min-size", 0, "N", NULL, "vtreporter.min_size"},
    {"max-size", 0, "N", NULL, "vtreporter.max_size"},
    {"type", 0, "LIST", NULL, "vtreporter.file_types"},
    {NULL, 0, NULL, NULL, NULL},
};

static int read_page_size(const char *value, int *page_size, struct error *err)
{
	char *end;
	long number = strtol(value, &end, 10);
	if (end == value || *end || number < 1 || number > VT_SEARCH_LIMIT_MAX)
		return error_set(err, EXIT_USAGE, "option --page-size: 1 to %d is needed", VT_SEARCH_LIMIT_MAX);
	*page_size = (int)number;
	return 0;
}

static int handle_option(void *context, const char *name, const char *value, struct error *err)
{
	struct options *options = context;
	if (strcmp(name, "since") == 0)
		options->given.since = value;
	else if (strcmp(name, "until") == 0)
		options->given.until = value;
	else if (strcmp(name, "query") == 0)
		options->given.query = value;
	else if (strcmp(name, "continue") == 0)
		options->continued = value;
	else if (strcmp(name, "plan") == 0)
		options->plan = true;
	else if (strcmp(name, "quotas") == 0)
		options->quotas = true;
	else if (strcmp(name, "print-query") == 0)
		options->print_query = true;
	else
		return read_page_size(value, &options->page_size, err);
	return 0;
}

static const struct cli_program program = {
    .name = "vt-fetch",
    .synopsis = "[-nqvhV] [-c file] [--country CC] [--since time --until time] [option]...",
    .purpose = "Searches VirusTotal for files of a country and window, and prints them as JSON lines.",
    .more = "      more: --lag, and what to keep: --severity --min-score --min-size --max-size --type",
    .options = option_table,
    .handle = handle_option,
};

static int fail(const struct error *err)
{
	log_failure(err);
	return err->status;
}

static void write_header(const struct search *search, int64_t now, struct out *out)
{
	char label[64], timezone_name[128];
	struct buf query;
	buf_init(&query, BUF_UNBOUNDED);
	search_query(search, search->window, &query);
	window_label(search->window, label, sizeof(label));
	window_timezone_name(timezone_name, sizeof(timezone_name));
	char *id = record_search_id(search->country, search->window.start, search->window.end);
	struct record_search header = {
	    .id = id,
	    .country = search->country,
	    .window_start = search->window.start,
	    .window_end = search->window.end,
	    .as_of = now,
	    .window_label = label,
	    .timezone = timezone_name,
	    .query = query.data,
	};
	record_search_write(&header, &out->buf);
	out_put(out, "\n", 1);
	free(id);
	buf_release(&query);
}

static void write_summary(const struct search *search, const struct summary *summary, const struct error *err,
			  struct out *out)
{
	struct buf query;
	buf_init(&query, BUF_UNBOUNDED);
	search_query(search, search->window, &query);
	char *id = record_search_id(search->country, search->window.start, search->window.end);
	summary_write(summary, id, query.data, err, &out->buf);
	out_put(out, "\n", 1);
	free(id);
	buf_release(&query);
}

static int print_query(const struct search *search)
{
	struct buf query;
	buf_init(&query, BUF_UNBOUNDED);
	search_query(search, search->window, &query);
	puts(query.data);
	buf_release(&query);
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_IO;
}

/* What would be asked. */
static int rehearse(const struct search *search, struct window part, int page_size)
{
	struct buf path;
	buf_init(&path, BUF_UNBOUNDED);
	search_path(search, part, page_size, NULL, &path);
	log_info("dry run: nothing is asked; the first request would be %s", path.data);
	buf_release(&path);
	return EXIT_DONE;
}

static int print_plan(struct vt_api *api, const struct search *search, const struct config *config, int page_size)
{
	struct error err;
	struct buf text;
	bool is_covered;
	buf_init(&text, BUF_UNBOUNDED);
	int failed = plan_make(api, search, config, page_size, &text, &is_covered, &err);
	fputs(text.data, stdout);
	buf_release(&text);
	if (failed)
		return fail(&err);
	if (fflush(stdout) != 0)
		return EXIT_IO;
	return is_covered ? EXIT_DONE : EXIT_TRY_LATER;
}

static int print_quotas(struct vt_api *api)
{
	struct error err;
	struct buf text;
	buf_init(&text, BUF_UNBOUNDED);
	int failed = plan_quotas(api, &text, &err);
	if (!failed)
		fputs(text.data, stdout);
	buf_release(&text);
	if (failed)
		return fail(&err);
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_IO;
}

static int end_of_output(const struct out *out, const struct error *err)
{
	if (out->reader_left)
		stop_by_sigpipe();
	return fail(err);
}

/* The header, or what an earlier run has written. */
static int begin_stream(const struct search *search, const struct fetch_options *options, struct out *out,
			struct error *err)
{
	if (options->resume)
		return resume_copy(options->resume, out, err);
	write_header(search, options->now, out);
	return out_flush(out, err);
}

/* The header, the files and the summary: in this order, whatever happens. */
static int stream(struct vt_api *api, const struct search *search, const struct fetch_options *options)
{
	struct out out;
	struct error err, output_err;
	struct summary summary;
	summary_init(&summary);
	if (options->resume)
		summary_begin_with(&summary, &options->resume->so_far);
	out_init(&out, STDOUT_FILENO);
	int failed = begin_stream(search, options, &out, &err);
	if (!failed)
		failed = fetch_run(api, search, options, &out, &summary, &err);
	bool is_over = failed && (out.reader_left || err.status == EXIT_IO);
	int status = is_over ? end_of_output(&out, &err) : failed ? err.status : EXIT_DONE;
	if (!is_over) {
		summary.requests += (int64_t)http_request_count(vt_api_http(api));
		write_summary(search, &summary, failed ? &err : NULL, &out);
		if (summary.malformed && !failed)
			status = EXIT_REJECTED;
		if (out_close(&out, &output_err))
			status = end_of_output(&out, &output_err);
		else if (failed)
			log_failure(&err);
		log_info("%" PRId64 " files seen, %" PRId64 " written, %" PRId64 " requests%s", summary.files_seen,
			 summary.files_emitted, summary.requests, failed ? ", not complete" : "");
	}
	summary_release(&summary);
	out_release(&out);
	return status;
}

static void read_filter(struct vt_filter *filter, const struct config *config)
{
	vt_filter_init(filter, config_int(config, "vtreporter.unknown_min_positives"));
	for (int i = 0; i <= VT_SEVERITY_HIGH; i++)
		filter->min_sources[i] = -1;
	for (const char *const *part = config_list(config, "vtreporter.severity"); *part; part++)
		vt_filter_add_severity(filter, *part);
	if (config_has(config, "vtreporter.min_size"))
		filter->min_size = config_int(config, "vtreporter.min_size");
	if (config_has(config, "vtreporter.max_size"))
		filter->max_size = config_int(config, "vtreporter.max_size");
	if (config_has(config, "vtreporter.file_types"))
		filter->types = config_list(config, "vtreporter.file_types");
	filter->min_score = config_int(config, "vtreporter.min_score");
}

/* Asks VirusTotal. */
static int ask(const struct cli *cli, const struct options *options, const struct search *search,
	       const struct resume *resume, int64_t now)
{
	struct error err;
	struct vt_api *api = vt_api_new(cli->config, 1, &err);
	int status;
	if (!api)
		return fail(&err);
	if (options->quotas) {
		status = print_quotas(api);
	} else if (options->plan) {
		status = print_plan(api, search, cli->config, options->page_size);
	} else {
		struct fetch_options fetch_options = {
		    .page_size = options->page_size,
		    .now = now,
		    .resume = resume,
		    .shows_progress = log_can_show_progress() && !isatty(STDOUT_FILENO),
		};
		read_filter(&fetch_options.filter, cli->config);
		allowance_read(&fetch_options.allowance, cli->config, api, fetch_options.shows_progress);
		status = stream(api, search, &fetch_options);
	}
	vt_api_free(api);
	return status;
}

static int run_search(const struct cli *cli, const struct options *options, const struct search *search,
		      const struct resume *resume, int64_t now)
{
	static const char *const required[] = {"vtreporter.api_key", NULL};
	if (options->print_query)
		return print_query(search);
	config_require(cli->config, required);
	if (cli_report(cli->config))
		return EXIT_CONFIG;
	if (cli->dry_run) {
		struct window part = search->window;
		if (resume)
			part.start = resume->so_far.reached;
		return rehearse(search, part, options->page_size);
	}
	return ask(cli, options, search, resume, now);
}

static int run(const struct cli *cli, const struct search_given *given, const struct options *options,
	       const struct resume *resume)
{
	struct search search;
	struct error err;
	int64_t now = timestamp_now();
	if (search_read(&search, cli->config, given, now, &err))
		return fail(&err);
	int failed = resume && resume_check_query(resume, &search, &err);
	int status = failed ? fail(&err) : run_search(cli, options, &search, resume, now);
	search_release(&search);
	return status;
}

/* All was fetched already: the file is what there is to print. */
static int print_again(const struct resume *resume)
{
	struct out out;
	struct error err;
	out_init(&out, STDOUT_FILENO);
	log_info("\"%s\" is complete: nothing is left to fetch", resume->path);
	int failed = resume_copy(resume, &out, &err);
	if (!failed) {
		out_put_line(&out, resume->summary_text, strlen(resume->summary_text));
		failed = out_close(&out, &err);
	}
	int status = failed ? end_of_output(&out, &err) : EXIT_DONE;
	out_release(&out);
	return status;
}

static int run_on(const struct cli *cli, const struct options *options)
{
	struct resume resume;
	struct error err;
	struct search_given given = options->given;
	int status;
	if (given.since || given.until) {
		error_set(&err, EXIT_USAGE, "--continue goes on with the file's own window: no --since, no --until");
		return fail(&err);
	}
	bool failed = resume_open(&resume, options->continued, &err);
	/* The configured country is for new runs; an option is meant for this one. */
	if (!failed && strcmp(config_origin(cli->config, "vtreporter.country"), "option --country") == 0 &&
	    strcmp(config_text(cli->config, "vtreporter.country"), resume.country) != 0)
		failed = error_set(&err, EXIT_USAGE, "\"%s\" is about %s: another --country needs a run of its own",
				   options->continued, resume.country);
	if (failed) {
		status = fail(&err);
	} else if (resume.is_complete) {
		status = cli->dry_run ? EXIT_DONE : print_again(&resume);
	} else {
		given.country = resume.country;
		given.window = &resume.window;
		status = run(cli, &given, options, &resume);
	}
	resume_release(&resume);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {.page_size = VT_SEARCH_LIMIT_MAX};
	struct cli cli;
	int status = cli_start(&program, argc, argv, &options, &cli);
	if (status != CLI_GO_ON)
		return status;
	status = options.continued ? run_on(&cli, &options) : run(&cli, &options.given, &options, NULL);
	config_free(cli.config);
	return status;
}
