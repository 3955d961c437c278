/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines for people, on stderr: "program: text", or with LOG_JSON pycti's line format (opencti.md section 7). The log is
 * the one process-wide state: level, format, program name, and the secrets that must never be shown. Every line is made
 * one line of valid UTF-8, and every registered secret in it is replaced by "***", also percent-encoded, base64 or
 * JSON-escaped.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };
enum log_format { LOG_TEXT, LOG_JSON };

void log_init(const char *program);
void log_set_level(enum log_level level);
void log_set_format(enum log_format format);
/* The name in JSON lines: the connector's. Copied. */
void log_set_name(const char *name);
bool log_enabled(enum log_level level);
/* Registers a secret (copied) to be hidden from now on; shorter than 4 bytes is ignored. */
void log_add_secret(const char *secret);
/* A copy of text (heap, caller frees) with every registered secret hidden. */
char *log_redact(const char *text);

/* Whether a line of progress can be shown: stderr is a terminal that moves its cursor, and people are to be told. */
bool log_can_show_progress(void);
/* Shows a line that the next one, and every line of the log, takes the place of; NULL takes it away. */
void log_progress(const char *text);

/*
 * Whether the next of many bad records is to be told, of which count were told before: a stream that is no stream would
 * fill somebody's mail. Says once that from now on they are only counted.
 */
bool log_tells_record(int64_t count);

void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* log_error of what err says. */
void log_failure(const struct error *err);

#endif
