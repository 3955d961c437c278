/* SPDX-License-Identifier: Apache-2.0 */
#include "allowlist.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit-codes.h"
#include "xalloc.h"

/* Made from config/allowlist when the programs are built. */
extern const char allowlist_default[];

#define HOST_MAX 255

/* An address or network; IPv4 as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2). */
struct network {
	unsigned char address[16];
	unsigned bits;
};

struct allowlist {
	char **names; /* lower case, sorted; a leading dot means everything below it too */
	size_t name_count;
	struct network *networks;
	size_t network_count;
};

/* IANA's special-purpose registries (RFC 6890 and its updates), multicast (RFC 5771, RFC 4291). */
static const char *const reserved_networks[] = {
    "0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",   "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",  "240.0.0.0/4",    "::/128",         "::1/128",        "64:ff9b:1::/48",
    "100::/64",       "2001::/23",    "2001:db8::/32",  "3fff::/20",      "5f00::/16",      "fc00::/7",
    "fe80::/10",      "fec0::/10",    "ff00::/8",
};

/* Names that never leave a host or a network, and those that addresses are looked up by; sorted. */
static const char *const reserved_names[] = {
    ".arpa",      /* RFC 3172, home.arpa: RFC 8375 */
    ".internal",  /* reserved by ICANN in 2024 */
    ".invalid",   /* RFC 6761 */
    ".local",     /* RFC 6762 */
    ".localhost", /* RFC 6761 */
    ".test",      /* RFC 6761 */
    "isatap",     /* RFC 5214 */
    "wpad",       /* looked for in every domain */
};

static bool parse_address(const char *text, unsigned char *address, bool *is_v4)
{
	static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
	*is_v4 = inet_pton(AF_INET, text, address + 12) == 1;
	if (!*is_v4)
		return inet_pton(AF_INET6, text, address) == 1;
	memcpy(address, mapped, sizeof(mapped));
	return true;
}

static bool parse_network(const char *text, struct network *network)
{
	char address[64];
	bool is_v4;
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (!parse_address(address, network->address, &is_v4))
		return false;
	network->bits = 128;
	if (!slash)
		return true;
	char *end;
	unsigned long bits = strtoul(slash + 1, &end, 10);
	if (!isdigit((unsigned char)slash[1]) || *end || bits > (is_v4 ? 32 : 128))
		return false;
	network->bits = (unsigned)bits + (is_v4 ? 96 : 0);
	return true;
}

static bool is_inside(const unsigned char *address, const struct network *network)
{
	unsigned bytes = network->bits / 8, rest = network->bits % 8;
	if (memcmp(address, network->address, bytes) != 0)
		return false;
	return rest == 0 || (address[bytes] ^ network->address[bytes]) >> (8 - rest) == 0;
}

static bool is_name(const char *text)
{
	for (; *text; text++) {
		if (!isalnum((unsigned char)*text) && !strchr(".-_", *text) && (unsigned char)*text < 0x80)
			return false;
	}
	return true;
}

