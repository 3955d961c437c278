/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "config-internal.h"
#include "exit-codes.h"
#include "log.h"
#include "suggest.h"
#include "xalloc.h"

extern char **environ;

void config_texts_add(struct config_texts *texts, bool flag, const char *format, ...)
{
	struct buf text;
	va_list args;
	buf_init(&text, BUF_UNBOUNDED);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	texts->items = xreallocarray(texts->items, texts->count + 1, sizeof(*texts->items));
	texts->flags = xreallocarray(texts->flags, texts->count + 1, sizeof(*texts->flags));
	texts->items[texts->count] = buf_take(&text);
	texts->flags[texts->count++] = flag;
}

static void texts_release(struct config_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
	free(texts->flags);
}

static void values_free(struct config_value *values)
{
	for (size_t i = 0; i < config_key_count; i++) {
		free(values[i].text);
		free(values[i].origin);
		for (size_t j = 0; values[i].list && values[i].list[j]; j++)
			free(values[i].list[j]);
		free(values[i].list);
	}
	free(values);
}

struct config *config_new(void)
{
	struct config *config = xcalloc(1, sizeof(*config));
	config->values = xcalloc(config_key_count, sizeof(*config->values));
	config->options = xcalloc(config_key_count, sizeof(*config->options));
	config->file_values = xcalloc(config_key_count, sizeof(*config->file_values));
	return config;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	values_free(config->values);
	values_free(config->options);
	values_free(config->file_values);
	texts_release(&config->faults);
	texts_release(&config->notices);
	free(config->file);
	free(config);
}

