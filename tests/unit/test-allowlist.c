/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped allow-list, the reserved networks, and the hosts of URLs. */
#include <stdlib.h>
#include <unistd.h>

#include "allowlist.h"
#include "check.h"

static const struct {
	const char *host;
	enum allowlist_verdict verdict;
} hosts[] = {
    {"evil.example.org", ALLOWLIST_UNKNOWN},
    {"ctldl.windowsupdate.com", ALLOWLIST_BENIGN},
    {"CTLDL.WindowsUpdate.com.", ALLOWLIST_BENIGN},
    {"windowsupdate.com", ALLOWLIST_BENIGN},
    {"evilwindowsupdate.com", ALLOWLIST_UNKNOWN},
    {"windowsupdate.com.evil.org", ALLOWLIST_UNKNOWN},
    {"time.windows.com", ALLOWLIST_BENIGN},
    {"a.time.windows.com", ALLOWLIST_UNKNOWN},
    {"a.b.digicert.com", ALLOWLIST_BENIGN},
    {"localhost", ALLOWLIST_RESERVED},
    {"printer.local", ALLOWLIST_RESERVED},
    {"5.0.0.10.in-addr.arpa", ALLOWLIST_RESERVED},
    {"wpad", ALLOWLIST_RESERVED},
    {"wpad.example.org", ALLOWLIST_UNKNOWN},
    {"local.example.org", ALLOWLIST_UNKNOWN},
    {"abcdefghijklmnop.onion", ALLOWLIST_UNKNOWN},
    {"github.com", ALLOWLIST_UNKNOWN},
    {".", ALLOWLIST_UNKNOWN},
    {"8.8.8.8", ALLOWLIST_BENIGN},
    {"4.2.2.2", ALLOWLIST_BENIGN},
    {"4.2.2.8", ALLOWLIST_UNKNOWN},
    {"2001:4860:4860:0:0:0:0:8888", ALLOWLIST_BENIGN},
    {"8.8.8.9", ALLOWLIST_UNKNOWN},
    {"10.1.2.3", ALLOWLIST_RESERVED},
    {"172.16.0.1", ALLOWLIST_RESERVED},
    {"172.32.0.1", ALLOWLIST_UNKNOWN},
    {"192.168.255.255", ALLOWLIST_RESERVED},
    {"100.64.0.1", ALLOWLIST_RESERVED},
    {"127.0.0.1", ALLOWLIST_RESERVED},
    {"169.254.1.1", ALLOWLIST_RESERVED},
    {"224.0.0.251", ALLOWLIST_RESERVED},
    {"239.255.255.250", ALLOWLIST_RESERVED},
    {"255.255.255.255", ALLOWLIST_RESERVED},
    {"0.0.0.0", ALLOWLIST_RESERVED},
    {"::1", ALLOWLIST_RESERVED},
    {"fe80::1", ALLOWLIST_RESERVED},
    {"fd00::1", ALLOWLIST_RESERVED},
    {"ff02::fb", ALLOWLIST_RESERVED},
    {"2a00:1450:4001::1", ALLOWLIST_UNKNOWN},
};

static const struct {
	const char *url;
	enum allowlist_verdict verdict;
} urls[] = {
    {"http://ctldl.windowsupdate.com/msdownload", ALLOWLIST_BENIGN},
    {"http://user@ctldl.windowsupdate.com:80/", ALLOWLIST_BENIGN},
    {"http://ctldl.windowsupdate.com@evil.org/", ALLOWLIST_UNKNOWN},
    {"http://evil.org/ctldl.windowsupdate.com", ALLOWLIST_UNKNOWN},
    {"http://192.168.1.1:8080/x", ALLOWLIST_RESERVED},
    {"http://[fe80::1]/x", ALLOWLIST_RESERVED},
    {"http://203.0.114.1?x", ALLOWLIST_UNKNOWN},
    {"no url", ALLOWLIST_UNKNOWN},
};

/* Exact names, suffixes and networks of a list of one's own, comments, letter case; and where a fault is. */
static void own_list(void)
{
	static const char text[] =
	    "# a comment\n\n  Exact.Example  # so\n.suffix.example\r\n45.155.204.0/24\n2a02:6b8::/32\n";
	static const char bad[] = "good.example\nhttp://not/a/name\n";
	char path[] = "/tmp/test-allowlist-XXXXXX";
	struct error err;
	int fd = mkstemp(path);
	CHECK(write(fd, text, sizeof(text) - 1) == sizeof(text) - 1);
	struct allowlist *list = allowlist_new(path, &err);
	if (CHECK(list != NULL)) {
		CHECK_INT(allowlist_check(list, "exact.example"), ALLOWLIST_BENIGN);
		CHECK_INT(allowlist_check(list, "below.exact.example"), ALLOWLIST_UNKNOWN);
		CHECK_INT(allowlist_check(list, "SUFFIX.example"), ALLOWLIST_BENIGN);
		CHECK_INT(allowlist_check(list, "a.b.suffix.example."), ALLOWLIST_BENIGN);
		CHECK_INT(allowlist_check(list, "asuffix.example"), ALLOWLIST_UNKNOWN);
		CHECK_INT(allowlist_check(list, "45.155.204.255"), ALLOWLIST_BENIGN);
		CHECK_INT(allowlist_check(list, "45.155.205.0"), ALLOWLIST_UNKNOWN);
		CHECK_INT(allowlist_check(list, "2a02:6b8::feed:ff"), ALLOWLIST_BENIGN);
		/* It takes the place of the shipped one; reserved is reserved all the same. */
		CHECK_INT(allowlist_check(list, "8.8.8.8"), ALLOWLIST_UNKNOWN);
		CHECK_INT(allowlist_check(list, "10.0.0.1"), ALLOWLIST_RESERVED);
		allowlist_free(list);
	}
	CHECK(ftruncate(fd, 0) == 0 && pwrite(fd, bad, sizeof(bad) - 1, 0) == sizeof(bad) - 1);
	CHECK(!allowlist_new(path, &err) && strstr(err.text, ":2: neither a host name"));
	close(fd);
	unlink(path);
}

int main(void)
{
	struct error err;
	struct allowlist *list = allowlist_new(NULL, &err);
	if (!CHECK(list != NULL))
		return check_result();
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		if (!CHECK_INT(allowlist_check(list, hosts[i].host), hosts[i].verdict))
			fprintf(stderr, "  %s\n", hosts[i].host);
	}
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		if (!CHECK_INT(allowlist_check_url(list, urls[i].url), urls[i].verdict))
			fprintf(stderr, "  %s\n", urls[i].url);
	}
	allowlist_free(list);
	own_list();
	CHECK(!allowlist_new("/nonexistent/list", &err));
	return check_result();
}
