/* SPDX-License-Identifier: Apache-2.0 */
/* stix-build: one STIX 2.1 bundle with a report, from the records of one search. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "exit-codes.h"
#include "log.h"
#include "report.h"
#include "stix-id.h"
#include "stop.h"
#include "stream.h"
#include "timestamp.h"
#include "window.h"
#include "xalloc.h"

static const struct cli_option option_table[] = {
    {"country", 0, "CC", "country of a stream without header", "vtreporter.country"},
    {"since", 0, "TIME", "begin of its window", NULL},
    {"until", 0, "TIME", "end of its window", NULL},
    {"partial", 0, NULL, "take a search that is not complete", NULL},
    {"again", 0, NULL, "second look: references only, and a note", NULL},
    {"strict", 0, NULL, "end at the first bad record", NULL},
    {"no-content", 0, NULL, "a report without HTML content", NULL},
    {"mark-all", 0, NULL, "mark shared objects and hosts too", NULL},
    {"pretty", 0, NULL, "lay the bundle out for people", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static int handle_option(void *context, const char *name, const char *value, struct error *err)
{
	struct settings *settings = context;
	(void)err;
	if (strcmp(name, "since") == 0)
		settings->since = value;
	else if (strcmp(name, "until") == 0)
		settings->until = value;
	else if (strcmp(name, "partial") == 0)
		settings->partial = true;
	else if (strcmp(name, "again") == 0)
		settings->again = true;
	else if (strcmp(name, "strict") == 0)
		settings->strict = true;
	else if (strcmp(name, "no-content") == 0)
		settings->no_content = true;
	else if (strcmp(name, "pretty") == 0)
		settings->pretty = true;
	else
		settings->mark_all = true;
	return 0;
}

static const struct cli_program program = {
    .name = "stix-build",
    .synopsis = "[-nqvhV] [-c file] [--partial] [--again] [--strict] [option]... <records >bundle",
    .purpose = "Turns the records of a search into one STIX 2.1 bundle with a report.",
    .options = option_table,
    .handle = handle_option,
};

/* The header that the options stand for. Nothing looks at the clock: the stream is as old as its window. */
static int make_search(const struct settings *settings, struct record_search *search, struct error *err)
{
	struct window window;
	char label[64], timezone_name[128];
	if (!settings->since || !settings->until)
		return error_set(err, EXIT_USAGE, "--since and --until go together");
	if (settings->country_list[1])
		return error_set(err, EXIT_USAGE, "vtreporter.country lists several: say which one with --country");
	if (timestamp_parse_or_date(settings->since, &window.start, err) ||
	    timestamp_parse_or_date(settings->until, &window.end, err))
		return -1;
	if (window.start >= window.end)
		return error_set(err, EXIT_USAGE, "--since has to be before --until");
	window_label(window, label, sizeof(label));
	window_timezone_name(timezone_name, sizeof(timezone_name));
	*search = (struct record_search){
	    .id = record_search_id(settings->country_list[0], window.start, window.end),
	    .country = xstrdup(settings->country_list[0]),
	    .window_start = window.start,
	    .window_end = window.end,
	    .as_of = window.end,
	    .window_label = xstrdup(label),
	    .timezone = xstrdup(timezone_name),
	    .query = xstrdup(""),
	};
	return 0;
}

