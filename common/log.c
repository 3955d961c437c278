/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "json-write.h"
#include "utf8.h"
#include "xalloc.h"

#define SECRET_MIN       4
#define RECORDS_TOLD_MAX 20

static struct {
	const char *program;
	char *name;
	enum log_level level;
	enum log_format format;
	/* Each secret in each form that it may take in a text, the longest first. */
	char **secrets;
	size_t secret_count;
	bool has_progress; /* a line of progress stands on the terminal */
} state = {.program = "vt-country-report", .level = LOG_LEVEL_INFO};

void log_init(const char *program)
{
	state.program = program;
}

void log_set_level(enum log_level level)
{
	state.level = level;
}

void log_set_format(enum log_format format)
{
	state.format = format;
}

void log_set_name(const char *name)
{
	free(state.name);
	state.name = xstrdup(name);
}

bool log_enabled(enum log_level level)
{
	return level >= state.level;
}

static int longer_first(const void *left, const void *right)
{
	size_t a = strlen(*(char *const *)left), b = strlen(*(char *const *)right);
	return a > b ? -1 : a < b;
}

/* Takes the text over. */
static void add_form(char *text)
{
	for (size_t i = 0; i < state.secret_count; i++) {
		if (strcmp(state.secrets[i], text) == 0) {
			free(text);
			return;
		}
	}
	state.secrets = xreallocarray(state.secrets, state.secret_count + 1, sizeof(*state.secrets));
	state.secrets[state.secret_count++] = text;
	qsort(state.secrets, state.secret_count, sizeof(*state.secrets), longer_first);
}

static char *percent_encoded(const char *text)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool is_unreserved =
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c);
		buf_printf(&out, is_unreserved ? "%c" : "%%%02X", c);
	}
	return buf_take(&out);
}

static char *json_escaped(const char *text)
{
	struct buf out;
	struct json_writer json;
	buf_init(&out, BUF_UNBOUNDED);
	json_writer_init(&json, &out);
	json_put_string(&json, text);
	char *inner = xstrndup(out.data + 1, out.len - 2);
	buf_release(&out);
	return inner;
}

/* As PHP and others write a slash in JSON. */
static char *slash_escaped(char *json)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	for (const char *at = json; *at; at++) {
		if (*at == '/')
			buf_add_char(&out, '\\');
		buf_add_char(&out, *at);
	}
	free(json);
	return buf_take(&out);
}

/* Without the last group, which depends on what follows. */
static char *base64_stem(const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	for (size_t len = strlen(text); len >= 3; len -= 3, text += 3) {
		unsigned group = (unsigned)(unsigned char)text[0] << 16 | (unsigned)(unsigned char)text[1] << 8 |
				 (unsigned char)text[2];
		for (int shift = 18; shift >= 0; shift -= 6)
			buf_add_char(&out, digits[group >> shift & 63]);
	}
	return buf_take(&out);
}

void log_add_secret(const char *secret)
{
	if (!secret || strlen(secret) < SECRET_MIN)
		return;
	add_form(xstrdup(secret));
	add_form(percent_encoded(secret));
	add_form(json_escaped(secret));
	add_form(slash_escaped(json_escaped(secret)));
	if (strlen(secret) >= 8)
		add_form(base64_stem(secret));
}

char *log_redact(const char *text)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	while (*text) {
		size_t hidden = 0;
		for (size_t i = 0; i < state.secret_count && !hidden; i++) {
			size_t len = strlen(state.secrets[i]);
			if (strncasecmp(text, state.secrets[i], len) == 0)
				hidden = len;
		}
		if (hidden)
			buf_add_str(&out, "***");
		else
			buf_add_char(&out, *text);
		text += hidden ? hidden : 1;
	}
	return buf_take(&out);
}

/* One line of valid UTF-8 without control characters. */
static char *clean_line(const char *text)
{
	struct buf valid, line;
	buf_init(&valid, BUF_UNBOUNDED);
	buf_init(&line, BUF_UNBOUNDED);
	utf8_append_clean(&valid, text, strlen(text));
	for (size_t at = 0; at < valid.len;) {
		uint32_t point;
		size_t size = utf8_decode(valid.data + at, valid.len - at, &point);
		bool is_control = point < 0x20 || (point >= 0x7F && point < 0xA0);
		if (is_control)
			buf_add_char(&line, ' ');
		else
			buf_add(&line, valid.data + at, size);
		at += size;
	}
	buf_release(&valid);
	return buf_take(&line);
}