/* One line of the list. False when it is neither a name nor a network. */
static bool add_entry(struct allowlist *list, char *line)
{
	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t\r");
	size_t len = strlen(line);
	while (len && strchr(" \t\r", line[len - 1]))
		line[--len] = '\0';
	if (len == 0)
		return true;
	struct network network;
	if (parse_network(line, &network)) {
		list->networks = xreallocarray(list->networks, list->network_count + 1, sizeof(*list->networks));
		list->networks[list->network_count++] = network;
		return true;
	}
	if (len > HOST_MAX || strchr(line, '/') || !is_name(line))
		return false;
	for (char *c = line; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	list->names = xreallocarray(list->names, list->name_count + 1, sizeof(*list->names));
	list->names[list->name_count++] = xstrdup(line);
	return true;
}

static int add_all(struct allowlist *list, char *text, const char *path, struct error *err)
{
	size_t number = 0;
	for (char *line; (line = strsep(&text, "\n"));) {
		number++;
		if (!add_entry(list, line))
			return error_set(err, EXIT_CONFIG, "%s:%zu: neither a host name nor an address or network",
					 path, number);
	}
	return 0;
}

static char *read_file(const char *path, struct error *err)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = fopen(path, "re");
	/* A NUL does not occur in a text file, so this reads the whole. */
	if (!stream || (errno = 0, getdelim(&text, &size, '\0', stream) < 0 && ferror(stream))) {
		error_set_errno(err, EXIT_CONFIG, "cannot read the allow-list \"%s\"", path);
		free(text);
		text = NULL;
	} else if (!text) {
		text = xstrdup("");
	}
	if (stream)
		fclose(stream);
	return text;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct allowlist *allowlist_new(const char *path, struct error *err)
{
	char *text = path ? read_file(path, err) : xstrdup(allowlist_default);
	if (!text)
		return NULL;
	struct allowlist *list = xcalloc(1, sizeof(*list));
	int failed = add_all(list, text, path ? path : "config/allowlist", err);
	if (list->name_count)
		qsort(list->names, list->name_count, sizeof(*list->names), compare_names);
	if (failed) {
		allowlist_free(list);
		list = NULL;
	}
	free(text);
	return list;
}

void allowlist_free(struct allowlist *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->name_count; i++)
		free(list->names[i]);
	free(list->names);
	free(list->networks);
	free(list);
}

static bool is_reserved(const unsigned char *address)
{
	for (size_t i = 0; i < sizeof(reserved_networks) / sizeof(*reserved_networks); i++) {
		struct network network;
		if (parse_network(reserved_networks[i], &network) && is_inside(address, &network))
			return true;
	}
	return false;
}

static bool has_name(const char *const *names, size_t count, const char *name)
{
	return count && bsearch(&name, names, count, sizeof(*names), compare_names);
}

/* The name itself, or ".name" for it or for anything that it lies below. */
static bool is_listed(const char *const *names, size_t count, const char *host)
{
	char dotted[HOST_MAX + 2];
	snprintf(dotted, sizeof(dotted), ".%s", host);
	if (has_name(names, count, host))
		return true;
	for (const char *at = dotted; at; at = strchr(at + 1, '.')) {
		if (has_name(names, count, at))
			return true;
	}
	return false;
}

enum allowlist_verdict allowlist_check(const struct allowlist *list, const char *host)
{
	char name[HOST_MAX + 1];
	unsigned char address[16];
	bool is_v4;
	size_t len = strlen(host);
	if (len && host[len - 1] == '.')
		len--;
	if (len == 0 || len > HOST_MAX)
		return ALLOWLIST_UNKNOWN;
	for (size_t i = 0; i < len; i++)
		name[i] = (char)tolower((unsigned char)host[i]);
	name[len] = '\0';
	if (parse_address(name, address, &is_v4)) {
		if (is_reserved(address))
			return ALLOWLIST_RESERVED;
		for (size_t i = 0; i < list->network_count; i++) {
			if (is_inside(address, &list->networks[i]))
				return ALLOWLIST_BENIGN;
		}
		return ALLOWLIST_UNKNOWN;
	}
	if (is_listed(reserved_names, sizeof(reserved_names) / sizeof(*reserved_names), name))
		return ALLOWLIST_RESERVED;
	return is_listed((const char *const *)list->names, list->name_count, name) ? ALLOWLIST_BENIGN
										   : ALLOWLIST_UNKNOWN;
}

enum allowlist_verdict allowlist_check_url(const struct allowlist *list, const char *url)
{
	char host[HOST_MAX + 1];
	const char *begin = strstr(url, "://");
	begin = begin ? begin + 3 : url;
	size_t authority_len = strcspn(begin, "/?#\\");
	/* Everything up to the last @ is user and password. */
	for (size_t i = authority_len; i > 0; i--) {
		if (begin[i - 1] == '@') {
			begin += i;
			authority_len -= i;
			break;
		}
	}
	size_t len;
	if (*begin == '[') {
		begin++;
		len = strcspn(begin, "]");
	} else {
		len = strcspn(begin, ":");
	}
	if (len > authority_len)
		len = authority_len;
	if (len == 0 || len > HOST_MAX)
		return ALLOWLIST_UNKNOWN;
	memcpy(host, begin, len);
	host[len] = '\0';
	return allowlist_check(list, host);
}
