/* SPDX-License-Identifier: Apache-2.0 */
#include "amqp-link.h"

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amqp-tls.h"
#include "exit-codes.h"

#define CHANNEL      1
#define CONNECT_S    15
#define ANSWER_S     60
#define HEARTBEAT_S  10
#define TAG_TEXT_MAX 24

static int fail(struct error *err, const char *what, int status)
{
	return error_set(err, EXIT_UNAVAILABLE, "amqp: %s: %s", what, amqp_error_string2(status));
}

/* What the server said when it closed the connection or the channel. */
static int closed_by_server(const amqp_method_t *method, const char *what, struct error *err)
{
	int code = 0;
	amqp_bytes_t text = amqp_empty_bytes;
	if (method->id == AMQP_CONNECTION_CLOSE_METHOD) {
		const amqp_connection_close_t *closing = method->decoded;
		code = closing->reply_code;
		text = closing->reply_text;
	} else if (method->id == AMQP_CHANNEL_CLOSE_METHOD) {
		const amqp_channel_close_t *closing = method->decoded;
		code = closing->reply_code;
		text = closing->reply_text;
	}
	/* AMQP 0-9-1 section 1.2: 403 is "access refused"; "not allowed" is a virtual host that is not ours. */
	int status = code == AMQP_ACCESS_REFUSED || code == AMQP_NOT_ALLOWED ? EXIT_REFUSED : EXIT_UNAVAILABLE;
	return error_set(err, status, "amqp: %s: the server closed the connection: %d %.*s", what, code, (int)text.len,
			 text.len ? (const char *)text.bytes : "");
}

static int check_reply(amqp_rpc_reply_t reply, const char *what, struct error *err)
{
	switch (reply.reply_type) {
	case AMQP_RESPONSE_NORMAL:
		return 0;
	case AMQP_RESPONSE_SERVER_EXCEPTION:
		return closed_by_server(&reply.reply, what, err);
	case AMQP_RESPONSE_LIBRARY_EXCEPTION:
		return fail(err, what, reply.library_error);
	case AMQP_RESPONSE_NONE:
		break;
	}
	return fail(err, what, AMQP_STATUS_UNEXPECTED_STATE);
}

static int connect_socket(amqp_connection_state_t state, const struct amqp_target *target, struct error *err)
{
	const struct timeval patience = {CONNECT_S, 0};
	amqp_socket_t *socket = target->use_tls ? amqp_ssl_socket_new(state) : amqp_tcp_socket_new(state);
	if (!socket)
		return fail(err, "socket", AMQP_STATUS_NO_MEMORY);
	if (target->use_tls && amqp_tls_set_up(socket, target, err) != 0)
		return -1;
	int status = amqp_socket_open_noblock(socket, target->host, target->port, &patience);
	if (status == AMQP_STATUS_OK)
		return 0;
	fail(err, "connect", status);
	/* A certificate does not become better by another try. */
	if (err && (status == AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED || status == AMQP_STATUS_SSL_PEER_VERIFY_FAILED))
		err->status = EXIT_CONFIG;
	return error_prefix(err, "%s:%d", target->host, target->port);
}

/* What we understand beyond the standard; without the first a server that is short of memory just reads no more. */
static amqp_table_t client_properties(amqp_table_entry_t *property, amqp_table_entry_t *capabilities)
{
	static const char *const names[] = {"connection.blocked", "publisher_confirms", "basic.nack"};
	for (size_t i = 0; i < 3; i++) {
		capabilities[i].key = amqp_cstring_bytes(names[i]);
		capabilities[i].value.kind = AMQP_FIELD_KIND_BOOLEAN;
		capabilities[i].value.value.boolean = 1;
	}
	property->key = amqp_cstring_bytes("capabilities");
	property->value.kind = AMQP_FIELD_KIND_TABLE;
	property->value.value.table = (amqp_table_t){3, capabilities};
	return (amqp_table_t){1, property};
}

static int log_in(amqp_connection_state_t state, const struct amqp_target *target, struct error *err)
{
	amqp_table_entry_t property, capabilities[3];
	amqp_table_t properties = client_properties(&property, capabilities);
	amqp_rpc_reply_t reply = amqp_login_with_properties(state, target->vhost, AMQP_DEFAULT_MAX_CHANNELS,
							    AMQP_DEFAULT_FRAME_SIZE, HEARTBEAT_S, &properties,
							    AMQP_SASL_METHOD_PLAIN, target->user, target->password);
	if (check_reply(reply, "login", err) != 0)
		return -1;
	amqp_channel_open(state, CHANNEL);
	if (check_reply(amqp_get_rpc_reply(state), "channel", err) != 0)
		return -1;
	amqp_confirm_select(state, CHANNEL);
	return check_reply(amqp_get_rpc_reply(state), "confirms", err);
}