static void write_json(enum log_level level, const char *text, struct buf *line)
{
	static const char *const names[] = {"DEBUG", "INFO", "WARNING", "ERROR"};
	struct timeval now;
	struct tm date;
	char seconds[32], stamp[48];
	struct json_writer json;
	gettimeofday(&now, NULL);
	gmtime_r(&now.tv_sec, &date);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &date);
	snprintf(stamp, sizeof(stamp), "%s.%06ldZ", seconds, (long)now.tv_usec);
	json_writer_init(&json, line);
	json_begin_object(&json);
	json_member_string(&json, "timestamp", stamp);
	json_member_string(&json, "level", names[level]);
	json_member_string(&json, "name", state.name ? state.name : state.program);
	json_member_string(&json, "message", text);
	json_key(&json, "attributes");
	json_begin_object(&json);
	json_member_string(&json, "program", state.program);
	json_end_object(&json);
	json_end_object(&json);
}

#define ERASE_LINE   "\r\033[K"
#define PROGRESS_MAX 79

bool log_can_show_progress(void)
{
	const char *terminal = getenv("TERM");
	return state.format == LOG_TEXT && log_enabled(LOG_LEVEL_INFO) && isatty(STDERR_FILENO) && terminal &&
	       *terminal && strcmp(terminal, "dumb") != 0;
}

void log_progress(const char *text)
{
	struct buf line;
	if (!text && !state.has_progress)
		return;
	buf_init(&line, BUF_UNBOUNDED);
	buf_add_str(&line, ERASE_LINE);
	if (text)
		buf_printf(&line, "%.*s", PROGRESS_MAX, text);
	state.has_progress = text != NULL;
	ssize_t ignored = write(STDERR_FILENO, line.data, line.len);
	(void)ignored;
	buf_release(&line);
}

/* One write for a line, so that the lines of several programs do not mix. */
static void write_line(enum log_level level, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static void write_line(enum log_level level, const char *format, va_list args)
{
	static const char *const prefixes[] = {"debug: ", "", "warning: ", ""};
	if (!log_enabled(level))
		return;
	struct buf raw, line;
	buf_init(&raw, BUF_UNBOUNDED);
	buf_init(&line, BUF_UNBOUNDED);
	buf_vprintf(&raw, format, args);
	char *redacted = log_redact(raw.data);
	char *text = clean_line(redacted);
	if (state.has_progress)
		buf_add_str(&line, ERASE_LINE);
	state.has_progress = false;
	if (state.format == LOG_JSON)
		write_json(level, text, &line);
	else
		buf_printf(&line, "%s: %s%s", state.program, prefixes[level], text);
	buf_add_char(&line, '\n');
	ssize_t ignored = write(STDERR_FILENO, line.data, line.len);
	(void)ignored;
	free(text);
	free(redacted);
	buf_release(&raw);
	buf_release(&line);
}

#define WRITE_LINE(level)                                                                                              \
	do {                                                                                                           \
		va_list args;                                                                                          \
		va_start(args, format);                                                                                \
		write_line((level), format, args);                                                                     \
		va_end(args);                                                                                          \
	} while (0)

void log_debug(const char *format, ...)
{
	WRITE_LINE(LOG_LEVEL_DEBUG);
}

void log_info(const char *format, ...)
{
	WRITE_LINE(LOG_LEVEL_INFO);
}

void log_warning(const char *format, ...)
{
	WRITE_LINE(LOG_LEVEL_WARNING);
}

void log_error(const char *format, ...)
{
	WRITE_LINE(LOG_LEVEL_ERROR);
}

bool log_tells_record(int64_t count)
{
	if (count == RECORDS_TOLD_MAX)
		log_warning("more records like that are left out without a word; they are counted");
	return count < RECORDS_TOLD_MAX;
}

void log_failure(const struct error *err)
{
	log_error("%s", err->text);
}
