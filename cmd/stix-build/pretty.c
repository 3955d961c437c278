/* SPDX-License-Identifier: Apache-2.0 */
#include "pretty.h"

static void new_line(struct pretty *pretty, struct buf *out)
{
	buf_add_char(out, '\n');
	for (unsigned i = 0; i < pretty->depth; i++)
		buf_add_str(out, "  ");
	pretty->after_open = false;
}

static void put_in_string(struct pretty *pretty, struct buf *out, char c)
{
	buf_add_char(out, c);
	if (pretty->is_escaped)
		pretty->is_escaped = false;
	else if (c == '\\')
		pretty->is_escaped = true;
	else if (c == '"')
		pretty->in_string = false;
}

static void put_token(struct pretty *pretty, struct buf *out, char c)
{
	bool ends = c == '}' || c == ']';
	if (ends)
		pretty->depth--;
	/* An empty container stays on its line. */
	if (ends != pretty->after_open)
		new_line(pretty, out);
	pretty->after_open = false;
	buf_add_char(out, c);
	pretty->in_string = c == '"';
	if (c == '{' || c == '[') {
		pretty->depth++;
		pretty->after_open = true;
	}
}

void pretty_append(struct pretty *pretty, struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (pretty->in_string) {
			put_in_string(pretty, out, c);
		} else if (c == ',') {
			buf_add_char(out, c);
			new_line(pretty, out);
		} else if (c == ':') {
			buf_add_str(out, ": ");
		} else if (c != ' ' && c != '\n') {
			put_token(pretty, out, c);
		}
	}
}
