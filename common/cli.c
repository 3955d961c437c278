/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exit-codes.h"
#include "log.h"
#include "stop.h"
#include "suggest.h"

static const struct cli_option common_options[] = {
    {"config", 'c', "FILE", "configuration file", NULL},
    {"dry-run", 'n', NULL, "check everything, change nothing outside", NULL},
    {"print-config", 0, NULL, "show every setting and where it is from", NULL},
    {"log-format", 0, "text|json", "format of the log lines", NULL},
    {"verbose", 'v', NULL, "say more", NULL},
    {"quiet", 'q', NULL, "say only errors", NULL},
    {"help", 'h', NULL, "this help", NULL},
    {"version", 'V', NULL, "the version", NULL},
    {NULL, 0, NULL, NULL, NULL},
};

/* What the options have said so far. */
struct parse {
	const struct cli_program *program;
	void *context;
	struct cli *cli;
	bool print_config;
	bool log_format_given;
	int exit_status; /* CLI_GO_ON, or what to end with */
};

static void list_options(const struct cli_option *options)
{
	for (; options && options->name; options++) {
		char left[48];
		if (!options->help)
			continue;
		snprintf(left, sizeof(left), "%c%c%c --%s%s%s", options->letter ? '-' : ' ',
			 options->letter ? options->letter : ' ', options->letter ? ',' : ' ', options->name,
			 options->argument ? " " : "", options->argument ? options->argument : "");
		printf("  %-32s %s\n", left, options->help);
	}
}

static void help(const struct cli_program *program)
{
	printf("usage: %s %s\n\n%s\n\n", program->name, program->synopsis, program->purpose);
	list_options(program->options);
	if (program->more)
		puts(program->more);
	list_options(common_options);
}

static int misuse(struct parse *parse, const char *text)
{
	log_error("%s", text);
	fprintf(stderr, "usage: %s %s\n", parse->program->name, parse->program->synopsis);
	parse->exit_status = EXIT_USAGE;
	return -1;
}

static const struct cli_option *find(const struct cli_option *options, const char *name, size_t len, char letter)
{
	for (; options && options->name; options++) {
		bool same = name ? strlen(options->name) == len && strncmp(options->name, name, len) == 0
				 : options->letter == letter;
		if (same)
			return options;
	}
	return NULL;
}

static int set_log_format(struct parse *parse, const char *value)
{
	if (strcmp(value, "text") != 0 && strcmp(value, "json") != 0)
		return misuse(parse, "option --log-format: text or json is needed");
	log_set_format(*value == 'j' ? LOG_JSON : LOG_TEXT);
	parse->log_format_given = true;
	return 0;
}

static int apply_common(struct parse *parse, const char *name, const char *value)
{
	if (strcmp(name, "config") == 0)
		config_set_file(parse->cli->config, value);
	else if (strcmp(name, "dry-run") == 0)
		parse->cli->dry_run = true;
	else if (strcmp(name, "print-config") == 0)
		parse->print_config = true;
	else if (strcmp(name, "log-format") == 0)
		return set_log_format(parse, value);
	else if (strcmp(name, "verbose") == 0)
		parse->cli->verbosity = 1;
	else if (strcmp(name, "quiet") == 0)
		parse->cli->verbosity = -1;
	else if (strcmp(name, "help") == 0)
		help(parse->program);
	else
		printf("%s %s\n", parse->program->name, VERSION);
	if (strcmp(name, "help") == 0 || strcmp(name, "version") == 0)
		parse->exit_status = fflush(stdout) == 0 ? EXIT_DONE : EXIT_IO;
	return parse->exit_status == CLI_GO_ON ? 0 : -1;
}

static int apply(struct parse *parse, const struct cli_option *option, bool is_common, const char *value)
{
	struct error err;
	char shown[64];
	if (is_common)
		return apply_common(parse, option->name, value);
	snprintf(shown, sizeof(shown), "--%s", option->name);
	if (option->config_key) {
		config_set_option(parse->cli->config, option->config_key, value ? value : "true", shown);
		return 0;
	}
	if (parse->program->handle(parse->context, option->name, value, &err) == 0)
		return 0;
	return misuse(parse, err.text);
}

static int unknown(struct parse *parse, const char *given, size_t len)
{
	char text[200], name[64];
	snprintf(name, sizeof(name), "%.*s", (int)len, given);
	const char *nearest = NULL;
	size_t count = 0;
	while (parse->program->options && parse->program->options[count].name)
		count++;
	if (count)
		nearest = suggest_word(name, &parse->program->options[0].name, count, sizeof(struct cli_option));
	if (!nearest)
		nearest = suggest_word(name, &common_options[0].name,
				       sizeof(common_options) / sizeof(*common_options) - 1, sizeof(struct cli_option));
	snprintf(text, sizeof(text), "unknown option --%s%s%s%s", name, nearest ? "; did you mean --" : "",
		 nearest ? nearest : "", nearest ? "?" : "");
	return misuse(parse, text);
}