int config_find(const char *name)
{
	for (size_t i = 0; i < config_key_count; i++) {
		if (strcmp(config_keys[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

const char *config_suggest(const char *name)
{
	return suggest_word(name, &config_keys[0].name, config_key_count, sizeof(*config_keys));
}

void config_set_file(struct config *config, const char *path)
{
	free(config->file);
	config->file = xstrdup(path);
}

static int must_find(const char *key)
{
	int row = config_find(key);
	if (row < 0) {
		fprintf(stderr, "configuration key %s is not in the table\n", key);
		exit(EXIT_SOFTWARE);
	}
	return row;
}

void config_set_option(struct config *config, const char *key, const char *value, const char *option)
{
	struct config_value *found = &config->options[must_find(key)];
	free(found->text);
	free(found->origin);
	found->text = xstrdup(value);
	found->origin = xasprintf("option %s", option);
}

/* "vtreporter.api_key" -> "VTREPORTER_API_KEY"; heap. */
static char *environment_name(const char *key)
{
	char *name = xstrdup(key);
	for (char *c = name; *c; c++)
		*c = *c == '.' ? '_' : (char)toupper((unsigned char)*c);
	return name;
}

static const char *environment_value(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* Takes text and origin over. */
static void take(struct config_value *value, char *text, char *origin)
{
	value->text = text;
	value->origin = origin;
}

static void read_environment(struct config *config, size_t row, struct config_value *value)
{
	const struct config_key *key = &config_keys[row];
	char *name = environment_name(key->name);
	const char *text = environment_value(name);
	if (text) {
		take(value, xstrdup(text), xasprintf("environment %s", name));
	} else if (key->env_alias && environment_value(key->env_alias)) {
		take(value, xstrdup(environment_value(key->env_alias)), xasprintf("environment %s", key->env_alias));
	}
	char *file_name = xasprintf("%s_FILE", name);
	const char *path = key->secret ? environment_value(file_name) : NULL;
	if (path && text) {
		config_texts_add(&config->faults, false, "environment: %s and %s are both set", name, file_name);
	} else if (path) {
		char *origin = xasprintf("environment %s", file_name);
		take(value, config_read_secret(config, path, origin), origin);
		/* Not read is a fault of its own; do not tell that the key is missing too. */
		if (!value->text)
			value->text = xstrdup("");
	}
	free(file_name);
	free(name);
}

static void read_credential(struct config *config, size_t row, struct config_value *value)
{
	const char *directory = environment_value("CREDENTIALS_DIRECTORY");
	if (!directory || !config_keys[row].secret)
		return;
	char *path = xasprintf("%s/%s", directory, config_keys[row].name);
	*strrchr(path, '.') = '_';
	FILE *stream = fopen(path, "re");
	if (stream) {
		fclose(stream);
		take(value, config_read_secret(config, path, "credential"), xasprintf("credential %s", path));
	}
	free(path);
}

/* The first source that has a value. */
static void collect(struct config *config, size_t row)
{
	struct config_value *value = &config->values[row];
	struct config_value *const ordered[] = {&config->options[row], &config->file_values[row]};
	if (ordered[0]->text) {
		take(value, xstrdup(ordered[0]->text), xstrdup(ordered[0]->origin));
		return;
	}
	read_environment(config, row, value);
	if (!value->text)
		read_credential(config, row, value);
	if (!value->text && ordered[1]->text && *ordered[1]->text)
		take(value, xstrdup(ordered[1]->text), xstrdup(ordered[1]->origin));
	if (!value->text && config_keys[row].default_value)
		take(value, xstrdup(config_keys[row].default_value), xstrdup("default"));
}

static bool parse_bool(const char *text, bool *value)
{
	static const char *const words[] = {"false", "true", "no", "yes", "0", "1"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcasecmp(text, words[i]) == 0) {
			*value = i % 2;
			return true;
		}
	}
	return false;
}

/* A whole number; with a unit K, M or G when has_unit. */
static bool parse_number(const char *text, bool has_unit, int64_t *number)
{
	static const char units[] = "KMG";
	char *end;
	if (!isdigit((unsigned char)*text) || strlen(text) > 15)
		return false;
	*number = (int64_t)strtoll(text, &end, 10);
	const char *unit = has_unit && *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (unit) {
		end++;
		for (const char *at = units; at <= unit; at++) {
			if (__builtin_mul_overflow(*number, 1024, number))
				return false;
		}
	}
	return *end == '\0';
}

static int check_number(const struct config_key *key, const char *text, struct error *err)
{
	int64_t number;
	if (!parse_number(text, key->type == CONFIG_SIZE, &number))
		return error_set(err, EXIT_CONFIG, "\"%s\" is not valid: a whole number is needed", text);
	if ((key->min || key->max) && (number < key->min || number > key->max))
		return error_set(err, EXIT_CONFIG, "\"%s\" is not valid: %" PRId64 " to %" PRId64 " is needed", text,
				 key->min, key->max);
	return 0;
}

static int check_type(const struct config_key *key, const char *text, struct error *err)
{
	struct duration duration;
	bool value;
	switch (key->type) {
	case CONFIG_BOOL:
		if (!parse_bool(text, &value))
			return error_set(err, EXIT_CONFIG, "\"%s\" is not valid: true or false is needed", text);
		return 0;
	case CONFIG_INT:
	case CONFIG_SIZE:
		return check_number(key, text, err);
	case CONFIG_DURATION:
		return duration_parse(text, &duration, err);
	default:
		return 0;
	}
}

static void check(struct config *config, size_t row)
{
	const struct config_key *key = &config_keys[row];
	struct config_value *value = &config->values[row];
	struct error err;
	char *rewritten = NULL;
	if (!value->text || !*value->text)
		return;
	if (key->secret)
		log_add_secret(value->text);
	if (key->type == CONFIG_IGNORED) {
		config_texts_add(&config->notices, false, "%s: %s is accepted and not used", value->origin, key->name);
		return;
	}
	if (check_type(key, value->text, &err) == 0 &&
	    (!key->check || key->check(value->text, &rewritten, &err) == 0)) {
		if (rewritten) {
			free(value->text);
			value->text = rewritten;
		}
		return;
	}
	config_fault(config, key->name, "%s", err.text);
}

static bool is_known_variable(const char *name, size_t len)
{
	for (size_t i = 0; i < config_key_count; i++) {
		char *known = environment_name(config_keys[i].name);
		size_t known_len = strlen(known);
		bool same = strncmp(known, name, len) == 0 && len == known_len;
		bool is_file = config_keys[i].secret && len == known_len + 5 && strncmp(known, name, known_len) == 0 &&
			       strncmp(name + known_len, "_FILE", 5) == 0;
		free(known);
		if (same || is_file)
			return true;
	}
	return false;
}

/* A misspelled variable would silently leave its default in force. */
static void check_variables(struct config *config)
{
	static const char prefix[] = "VTREPORTER_";
	for (char **variable = environ; *variable; variable++) {
		size_t len = strcspn(*variable, "=");
		if (strncmp(*variable, prefix, strlen(prefix)) != 0 || is_known_variable(*variable, len))
			continue;
		char *name = xstrndup(*variable, len);
		char *key = xstrdup(name);
		for (char *c = key; *c; c++)
			*c = (char)tolower((unsigned char)*c);
		key[strlen(prefix) - 1] = '.';
		const char *nearest = config_suggest(key);
		char *suggestion = nearest ? environment_name(nearest) : NULL;
		config_texts_add(&config->faults, false, "environment: unknown variable %s%s%s%s", name,
				 suggestion ? "; did you mean " : "", suggestion ? suggestion : "",
				 suggestion ? "?" : "");
		free(suggestion);
		free(key);
		free(name);
	}
}

void config_load(struct config *config)
{
	config_read_file(config);
	for (size_t i = 0; i < config_key_count; i++)
		collect(config, i);
	check_variables(config);
	for (size_t i = 0; i < config_key_count; i++)
		check(config, i);
	config_derive(config);
}

void config_require(struct config *config, const char *const *keys)
{
	for (; keys && *keys; keys++) {
		int row = must_find(*keys);
		if (config->values[row].text)
			continue;
		char *name = environment_name(*keys);
		config_texts_add(&config->faults, false,
				 "%s is not set: put it into the configuration file or into %s%s%s", *keys, name,
				 config_keys[row].secret ? " or " : "",
				 config_keys[row].secret ? "a file named by the same name with _FILE" : "");
		free(name);
	}
}

void config_fault(struct config *config, const char *key, const char *format, ...)
{
	struct buf text;
	va_list args;
	buf_init(&text, BUF_UNBOUNDED);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	config_texts_add(&config->faults, false, "%s: %s: %s", config_origin(config, key), key, text.data);
	buf_release(&text);
}

size_t config_fault_count(const struct config *config)
{
	return config->faults.count;
}

const char *config_fault_text(const struct config *config, size_t index)
{
	return config->faults.items[index];
}

size_t config_notice_count(const struct config *config)
{
	return config->notices.count;
}

const char *config_notice_text(const struct config *config, size_t index, bool *is_warning)
{
	*is_warning = config->notices.flags[index];
	return config->notices.items[index];
}

void config_print(const struct config *config, FILE *stream)
{
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_value *value = &config->values[i];
		const struct config_key *key = &config_keys[i];
		const char *text = !value->text ? "" : key->secret ? "***" : value->text;
		fprintf(stream, "%s = %s%s# %s%s%s\n", key->name, text, *text ? "   " : "  ",
			value->origin ? value->origin : "not set", key->note ? "; " : "", key->note ? key->note : "");
	}
}

bool config_has(const struct config *config, const char *key)
{
	return config->values[must_find(key)].text != NULL;
}

const char *config_text(const struct config *config, const char *key)
{
	return config->values[must_find(key)].text;
}

static const struct config_value *typed(const struct config *config, const char *key, enum config_type type)
{
	int row = must_find(key);
	if (config_keys[row].type != type && !(type == CONFIG_INT && config_keys[row].type == CONFIG_SIZE)) {
		fprintf(stderr, "configuration key %s is of another type\n", key);
		exit(EXIT_SOFTWARE);
	}
	return &config->values[row];
}

bool config_bool(const struct config *config, const char *key)
{
	const char *text = typed(config, key, CONFIG_BOOL)->text;
	bool value = false;
	return text && parse_bool(text, &value) && value;
}

int64_t config_int(const struct config *config, const char *key)
{
	const char *text = typed(config, key, CONFIG_INT)->text;
	int64_t number = 0;
	return text && parse_number(text, true, &number) ? number : 0;
}

struct duration config_duration(const struct config *config, const char *key)
{
	const char *text = typed(config, key, CONFIG_DURATION)->text;
	struct duration duration = {.months = 0};
	if (text)
		duration_parse(text, &duration, NULL);
	return duration;
}

static char **split(const char *text)
{
	size_t count = 0;
	char **list = xcalloc(strlen(text) + 2, sizeof(*list));
	while (*text) {
		size_t len = strcspn(text, ",");
		const char *begin = text;
		text += len + (text[len] == ',');
		for (; len && isspace((unsigned char)*begin); len--)
			begin++;
		while (len && isspace((unsigned char)begin[len - 1]))
			len--;
		if (len)
			list[count++] = xstrndup(begin, len);
	}
	return list;
}

const char *const *config_list(const struct config *config, const char *key)
{
	const struct config_value *value = typed(config, key, CONFIG_LIST);
	struct config_value *cached = &config->values[value - config->values];
	if (!cached->list)
		cached->list = split(value->text ? value->text : "");
	return (const char *const *)cached->list;
}

const char *config_origin(const struct config *config, const char *key)
{
	const char *origin = config->values[must_find(key)].origin;
	return origin ? origin : "not set";
}
