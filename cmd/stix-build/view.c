/* SPDX-License-Identifier: Apache-2.0 */
#include "view.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "family.h"
#include "json-write.h"
#include "stix-id.h"
#include "text.h"

const char *const view_names[ATTRIBUTE_COUNT] = {
    VT_FILE_KEYS,
    [ATTRIBUTE_SHA1] = "sha1",
    [ATTRIBUTE_SHA256] = "sha256",
    [ATTRIBUTE_SSDEEP] = "ssdeep",
    [ATTRIBUTE_TLSH] = "tlsh",
    [ATTRIBUTE_MEANINGFUL_NAME] = "meaningful_name",
    [ATTRIBUTE_NAMES] = "names",
    [ATTRIBUTE_TYPE_DESCRIPTION] = "type_description",
    [ATTRIBUTE_EXIFTOOL] = "exiftool",
    [ATTRIBUTE_MALWARE_CONFIG] = "malware_config",
    [ATTRIBUTE_MALWARE_FAMILIES] = "malware_families",
    [ATTRIBUTE_YARA] = "crowdsourced_yara_results",
    [ATTRIBUTE_SIGMA] = "sigma_analysis_results",
    [ATTRIBUTE_IDS] = "crowdsourced_ids_results",
    [ATTRIBUTE_VHASH] = "vhash",
    [ATTRIBUTE_PE_INFO] = "pe_info",
    [ATTRIBUTE_LAST_ANALYSIS_DATE] = "last_analysis_date",
};

/* A hash of the right length in lower case into text[len + 1]; "" when it is none. */
static bool read_hash(struct json_slice value, size_t len, char *text)
{
	text[0] = '\0';
	if (json_type_of(value) != JSON_STRING || value.len != len + 2)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)value.text[i + 1];
		if (!isxdigit(c)) {
			text[0] = '\0';
			return false;
		}
		text[i] = (char)tolower(c);
	}
	text[len] = '\0';
	return true;
}

/* The platform identifies a file by its first hash in the order MD5, SHA-1, SHA-256 (opencti.md section 10). */
static void make_id(struct view *view)
{
	char hash[65];
	if (read_hash(view->attributes[ATTRIBUTE_MD5], 32, hash))
		stix_id_file_hash(view->id, "MD5", hash);
	else if (read_hash(view->attributes[ATTRIBUTE_SHA1], 40, hash))
		stix_id_file_hash(view->id, "SHA-1", hash);
	else
		stix_id_file_hash(view->id, "SHA-256", view->facts.sha256);
}

static bool take_name(struct view *view, struct json_slice value)
{
	struct buf raw, name;
	buf_init(&raw, BUF_UNBOUNDED);
	buf_init(&name, BUF_UNBOUNDED);
	bool is_good = false;
	if (json_string_append(value, &raw) == 0) {
		text_base_name(&name, raw.data, sizeof(view->name) - 1);
		is_good = text_name_is_telling(name.data);
		if (is_good)
			snprintf(view->name, sizeof(view->name), "%s", name.data);
	}
	buf_release(&raw);
	buf_release(&name);
	return is_good;
}

static void make_name(struct view *view)
{
	struct json_iter iter;
	struct json_slice value;
	if (take_name(view, view->attributes[ATTRIBUTE_MEANINGFUL_NAME]))
		return;
	json_iter_init(&iter, view->attributes[ATTRIBUTE_NAMES]);
	while (json_iter_next(&iter, NULL, &value)) {
		if (take_name(view, value))
			return;
	}
	snprintf(view->name, sizeof(view->name), "%s", view->facts.sha256);
}

static int read_members(struct view *view, struct json_slice id, struct json_slice attributes,
			struct json_slice relationships, struct error *err)
{
	if (vt_file_read_values(id, attributes, view->attributes, &view->facts, err))
		return -1;
	view->relationships = relationships;
	make_id(view);
	make_name(view);
	family_read(view);
	return 0;
}

int view_read_record(struct view *view, const struct record *record, struct error *err)
{
	return read_members(view, record->id, record->attributes, record->relationships, err);
}

int view_read(struct view *view, struct json_slice object, struct error *err)
{
	static const char *const keys[] = {"id", "attributes", "relationships"};
	struct json_slice members[3];
	json_members(object, keys, members, 3);
	json_members(members[1], view_names, view->attributes, ATTRIBUTE_COUNT);
	return read_members(view, members[0], members[1], members[2], err);
}

/* Of pe_info, which may be long, one member is mapped. */
static void write_pe_info(struct json_slice pe_info, struct json_writer *json)
{
	struct json_slice imphash;
	json_begin_object(json);
	if (json_member(pe_info, "imphash", &imphash)) {
		json_key(json, "imphash");
		json_put_raw(json, imphash.text, imphash.len);
	}
	json_end_object(json);
}

void view_write(const struct view *view, struct buf *out)
{
	struct json_writer json;
	json_writer_init(&json, out);
	json_begin_object(&json);
	json_member_string(&json, "id", view->facts.sha256);
	json_key(&json, "attributes");
	json_begin_object(&json);
	for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
		if (!view->attributes[i].len)
			continue;
		json_key(&json, view_names[i]);
		if (i == ATTRIBUTE_PE_INFO)
			write_pe_info(view->attributes[i], &json);
		else
			json_put_raw(&json, view->attributes[i].text, view->attributes[i].len);
	}
	json_end_object(&json);
	if (view->relationships.len) {
		json_key(&json, "relationships");
		json_put_raw(&json, view->relationships.text, view->relationships.len);
	}
	json_end_object(&json);
}

const char *view_family(const struct view *view)
{
	return view->family_count ? view->families[0].name : "";
}

void view_likeness(const struct view *view, enum cluster_kind kind, struct buf *out)
{
	struct json_slice imphash;
	switch (kind) {
	case CLUSTER_VHASH:
		view_text(view, ATTRIBUTE_VHASH, 200, out);
		break;
	case CLUSTER_IMPHASH:
		/* Not at the top level (virustotal.md section 5). */
		json_member(view->attributes[ATTRIBUTE_PE_INFO], "imphash", &imphash);
		text_clean_slice(out, imphash, 64);
		break;
	default:
		view_text(view, ATTRIBUTE_TLSH, 100, out);
		if (strcmp(out->data, "TNULL") == 0)
			buf_clear(out);
	}
}

void view_text(const struct view *view, enum attribute attribute, size_t max_len, struct buf *out)
{
	text_clean_slice(out, view->attributes[attribute], max_len);
}
