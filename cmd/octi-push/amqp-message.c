/* SPDX-License-Identifier: Apache-2.0 */
#include "amqp-message.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "exit-codes.h"
#include "json-write.h"
#include "xalloc.h"

/* The bundle of one object: the id of the whole, and the object as it came. */
static int write_bundle(struct bundle_spool *bundle, uint64_t number, struct buf *out, struct error *err)
{
	struct bundle_entry entry;
	struct json_slice head = bundle_spool_head(bundle);
	if (bundle_spool_entry(bundle, number, &entry, err) != 0)
		return -1;
	buf_add_char(out, '{');
	buf_add(out, head.text, head.len);
	buf_add_str(out, ",\"objects\":[");
	if (bundle_spool_text(bundle, &entry, out, err) != 0)
		return -1;
	buf_add_str(out, "]}");
	return 0;
}

static int add_base64(struct buf *out, const struct buf *bytes, struct error *err)
{
	size_t len = (bytes->len + 2) / 3 * 4;
	char *room = bytes->len < INT_MAX / 2 ? buf_reserve(out, len + 1) : NULL;
	if (!room)
		return error_set(err, EXIT_SOFTWARE, "a message grew over its bound");
	EVP_EncodeBlock((unsigned char *)room, (const unsigned char *)bytes->data, (int)bytes->len);
	out->len += len;
	out->data[out->len] = '\0';
	return 0;
}

static void write_rest(const struct amqp_message *message, struct buf *body)
{
	struct json_writer writer;
	json_writer_init(&writer, body);
	json_begin_object(&writer);
	json_member_string(&writer, "bundle_type", "QUEUE_BUNDLE");
	json_member_string(&writer, "applicant_id", message->applicant_id);
	json_member_int(&writer, "action_sequence", (int64_t)message->number + 1);
	json_key(&writer, "entities_types");
	json_begin_array(&writer);
	json_end_array(&writer);
	json_member_bool(&writer, "update", false);
	json_member_string(&writer, "draft_id", NULL);
	json_member_bool(&writer, "no_split", false);
	json_member_string(&writer, "work_id", message->work_id);
}

int amqp_message_write(struct bundle_spool *bundle, const struct amqp_message *message, struct buf *body,
		       struct error *err)
{
	struct buf content;
	buf_init(&content, BUF_UNBOUNDED);
	buf_clear(body);
	int result = write_bundle(bundle, message->number, &content, err);
	if (result == 0) {
		/* The content is the last member, so that it is encoded where it is needed. */
		write_rest(message, body);
		buf_add_str(body, ",\"content\":\"");
		result = add_base64(body, &content, err);
		buf_add_str(body, "\"}");
	}
	buf_release(&content);
	return result;
}
