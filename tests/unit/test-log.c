/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in log lines, in every spelling that a library or a service may give them back in. */
#include <stdlib.h>

#include "check.h"
#include "log.h"

static void check_hidden(const char *text, const char *want)
{
	char *got = log_redact(text);
	CHECK_TEXT(got, want);
	free(got);
}

int main(void)
{
	log_add_secret("s3cret/key+1");
	log_add_secret("0123456789abcdef");
	log_add_secret("abc"); /* too short to be one: it would hide words */
	check_hidden("nothing here, abc", "nothing here, abc");
	check_hidden("x-apikey: 0123456789abcdef\n", "x-apikey: ***\n");
	check_hidden("0123456789abcdef0123456789abcdef", "******");
	check_hidden("key=s3cret/key+1&x", "key=***&x");
	check_hidden("key=s3cret%2Fkey%2B1&x", "key=***&x");
	check_hidden("{\"key\":\"s3cret\\/key+1\"}", "{\"key\":\"***\"}");
	check_hidden("basic czNjcmV0L2tleSsx end", "basic *** end");
	return check_result();
}
