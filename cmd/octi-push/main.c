/* SPDX-License-Identifier: Apache-2.0 */
/* octi-push - push a STIX bundle from standard input to OpenCTI, and keep a connector's state there */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "doctor.h"
#include "exit-codes.h"
#include "http.h"
#include "log.h"
#include "run.h"
#include "window.h"

static void set_mode(struct run *run, enum run_mode mode)
{
	run->several_modes = run->several_modes || (run->mode != RUN_PUSH && run->mode != mode);
	run->mode = mode;
}

static int handle(void *context, const char *name, const char *value, struct error *err)
{
	static const struct {
		const char *name;
		enum run_mode mode;
	} modes[] = {{"due", RUN_DUE}, {"ping", RUN_PING}, {"outbox", RUN_OUTBOX}, {"check", RUN_CHECK}};
	struct run *run = context;
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		if (strcmp(name, modes[i].name) == 0) {
			set_mode(run, modes[i].mode);
			return 0;
		}
	}
	if (strcmp(name, "no-commit") == 0) {
		run->no_commit = true;
		return 0;
	}
	run->delivery.has_window = true;
	return commit_parse(value, &run->delivery.window, err);
}

static const struct cli_option options[] = {
    {"window", 'w', "W", "the bundle is of this window: COUNTRY/START/END[/again]", NULL},
    {"no-commit", 0, NULL, "with --window: leave the state as it is", NULL},
    {"due", 0, NULL, "print the windows that are due", NULL},
    {"check", 0, NULL, "tell whether everything that a run needs is there", NULL},
    {"outbox", 0, NULL, "list the bundles that wait for a platform which was down", NULL},
    {"ping", 0, NULL, "tell the platform that the connector is alive", NULL},
    {"country", 0, "CC[,CC...]", "countries for --due", "vtreporter.country"},
    {"max-body", 0, "BYTES", "largest request; a larger bundle goes in parts", "vtreporter.push_max_body"},
    {"max-objects", 0, "N", "most objects in a part", "vtreporter.push_max_objects"},
    {"push-wait", 0, "DURATION", "longest wait for the parts before the report", "vtreporter.push_wait"},
    {"retry", 0, "DURATION", "how long to ask a platform that is down", "vtreporter.push_retry"},
    {NULL, 0, NULL, NULL, NULL},
};

static const struct cli_program program = {
    .name = "octi-push",
    .synopsis = "[-nqvhV] [-c file] [--window W [--no-commit] | --due | --ping | --outbox | --check] <bundle",
    .purpose = "Pushes a STIX bundle from standard input to OpenCTI, whole or not at all.",
    .options = options,
    .handle = handle,
};

static int usage_fault(const char *text)
{
	log_error("%s", text);
	fprintf(stderr, "usage: %s %s\n", program.name, program.synopsis);
	return EXIT_USAGE;
}

/* What the command line allows one by one, but not together. */
static int check_usage(struct run *run)
{
	if (run->several_modes)
		return usage_fault("--due, --ping, --outbox and --check exclude each other");
	if (run->mode != RUN_PUSH && run->delivery.has_window)
		return usage_fault("--window goes with a bundle only");
	if (run->no_commit && !run->delivery.has_window)
		return usage_fault("--no-commit needs --window");
	run->delivery.commit = run->delivery.has_window && !run->no_commit;
	return EXIT_DONE;
}

static int check_descriptors(const struct run *run)
{
	bool reads = run->mode == RUN_PUSH;
	bool writes = reads ? run->dry_run : run->mode != RUN_PING;
	if (reads && run->stdin_closed)
		log_error("standard input is closed: there is no bundle");
	else if (writes && run->stdout_closed)
		log_error("standard output is closed");
	else
		return EXIT_DONE;
	return EXIT_IO;
}

static int check_config(struct run *run, struct config *config)
{
	static const char *const needed[] = {"opencti.url", "opencti.token", "connector.id", NULL};
	struct error err;
	bool offline = run->mode == RUN_OUTBOX || (run->mode == RUN_PUSH && run->dry_run);
	if (!offline)
		config_require(config, needed);
	bool to_directory = config_bool(config, "connector.send_to_directory");
	if (to_directory && !config_has(config, "connector.send_to_directory_path"))
		config_fault(config, "connector.send_to_directory", "connector.send_to_directory_path is needed");
	if (!to_directory && !config_bool(config, "connector.send_to_queue"))
		config_fault(config, "connector.send_to_queue",
			     "nothing would be sent anywhere; to try things use --dry-run");
	if ((run->mode == RUN_DUE || run->mode == RUN_CHECK) && window_check_timezone(&err) != 0) {
		cli_report(config);
		log_failure(&err);
		return err.status;
	}
	return cli_report(config) ? EXIT_CONFIG : EXIT_DONE;
}

static void warn_insecure(const struct push_settings *settings)
{
	if (settings->insecure)
		log_warning("opencti.ssl_verify is off: the platform's certificate is not checked");
	if (strncmp(settings->url, "http:", 5) == 0 && !http_url_is_loopback(settings->url))
		log_warning("opencti.url is http: the token and the data travel in the clear");
}

static int run_as_asked(struct run *run)
{
	switch (run->mode) {
	case RUN_DUE:
		return run_due(run);
	case RUN_PING:
		return run_ping(run);
	case RUN_OUTBOX:
		return run_outbox(run);
	case RUN_CHECK:
		return doctor_run(run->config, &run->settings);
	case RUN_PUSH:
		break;
	}
	return run->dry_run ? run_dry(run) : run_push(run);
}

static int start(struct run *run, struct config *config)
{
	struct error err;
	int status = check_usage(run);
	if (status == EXIT_DONE)
		status = check_descriptors(run);
	if (status == EXIT_DONE)
		status = check_config(run, config);
	if (status != EXIT_DONE)
		return status;
	if (push_settings_read(config, &run->settings, &err) != 0) {
		log_failure(&err);
		return err.status;
	}
	run->config = config;
	if (run->settings.url && run->mode != RUN_OUTBOX && run->mode != RUN_CHECK)
		warn_insecure(&run->settings);
	status = run_as_asked(run);
	push_settings_release(&run->settings);
	return status;
}

/* A closed standard descriptor would be given to the first socket, and what is said would go there. */
static void hold_standard_descriptors(struct run *run)
{
	run->stdin_closed = fcntl(STDIN_FILENO, F_GETFD) == -1;
	run->stdout_closed = fcntl(STDOUT_FILENO, F_GETFD) == -1;
	for (int fd; (fd = open("/dev/null", O_RDWR)) >= 0;) {
		if (fd > STDERR_FILENO) {
			close(fd);
			break;
		}
	}
}

int main(int argc, char **argv)
{
	struct run run = {0};
	struct cli cli;
	hold_standard_descriptors(&run);
	int status = cli_start(&program, argc, argv, &run, &cli);
	if (status != CLI_GO_ON)
		return status;
	run.dry_run = cli.dry_run;
	status = start(&run, cli.config);
	config_free(cli.config);
	return status;
}