static int map_published(struct build *build, struct error *err)
{
	struct stream *stream = &build->section->stream;
	struct buf text;
	int result = 0;
	buf_init(&text, BUF_UNBOUNDED);
	for (size_t i = 0; i < stream->count && !result; i++) {
		struct view view;
		result = stream_view(stream, &stream->index[i], &text, &view, err);
		if (result)
			break;
		map_hit(build, &view);
		build->statistics->published++;
		if (stop_signal())
			result = error_set(err, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal");
	}
	buf_release(&text);
	return result;
}

/* The searches of the input, in their order. */
struct sections {
	struct section **items;
	size_t count;
};

static void sections_release(struct sections *sections)
{
	for (size_t i = 0; i < sections->count; i++) {
		struct section *section = sections->items[i];
		stream_release(&section->stream);
		statistics_release(&section->statistics);
		settings_release_search(&section->settings);
		spool_release(&section->refs);
		free(section);
	}
	free(sections->items);
}

static struct section *sections_add(struct sections *sections, const struct settings *settings)
{
	struct section *section = xcalloc(1, sizeof(*section));
	sections->items = xreallocarray(sections->items, sections->count + 1, sizeof(struct section *));
	sections->items[sections->count++] = section;
	section->settings = *settings;
	stream_init(&section->stream);
	spool_init(&section->refs);
	return section;
}

static int finish_section(struct section *section, const struct cli *cli, struct error *err)
{
	struct settings *settings = &section->settings;
	struct stream *stream = &section->stream;
	struct statistics *statistics = &section->statistics;
	if (stream_check(stream, settings, statistics, err))
		return -1;
	if (!stream->has_header && make_search(settings, &stream->search, err))
		return -1;
	if (stream->has_summary && statistics->files < stream->summary.files_emitted)
		log_info("%" PRId64 " of %" PRId64 " files, filtered", statistics->files,
			 stream->summary.files_emitted);
	settings_take_search(settings, cli->config, &stream->search);
	/* What was analysed after the window could be looked at first may be what a second look is for. */
	int64_t first_look = settings->search.window_end + settings->lag_s;
	statistics->late = (int64_t)stream_rank(stream, settings->again ? first_look : VT_ABSENT);
	return 0;
}

/* Whether another report would have the same id: it is made of the name and the window's end. */
static bool is_repeated(const struct sections *sections, const struct section *section)
{
	const struct record_search *search = &section->settings.search;
	for (size_t i = 0; i + 1 < sections->count; i++) {
		const struct record_search *other = &sections->items[i]->settings.search;
		if (other->window_end == search->window_end && strcmp(other->country, search->country) == 0 &&
		    strcmp(other->window_label, search->window_label) == 0)
			return true;
	}
	return false;
}

static int read_sections(struct sections *sections, const struct settings *settings, const struct cli *cli,
			 struct error *err)
{
	struct stream_input input = {.next_header = {NULL, 0}};
	int result;
	lines_init(&input.lines, STDIN_FILENO);
	do {
		struct section *section = sections_add(sections, settings);
		result = stream_read(&section->stream, &input, &section->settings, &section->statistics, err);
		if (result > 0 && finish_section(section, cli, err))
			result = -1;
		if (result > 0 && is_repeated(sections, section))
			result =
			    error_set(err, EXIT_BAD_INPUT, "the search %s comes twice", section->settings.search.id);
	} while (result > 0);
	lines_release(&input.lines);
	return result;
}

/* Of one search its own, as the window's bundle is known by it; of several the one of all together. */
static void bundle_id(const struct sections *sections, const struct settings *settings, char *id)
{
	struct buf name;
	buf_init(&name, BUF_UNBOUNDED);
	for (size_t i = 0; i < sections->count; i++) {
		if (sections->items[i]->settings.search.id)
			buf_printf(&name, "%s%s", i ? "\n" : "", sections->items[i]->settings.search.id);
	}
	if (settings->partial)
		buf_add_str(&name, "/partial");
	stix_id_bundle(id, name.data);
	buf_release(&name);
}

static int write_objects(struct build *build, const struct sections *sections, struct error *err)
{
	struct section *last = NULL;
	for (size_t i = 0; i < sections->count; i++) {
		/* A search that found nothing has no report. */
		if (sections->items[i]->stream.count == 0)
			continue;
		last = sections->items[i];
		build_enter(build, last);
		map_first(build);
		if (map_published(build, err))
			return -1;
	}
	if (!last)
		return 0;
	map_techniques(build);
	bundle_drain(build->bundle);
	for (size_t i = 0; i < sections->count; i++) {
		if (sections->items[i]->stream.count == 0)
			continue;
		build_enter(build, sections->items[i]);
		report_put(build);
	}
	return 0;
}

static void tell(const struct sections *sections, const struct bundle *bundle)
{
	int64_t files = 0, published = 0, indicators = 0;
	for (size_t i = 0; i < sections->count; i++) {
		files += sections->items[i]->statistics.files;
		published += sections->items[i]->statistics.published;
		indicators += sections->items[i]->statistics.indicators;
	}
	log_info("%" PRId64 " files, %" PRId64 " published, %" PRIu64 " objects, %" PRId64 " indicators", files,
		 published, bundle->object_count, indicators);
}

static int write_bundle(const struct settings *settings, const struct sections *sections, struct out *out,
			struct error *err)
{
	struct bundle bundle;
	struct build build;
	char id[STIX_ID_MAX];
	bundle_id(sections, settings, id);
	bundle_init(&bundle, out, id, settings->pretty);
	build_init(&build, &bundle);
	int result = write_objects(&build, sections, err);
	if (!result)
		result = bundle_close(&bundle, err);
	if (!result)
		tell(sections, &bundle);
	build_release(&build);
	bundle_release(&bundle);
	return result;
}

static int build_all(const struct settings *settings, const struct cli *cli, struct out *out, struct error *err)
{
	struct sections sections = {.count = 0};
	int64_t malformed = 0;
	int result = read_sections(&sections, settings, cli, err);
	if (!result)
		result = write_bundle(settings, &sections, out, err);
	for (size_t i = 0; i < sections.count; i++)
		malformed += sections.items[i]->statistics.malformed;
	sections_release(&sections);
	return result ? -1 : malformed > 0 ? EXIT_REJECTED : EXIT_DONE;
}

static int run(struct settings *settings, const struct cli *cli)
{
	struct out out;
	struct error err;
	if (settings_read(settings, cli->config, &err)) {
		log_failure(&err);
		return err.status;
	}
	/* A dry run is the same work for nobody. */
	out_init(&out, cli->dry_run ? open("/dev/null", O_WRONLY | O_CLOEXEC) : STDOUT_FILENO);
	int status = build_all(settings, cli, &out, &err);
	if (status < 0 || (!cli->dry_run && out_close(&out, &err))) {
		if (out.reader_left)
			stop_by_sigpipe();
		log_failure(&err);
		status = err.status;
	}
	out_release(&out);
	return status;
}

int main(int argc, char **argv)
{
	struct settings settings = {.partial = false};
	struct cli cli;
	int status = cli_start(&program, argc, argv, &settings, &cli);
	if (status != CLI_GO_ON)
		return status;
	status = run(&settings, &cli);
	settings_release(&settings);
	config_free(cli.config);
	return status;
}
