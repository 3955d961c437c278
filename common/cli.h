/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line that all four programs share: -c -n -v -q -h -V --print-config --log-format, and their own options
 * from a table. Long options may be given as --name=value or --name value.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"

struct cli_option {
	const char *name;       /* long name, without dashes */
	char letter;            /* short one, or 0 */
	const char *argument;   /* what --help calls its argument, NULL when it takes none */
	const char *help;       /* one short line; NULL: only the manual describes it */
	const char *config_key; /* the key that this option sets, or NULL: then the program's handler is called */
};

struct cli_program {
	const char *name;
	const char *synopsis;             /* what follows the name in the usage line */
	const char *purpose;              /* one line */
	const struct cli_option *options; /* ends with a row of NULLs; --help lists these before the common ones */
	const char *more;                 /* NULL, or a line about those options that have no help of their own */
	/* Handles an option without config_key; value is NULL for flags. -1 and err for misuse. */
	int (*handle)(void *context, const char *name, const char *value, struct error *err);
	const char *const
	    *required_keys; /* NULL-terminated, or NULL; or decided later with config_require + cli_report */
	bool takes_operands;
};

struct cli {
	struct config *config; /* loaded; main frees it */
	bool dry_run;
	int verbosity;   /* -1 quiet, 0, 1 verbose */
	char **operands; /* into argv */
	int operand_count;
};

#define CLI_GO_ON (-1)

/*
 * Begins a program: signals, log, options, configuration with all its faults, --help, --version, --print-config.
 * Returns CLI_GO_ON, or the exit status to end with at once (what was to be said has been said; cli->config is then
 * NULL).
 */
int cli_start(const struct cli_program *program, int argc, char **argv, void *context, struct cli *cli);
/* Logs the configuration's faults; their number. For checks that a program makes after cli_start. */
size_t cli_report(const struct config *config);

#endif
