/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile text. */
#include "../../cmd/stix-build/text.h"
#include "check.h"

static const char *cleaned(struct buf *out, const char *text, size_t max_len)
{
	buf_clear(out);
	text_clean(out, text, max_len);
	return out->data;
}

static void clean(struct buf *out)
{
	CHECK_TEXT(cleaned(out, "  a \t\r\n b  ", 99), "a b");
	CHECK_TEXT(cleaned(out,
			   "gpj.\xE2\x80\xAE"
			   "exe",
			   99),
		   "gpj.exe");
	CHECK_TEXT(cleaned(out, "a\xC2\x85z\x1B[31m\x07", 99), "a z [31m");
	CHECK_TEXT(cleaned(out, "\xEF\xBB\xBFx\xE2\x80\x8Bx", 99), "xx");
	/* Never half a character, never more bytes than allowed. */
	CHECK_TEXT(cleaned(out, "\xC3\xA4\xC3\xB6\xC3\xBC", 5), "\xC3\xA4\xC3\xB6");
	CHECK_TEXT(cleaned(out, "a b", 2), "a");
	CHECK_TEXT(cleaned(out, "", 9), "");
	CHECK(strstr(cleaned(out, "bad \xFF\xC3 bytes", 99), "bytes") != NULL);
}

static void base_names(struct buf *out)
{
	static const struct {
		const char *name, *base;
	} rows[] = {
	    {"C:\\Users\\x\\invoice.exe", "invoice.exe"},
	    {"/tmp/a/b.sh", "b.sh"},
	    {"..\\../mixed\\c.dll", "c.dll"},
	    {"folder/", "folder/"},
	    {"plain", "plain"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(out);
		text_base_name(out, rows[i].name, 99);
		CHECK_TEXT(out->data, rows[i].base);
	}
}

static void telling_names(void)
{
	static const char *const telling[] = {"setup.exe", "\xD0\xB0\xD0\xB1.doc", "x7", "report 2026.pdf",
					      "7z2301-x64.exe"};
	static const char *const others[] = {
	    "",
	    "x",
	    "d41d8cd98f00b204e9800998ecf8427e",
	    "VirusShare_d41d8cd98f00b204e9800998ecf8427e.exe",
	    "http://example.com/a.exe",
	    "http%3A%2F%2Fexample.com",
	    "tmp3fa9.bin",
	    "a9f3.tmp",
	    "~$letter.docx",
	    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg==",
	    "\xEF\xBF\xBD\xEF\xBF\xBD.exe",
	    "...",
	};
	for (size_t i = 0; i < sizeof(telling) / sizeof(*telling); i++) {
		if (!CHECK(text_name_is_telling(telling[i])))
			fprintf(stderr, "  %s\n", telling[i]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (!CHECK(!text_name_is_telling(others[i])))
			fprintf(stderr, "  %s\n", others[i]);
	}
}

static void markup(struct buf *out)
{
	buf_clear(out);
	text_html(out, "<a href=\"x\" onclick='y'>&amp;</a>\n");
	CHECK_TEXT(out->data, "&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt; ");
	buf_clear(out);
	text_markdown(out, "[x](http://e/) **b** <i> `c`|");
	CHECK_TEXT(out->data, "\\[x\\](http\\[:\\]//e/) \\*\\*b\\*\\* &lt;i&gt; \\`c\\`\\|");
	buf_clear(out);
	text_markdown(out, "1. WWW.a.b a@b.c #x -y");
	CHECK_TEXT(out->data, "1\\. www\\[.\\]a.b a\\[@\\]b.c #x -y");
	buf_clear(out);
	text_markdown(out, "- 2026-11-23");
	CHECK_TEXT(out->data, "\\- 2026-11-23");
	buf_clear(out);
	text_code(out, "");
	CHECK_TEXT(out->data, "");
	text_code(out, "a`b <i>\n*c*");
	CHECK_TEXT(out->data, "`a'b <i> *c*`");
	buf_clear(out);
	text_defanged(out, "https://evil.example.com/a.b");
	CHECK_TEXT(out->data, "hxxps://evil[.]example[.]com/a[.]b");
}

int main(void)
{
	struct buf out;
	buf_init(&out, BUF_UNBOUNDED);
	clean(&out);
	base_names(&out);
	telling_names();
	markup(&out);
	buf_release(&out);
	return check_result();
}
