/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "config-internal.h"
#include "xalloc.h"

#define FILE_MAX (1u << 20)

/* Where the reader stands: the file, and the section whose keys come. */
struct reader {
	struct config *config;
	const char *path;
	yaml_document_t document;
	bool has_secret;
};

static void fault(struct reader *reader, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void fault(struct reader *reader, const yaml_node_t *node, const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	config_texts_add(&reader->config->faults, false, "%s:%zu: %s", reader->path, node->start_mark.line + 1, text);
}

static const char *scalar(const yaml_node_t *node)
{
	/* A NUL inside would hide the rest. */
	if (node->type != YAML_SCALAR_NODE || strlen((char *)node->data.scalar.value) != node->data.scalar.length)
		return NULL;
	return (const char *)node->data.scalar.value;
}

static bool is_null(const yaml_node_t *node)
{
	const char *text = scalar(node);
	return text && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

/* A sequence of scalars becomes their comma-separated list. NULL when it is something else. */
static char *value_text(struct reader *reader, const yaml_node_t *node)
{
	if (scalar(node))
		return xstrdup(scalar(node));
	if (node->type != YAML_SEQUENCE_NODE)
		return NULL;
	char *joined = xstrdup("");
	for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
		const yaml_node_t *element = yaml_document_get_node(&reader->document, *item);
		if (!scalar(element)) {
			free(joined);
			return NULL;
		}
		char *longer = xasprintf("%s%s%s", joined, *joined ? "," : "", scalar(element));
		free(joined);
		joined = longer;
	}
	return joined;
}

static void unknown_key(struct reader *reader, const char *section, const char *name, const yaml_node_t *key)
{
	const char *nearest = config_suggest(name);
	if (strcmp(section, "vtreporter") == 0) {
		if (nearest)
			fault(reader, key, "unknown key %s; did you mean %s?", name, nearest);
		else
			fault(reader, key, "unknown key %s", name);
		return;
	}
	config_texts_add(&reader->config->notices, true, "%s:%zu: unknown key %s is ignored", reader->path,
			 key->start_mark.line + 1, name);
}

static void read_key(struct reader *reader, const char *section, const yaml_node_t *key, const yaml_node_t *value)
{
	if (!scalar(key)) {
		fault(reader, key, "%s: a key has to be a plain word", section);
		return;
	}
	char *name = xasprintf("%s.%s", section, scalar(key));
	int row = config_find(name);
	struct config_value *found = row < 0 ? NULL : &reader->config->file_values[row];
	if (!found)
		unknown_key(reader, section, name, key);
	else if (found->text)
		fault(reader, key, "%s is given twice", name);
	else if (!is_null(value)) {
		found->text = value_text(reader, value);
		if (!found->text)
			fault(reader, value, "%s: a single value or a list of values is needed", name);
		else if (value->type == YAML_SEQUENCE_NODE && config_keys[row].type != CONFIG_LIST)
			fault(reader, value, "%s: a single value is needed", name);
		found->origin = xasprintf("%s:%zu", reader->path, value->start_mark.line + 1);
		reader->has_secret |= config_keys[row].secret && found->text && *found->text;
	}
	free(name);
}

static void read_section(struct reader *reader, const yaml_node_t *key, const yaml_node_t *section)
{
	const char *name = scalar(key);
	if (!name) {
		fault(reader, key, "a section has to be a plain word");
		return;
	}
	if (is_null(section))
		return;
	if (section->type != YAML_MAPPING_NODE) {
		fault(reader, section, "%s: a section with keys is needed", name);
		return;
	}
	for (yaml_node_pair_t *pair = section->data.mapping.pairs.start; pair < section->data.mapping.pairs.top; pair++)
		read_key(reader, name, yaml_document_get_node(&reader->document, pair->key),
			 yaml_document_get_node(&reader->document, pair->value));
}

static void read_root(struct reader *reader)
{
	const yaml_node_t *root = yaml_document_get_root_node(&reader->document);
	if (!root || is_null(root))
		return;
	if (root->type != YAML_MAPPING_NODE) {
		fault(reader, root, "the sections opencti, connector and vtreporter are needed");
		return;
	}
	for (yaml_node_pair_t *pair = root->data.mapping.pairs.start; pair < root->data.mapping.pairs.top; pair++)
		read_section(reader, yaml_document_get_node(&reader->document, pair->key),
			     yaml_document_get_node(&reader->document, pair->value));
}

static void parse(struct config *config, const char *path, FILE *stream)
{
	struct reader reader = {.config = config, .path = path};
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		return;
	yaml_parser_set_input_file(&parser, stream);
	if (yaml_parser_load(&parser, &reader.document)) {
		read_root(&reader);
		yaml_document_delete(&reader.document);
		if (reader.has_secret)
			config_check_secret_file(config, path, "configuration file");
	} else {
		config_texts_add(&config->faults, false, "%s:%zu: not YAML: %s", path, parser.problem_mark.line + 1,
				 parser.problem ? parser.problem : "cannot be read");
	}
	yaml_parser_delete(&parser);
}

/* A file that somebody named has to be there; the default places need not. */
static void try_file(struct config *config, const char *path, const char *named_by)
{
	FILE *stream = fopen(path, "re");
	if (!stream) {
		if (named_by || errno != ENOENT)
			config_texts_add(&config->faults, false, "%s: cannot read \"%s\": %s",
					 named_by ? named_by : "configuration file", path, strerror(errno));
		return;
	}
	if (fseek(stream, 0, SEEK_END) == 0 && ftell(stream) > (long)FILE_MAX)
		config_texts_add(&config->faults, false, "\"%s\" is too large for a configuration file", path);
	else {
		rewind(stream);
		parse(config, path, stream);
	}
	fclose(stream);
}

void config_read_file(struct config *config)
{
	const char *named = getenv("VT_REPORT_CONFIG");
	if (config->file)
		try_file(config, config->file, "option --config");
	else if (named && *named)
		try_file(config, named, "environment VT_REPORT_CONFIG");
	else if (access("config/config.yml", F_OK) == 0)
		try_file(config, "config/config.yml", NULL);
	else
		try_file(config, SYSCONFDIR "/vt-country-report/config.yml", NULL);
}
