/* SPDX-License-Identifier: Apache-2.0 */
/* Times as seconds since 1970 UTC and as RFC 3339 text. */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define TIMESTAMP_TEXT_MAX 32

int64_t timestamp_now(void);
/*
 * RFC 3339 with any offset ("2026-11-23T13:00:00Z", "…+11:00"; a fraction is cut off), to seconds. Years 1970 to 9999,
 * real dates only. -1 and err on anything else.
 */
int timestamp_parse(const char *text, int64_t *epoch, struct error *err);
/* The same, or a bare date YYYY-MM-DD: that local day's first existing instant (TZ). */
int timestamp_parse_or_date(const char *text, int64_t *epoch, struct error *err);
/* The first existing instant of a local day (TZ): midnight may not exist. Day and month may lie outside the calendar.
 */
int64_t timestamp_local_midnight(int year, int month, int day);
/* "2026-11-23T13:00:00Z" into text[TIMESTAMP_TEXT_MAX]; returns text. */
char *timestamp_format(int64_t epoch, char *text);
/* "2026-11-23T13:00:00.000Z", the form that OpenCTI hashes into ids. */
char *timestamp_format_ms(int64_t epoch, char *text);
/* "2026-11-23T13:00:00": VirusTotal's form, which knows no zone designator (virustotal.md section 3.1). */
char *timestamp_format_vt(int64_t epoch, char *text);
/* The form of HTTP's Date and Retry-After ("Sun, 06 Nov 1994 08:49:37 GMT"). */
int timestamp_parse_http(const char *text, int64_t *epoch);

#endif