/* --name, --name=value, --name value. Gives how many arguments were used, or -1. */
static int parse_long(struct parse *parse, char **arguments)
{
	const char *name = arguments[0] + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	const struct cli_option *option = find(parse->program->options, name, len, 0);
	bool is_common = !option;
	char text[120];
	int used = 1;
	if (is_common)
		option = find(common_options, name, len, 0);
	if (!option)
		return unknown(parse, name, len);
	if (!option->argument && value) {
		snprintf(text, sizeof(text), "option --%s takes no value", option->name);
		return misuse(parse, text);
	}
	if (option->argument && !value) {
		value = arguments[1];
		used = 2;
	}
	if (option->argument && !value) {
		snprintf(text, sizeof(text), "option --%s needs a value", option->name);
		return misuse(parse, text);
	}
	return apply(parse, option, is_common, value) ? -1 : used;
}

/* -n, -nv, -cFILE, -c FILE. */
static int parse_short(struct parse *parse, char **arguments)
{
	for (const char *letter = arguments[0] + 1; *letter; letter++) {
		const struct cli_option *option = find(parse->program->options, NULL, 0, *letter);
		bool is_common = !option;
		char text[80];
		if (is_common)
			option = find(common_options, NULL, 0, *letter);
		if (!option) {
			snprintf(text, sizeof(text), "unknown option -%c", *letter);
			return misuse(parse, text);
		}
		if (!option->argument) {
			if (apply(parse, option, is_common, NULL))
				return -1;
			continue;
		}
		const char *value = letter[1] ? letter + 1 : arguments[1];
		if (!value) {
			snprintf(text, sizeof(text), "option -%c needs a value", *letter);
			return misuse(parse, text);
		}
		return apply(parse, option, is_common, value) ? -1 : letter[1] ? 1 : 2;
	}
	return 1;
}

static int parse_all(struct parse *parse, int argc, char **argv)
{
	int at = 1;
	while (at < argc && argv[at][0] == '-' && argv[at][1]) {
		if (strcmp(argv[at], "--") == 0) {
			at++;
			break;
		}
		int used = argv[at][1] == '-' ? parse_long(parse, argv + at) : parse_short(parse, argv + at);
		if (used < 0)
			return -1;
		at += used;
	}
	if (at < argc && !parse->program->takes_operands) {
		char text[200];
		snprintf(text, sizeof(text), "unexpected argument \"%.120s\"", argv[at]);
		return misuse(parse, text);
	}
	parse->cli->operands = argv + at;
	parse->cli->operand_count = argc - at;
	return 0;
}

static void set_up_log(const struct parse *parse)
{
	const struct config *config = parse->cli->config;
	static const char *const levels[] = {"debug", "info", "warning", "error"};
	for (int i = 0; i < 4; i++) {
		if (strcmp(config_text(config, "connector.log_level"), levels[i]) == 0)
			log_set_level((enum log_level)i);
	}
	if (parse->cli->verbosity)
		log_set_level(parse->cli->verbosity > 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR);
	if (!parse->log_format_given && config_bool(config, "opencti.json_logging"))
		log_set_format(LOG_JSON);
	log_set_name(config_text(config, "connector.name"));
}

size_t cli_report(const struct config *config)
{
	size_t count = config_fault_count(config);
	for (size_t i = 0; i < count; i++)
		log_error("%s", config_fault_text(config, i));
	return count;
}

static void tell_notices(const struct config *config)
{
	for (size_t i = 0; i < config_notice_count(config); i++) {
		bool is_warning;
		const char *text = config_notice_text(config, i, &is_warning);
		if (is_warning)
			log_warning("%s", text);
		else
			log_debug("%s", text);
	}
}

static int finish(struct parse *parse)
{
	struct cli *cli = parse->cli;
	config_load(cli->config);
	set_up_log(parse);
	tell_notices(cli->config);
	if (!parse->print_config)
		config_require(cli->config, parse->program->required_keys);
	if (cli_report(cli->config) > 0)
		return EXIT_CONFIG;
	if (!parse->print_config)
		return CLI_GO_ON;
	config_print(cli->config, stdout);
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_IO;
}

int cli_start(const struct cli_program *program, int argc, char **argv, void *context, struct cli *cli)
{
	*cli = (struct cli){.config = config_new()};
	struct parse parse = {.program = program, .context = context, .cli = cli, .exit_status = CLI_GO_ON};
	stop_init();
	log_init(program->name);
	int status = parse_all(&parse, argc, argv) ? parse.exit_status : finish(&parse);
	if (status != CLI_GO_ON) {
		config_free(cli->config);
		cli->config = NULL;
	}
	return status;
}
