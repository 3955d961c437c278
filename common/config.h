/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration (design section 4): option > environment > config.yml > default, one table of all keys for all programs
 * (config-keys.c), every fault collected with its origin before anything is used.
 *
 * Keys are named "section.name" as in the file; the environment has SECTION_NAME in capitals. Secret keys come also as
 * <NAME>_FILE and from $CREDENTIALS_DIRECTORY/<section_name>. All values are kept as text and checked by their type
 * when loaded, so the typed getters cannot fail: asking for a key that is not in the table, or as another type, is a
 * fault of ours and ends the program with EXIT_SOFTWARE. Returned text is owned by the configuration.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "duration.h"
#include "error.h"

struct config;

enum config_type {
	CONFIG_TEXT,
	CONFIG_BOOL, /* true yes false no in any of pycti's spellings */
	CONFIG_INT,
	CONFIG_DURATION, /* ISO 8601 */
	CONFIG_SIZE,     /* bytes, with K M G */
	CONFIG_LIST,     /* comma-separated, trimmed, empty ones dropped; a YAML sequence in the file */
	CONFIG_IGNORED   /* accepted for others' sake and not used */
};

/* One row of the table. */
struct config_key {
	const char *name; /* "vtreporter.country" */
	enum config_type type;
	const char *default_value; /* NULL: none */
	bool secret;
	int64_t min, max; /* of CONFIG_INT and CONFIG_SIZE; both 0: any */
	/* NULL, or checks the value and may rewrite it into its one spelling: a new heap string in *rewritten. -1 with
	 * err->text. */
	int (*check)(const char *value, char **rewritten, struct error *err);
	const char *env_alias; /* a second, older name in the environment, or NULL */
	const char *note;      /* for --print-config: where we differ from pycti; or NULL */
};

extern const struct config_key config_keys[];
extern const size_t config_key_count;

struct config *config_new(void);
void config_free(struct config *config);
/* The file to read instead of the default ones (-c). */
void config_set_file(struct config *config, const char *path);
/* A value given by an option, for example ("vtreporter.country", "AU", "--country"). */
void config_set_option(struct config *config, const char *key, const char *value, const char *option);
/*
 * Reads environment and file and checks every value. Faults are collected, not returned; registers all secrets with the
 * log. Call once.
 */
void config_load(struct config *config);
/* Adds a fault for each of the keys (NULL-terminated) that has no value, telling where it could be set. */
void config_require(struct config *config, const char *const *keys);
/* Adds a fault found by a program, with the origin of the key's value put in front of it. */
void config_fault(struct config *config, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The number of faults, and each of them: "config.yml:12: vtreporter.country: …". */
size_t config_fault_count(const struct config *config);
const char *config_fault_text(const struct config *config, size_t index);
/* Things worth a warning or a debug line that do not stop anything; is_warning tells which. */
size_t config_notice_count(const struct config *config);
const char *config_notice_text(const struct config *config, size_t index, bool *is_warning);
/* Every key with its value (secrets masked) and origin. */
void config_print(const struct config *config, FILE *stream);

bool config_has(const struct config *config, const char *key);
/* NULL when there is no value. */
const char *config_text(const struct config *config, const char *key);
bool config_bool(const struct config *config, const char *key);
int64_t config_int(const struct config *config, const char *key);
struct duration config_duration(const struct config *config, const char *key);
/* NULL-terminated. */
const char *const *config_list(const struct config *config, const char *key);
/* "option --country", "environment VTREPORTER_COUNTRY", "config.yml:12", "default". */
const char *config_origin(const struct config *config, const char *key);

#endif
