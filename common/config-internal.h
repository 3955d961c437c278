/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the configuration share with each other, and nobody else. */
#ifndef CONFIG_INTERNAL_H
#define CONFIG_INTERNAL_H

#include "config.h"

/* A value as it was found, before it is checked. */
struct config_value {
	char *text; /* NULL: not set */
	char *origin;
	char **list; /* split on demand */
};

struct config_texts {
	char **items;
	bool *flags;
	size_t count;
};

struct config {
	struct config_value *values; /* in the order of config_keys */
	struct config_value *options;
	struct config_value *file_values;
	char *file; /* given by -c */
	struct config_texts faults;
	struct config_texts notices; /* flag: a warning */
};

/* The row of a key, or -1. */
int config_find(const char *name);
void config_texts_add(struct config_texts *texts, bool flag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* config-file.c: fills file_values. */
void config_read_file(struct config *config);
/* The nearest known key of the section for "did you mean", or NULL. */
const char *config_suggest(const char *name);

/*
 * config-secret.c: the content of a secret's file without its last newline (heap), or NULL with a fault added. origin
 * names what gave the path.
 */
char *config_read_secret(struct config *config, const char *path, const char *origin);
/* Adds a fault when others can read or write a file that holds secrets; only a notice where the place vouches for it.
 */
void config_check_secret_file(struct config *config, const char *path, const char *origin);

/* config-derive.c: defaults that depend on other keys or on the environment. */
void config_derive(struct config *config);

#endif