int amqp_link_open(struct amqp_link *link, const struct amqp_target *target, struct error *err)
{
	const struct timeval patience = {ANSWER_S, 0}, handshake = {CONNECT_S, 0};
	*link = (struct amqp_link){0};
	amqp_connection_state_t state = amqp_new_connection();
	if (!state)
		return fail(err, "connection", AMQP_STATUS_NO_MEMORY);
	link->state = state;
	amqp_set_handshake_timeout(state, &handshake);
	amqp_set_rpc_timeout(state, &patience);
	if (connect_socket(state, target, err) == 0 && log_in(state, target, err) == 0)
		return 0;
	amqp_destroy_connection(state);
	link->state = NULL;
	return -1;
}

void amqp_link_close(struct amqp_link *link)
{
	if (!link->state)
		return;
	const struct timeval patience = {1, 0};
	amqp_set_rpc_timeout(link->state, &patience);
	amqp_connection_close(link->state, AMQP_REPLY_SUCCESS);
	amqp_destroy_connection(link->state);
	link->state = NULL;
}

int amqp_link_publish(struct amqp_link *link, const char *exchange, const char *routing_key, const char *body,
		      size_t len, uint64_t *tag, struct error *err)
{
	char tag_text[TAG_TEXT_MAX];
	*tag = link->published + 1;
	/* A returned message comes with its properties, but without its tag. */
	snprintf(tag_text, sizeof tag_text, "%llu", (unsigned long long)*tag);
	amqp_basic_properties_t properties = {
	    ._flags = AMQP_BASIC_CONTENT_ENCODING_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG,
	    .content_encoding = amqp_cstring_bytes("utf-8"),
	    .delivery_mode = AMQP_DELIVERY_PERSISTENT,
	    .message_id = amqp_cstring_bytes(tag_text),
	};
	amqp_bytes_t bytes = {len, (void *)(uintptr_t)body};
	int status = amqp_basic_publish(link->state, CHANNEL, amqp_cstring_bytes(exchange),
					amqp_cstring_bytes(routing_key), 1, 0, &properties, bytes);
	if (status != AMQP_STATUS_OK)
		return fail(err, "publish", status);
	link->published++;
	return 0;
}

/* The content of the returned message follows; its id is our tag. */
static int read_return(struct amqp_link *link, struct amqp_event *event, struct error *err)
{
	amqp_message_t message;
	amqp_rpc_reply_t reply = amqp_read_message(link->state, CHANNEL, &message, 0);
	if (check_reply(reply, "returned message", err) != 0)
		return -1;
	char text[TAG_TEXT_MAX] = "";
	amqp_bytes_t id = message.properties.message_id;
	if ((message.properties._flags & AMQP_BASIC_MESSAGE_ID_FLAG) && id.len < sizeof text)
		memcpy(text, id.bytes, id.len);
	amqp_destroy_message(&message);
	event->kind = AMQP_RETURNED;
	event->tag = strtoull(text, NULL, 10);
	return 0;
}

static int answer_flow(struct amqp_link *link, const amqp_channel_flow_t *flow, struct error *err)
{
	amqp_channel_flow_ok_t answer = {.active = flow->active};
	link->blocked = !flow->active;
	int status = amqp_send_method(link->state, CHANNEL, AMQP_CHANNEL_FLOW_OK_METHOD, &answer);
	return status == AMQP_STATUS_OK ? 0 : fail(err, "flow", status);
}

static int take_method(struct amqp_link *link, const amqp_method_t *method, struct amqp_event *event, struct error *err)
{
	if (method->id == AMQP_BASIC_ACK_METHOD) {
		const amqp_basic_ack_t *ack = method->decoded;
		*event = (struct amqp_event){AMQP_ACKED, ack->delivery_tag, ack->multiple};
	} else if (method->id == AMQP_BASIC_NACK_METHOD) {
		const amqp_basic_nack_t *nack = method->decoded;
		*event = (struct amqp_event){AMQP_NACKED, nack->delivery_tag, nack->multiple};
	} else if (method->id == AMQP_BASIC_RETURN_METHOD) {
		return read_return(link, event, err);
	} else if (method->id == AMQP_CONNECTION_BLOCKED_METHOD) {
		link->blocked = true;
	} else if (method->id == AMQP_CONNECTION_UNBLOCKED_METHOD) {
		link->blocked = false;
	} else if (method->id == AMQP_CHANNEL_FLOW_METHOD) {
		return answer_flow(link, method->decoded, err);
	} else if (method->id == AMQP_CONNECTION_CLOSE_METHOD || method->id == AMQP_CHANNEL_CLOSE_METHOD) {
		return closed_by_server(method, "publish", err);
	}
	return 0;
}

int amqp_link_wait(struct amqp_link *link, int timeout_ms, struct amqp_event *event, struct error *err)
{
	amqp_frame_t frame;
	struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
	*event = (struct amqp_event){0};
	amqp_maybe_release_buffers(link->state);
	int status = amqp_simple_wait_frame_noblock(link->state, &frame, &timeout);
	if (status == AMQP_STATUS_TIMEOUT)
		return 0;
	if (status != AMQP_STATUS_OK)
		return fail(err, "wait", status);
	return frame.frame_type == AMQP_FRAME_METHOD ? take_method(link, &frame.payload.method, event, err) : 0;
}
