/* SPDX-License-Identifier: Apache-2.0 */
/* URLs: what stays, what is encoded, what is none. */
#include "../../cmd/stix-build/uri.h"
#include "check.h"

static void check_uri(const char *text, const char *want)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	bool is_good = uri_append(&out, text);
	if (want)
		CHECK_TEXT(out.data, want);
	CHECK(is_good == (want != NULL));
	buf_release(&out);
}

int main(void)
{
	check_uri("http://example.com/a?b=c#d", "http://example.com/a?b=c#d");
	check_uri("HTTP://EXAMPLE.com:80/A/../b", "HTTP://EXAMPLE.com:80/A/../b");
	check_uri("http://user:pass@c1.example/a b|c{}", "http://user:pass@c1.example/a%20b%7Cc%7B%7D");
	check_uri("http://a@b@c.example/", "http://a%40b@c.example/");
	check_uri("http://[2a02:6b8::feed:ff]:8080/x", "http://[2a02:6b8::feed:ff]:8080/x");
	check_uri("http://[2a02:6b8::feed:ff/x", NULL);
	check_uri("http://[evil]/x", NULL);
	check_uri("http://e.example/[x]", "http://e.example/%5Bx%5D");
	check_uri("http://e.example/\xD0\xBF?q=<b>\"", "http://e.example/%D0%BF?q=%3Cb%3E%22");
	check_uri("http://b\xC3\xBC"
		  "cher.example/",
		  "http://b%C3%BCcher.example/");
	check_uri("http://e.example/100%/%41%zz", "http://e.example/100%25/%41%25zz");
	check_uri("http://e.example/#a#b", "http://e.example/#a%23b");
	check_uri("http://e.example/\x01\t\x7F", "http://e.example/%01%09%7F");
	check_uri("http://e.example:99x/", NULL);
	check_uri("http://e.example:/", "http://e.example:/");
	check_uri("http:///path", NULL);
	check_uri("http://?x", NULL);
	check_uri("mailto:a@b.example", "mailto:a@b.example");
	check_uri("e.example/x", NULL);
	check_uri("http:", NULL);
	check_uri("", NULL);
	return check_result();
}
