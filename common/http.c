/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exit-codes.h"
#include "http-internal.h"
#include "log.h"
#include "stop.h"
#include "xalloc.h"

#define REDIRECTS_MAX 5
#define BODY_MAX      ((size_t)64 << 20)

int64_t http_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static char *copy_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static char **copy_list(const char *const *list)
{
	size_t count = 0;
	while (list && list[count])
		count++;
	char **copy = xcalloc(count + 1, sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = xstrdup(list[i]);
	return copy;
}

/* OpenSSL's own variable, which libcurl does not look at. */
static const char *default_ca_path(void)
{
	const char *path = getenv("SSL_CERT_FILE");
	return path && *path ? path : NULL;
}

struct http_client *http_new(const struct http_options *options, struct error *err)
{
	static bool is_ready;
	if (!is_ready && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		error_set(err, EXIT_SOFTWARE, "libcurl cannot be initialised");
		return NULL;
	}
	is_ready = true;
	if (http_check_base(options, err))
		return NULL;
	struct http_client *client = xcalloc(1, sizeof(*client));
	client->options = *options;
	client->base_url = xstrdup(options->base_url);
	client->user_agent = xstrdup(options->user_agent ? options->user_agent : "vt-country-report/" VERSION);
	client->secret_header = copy_or_null(options->secret_header);
	client->headers = copy_list(options->headers);
	client->ca_path = copy_or_null(options->ca_path ? options->ca_path : default_ca_path());
	client->ca_extra_pem = copy_or_null(options->ca_extra_pem);
	client->multi = curl_multi_init();
	client->queue_end = &client->queue;
	client->random = (uint64_t)http_now_ms() * 2654435761u + (uint64_t)(uintptr_t)client + 1;
	if (options->max_active <= 0)
		client->options.max_active = 1;
	http_pace_init(&client->pace, options->requests_per_minute);
	curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)client->options.max_active + 4);
	return client;
}

static void free_request(struct http_request *request)
{
	http_transfer_release(request);
	buf_release(&request->response.body);
	curl_slist_free_all(request->headers);
	if (!request->call.body_is_borrowed)
		free(request->body);
	free(request->method);
	free(request->url);
	free(request->location);
	free(request);
}

void http_cancel_all(struct http_client *client)
{
	struct http_request *const lists[] = {client->queue, client->active};
	client->queue = client->active = NULL;
	client->queue_end = &client->queue;
	client->queued_count = client->active_count = 0;
	for (size_t i = 0; i < 2; i++) {
		for (struct http_request *request = lists[i], *next; request; request = next) {
			next = request->next;
			free_request(request);
		}
	}
}

void http_free(struct http_client *client)
{
	if (!client)
		return;
	http_cancel_all(client);
	curl_multi_cleanup(client->multi);
	for (char **header = client->headers; *header; header++)
		free(*header);
	free(client->headers);
	free(client->base_url);
	free(client->user_agent);
	free(client->secret_header);
	free(client->ca_path);
	free(client->ca_extra_pem);
	http_pace_release(&client->pace);
	free(client);
}

static void enqueue(struct http_request *request)
{
	struct http_client *client = request->client;
	request->next = NULL;
	*client->queue_end = request;
	client->queue_end = &request->next;
	client->queued_count++;
}

int http_begin(struct http_client *client, const struct http_call *call, struct error *err)
{
	char *url = call->url[0] == '/' ? xasprintf("%s%s", client->base_url, call->url) : xstrdup(call->url);
	if (!http_same_origin(url, client->base_url)) {
		error_set(err, EXIT_UNAVAILABLE, "\"%s\" is not on \"%s\": nothing is sent there", url,
			  client->base_url);
		free(url);
		return -1;
	}
	struct http_request *request = xcalloc(1, sizeof(*request));
	request->client = client;
	request->call = *call;
	request->method = xstrdup(call->method);
	request->url = url;
	if (call->body && call->body_is_borrowed) {
		request->body = (char *)(uintptr_t)call->body;
	} else if (call->body) {
		request->body = xmalloc(call->body_len + 1);
		memcpy(request->body, call->body, call->body_len);
	}
	if (!call->retry)
		request->call.retry = &http_retry_default;
	if (!call->judge)
		request->call.judge = http_judge_default;
	request->first_start_ms = -1;
	if (call->delay_ms > 0)
		request->not_before_ms = http_now_ms() + call->delay_ms;
	request->response.retry_after_s = request->response.date_epoch = -1;
	buf_init(&request->response.body, client->options.body_max ? client->options.body_max : BODY_MAX);
	enqueue(request);
	return 0;
}

void http_hold(struct http_client *client, bool held)
{
	client->held = held;
}

void http_set_max_active(struct http_client *client, int max_active)
{
	client->options.max_active = max_active > 0 ? max_active : 1;
}

size_t http_pending(const struct http_client *client)
{
	return client->queued_count + client->active_count;
}

size_t http_running(const struct http_client *client)
{
	return client->active_count;
}

uint64_t http_request_count(const struct http_client *client)
{
	return client->request_count;
}

/* Takes the first request that may start out of the queue; NULL when there is none. */
static struct http_request *take_ready(struct http_client *client, int64_t now_ms)
{
	for (struct http_request **link = &client->queue; *link; link = &(*link)->next) {
		struct http_request *request = *link;
		if (request->not_before_ms > now_ms)
			continue;
		*link = request->next;
		if (client->queue_end == &request->next)
			client->queue_end = link;
		client->queued_count--;
		return request;
	}
	return NULL;
}

static void start_ready(struct http_client *client)
{
	int64_t now_ms = http_now_ms();
	while (!client->held && client->active_count < (size_t)client->options.max_active &&
	       http_pace_ready_ms(&client->pace) <= now_ms) {
		struct http_request *request = take_ready(client, now_ms);
		if (!request)
			return;
		if (request->first_start_ms < 0)
			request->first_start_ms = now_ms;
		request->pace_place = http_pace_begin(&client->pace);
		request->next = client->active;
		client->active = request;
		client->active_count++;
		http_transfer_start(request);
	}
}

/* How long at most until a queued request may start. */
static int wait_ms(const struct http_client *client, int timeout_ms)
{
	if (client->held || client->active_count >= (size_t)client->options.max_active)
		return timeout_ms;
	int64_t now_ms = http_now_ms(), pace_ms = http_pace_ready_ms(&client->pace);
	for (const struct http_request *request = client->queue; request; request = request->next) {
		int64_t ready_ms = request->not_before_ms > pace_ms ? request->not_before_ms : pace_ms;
		int64_t left_ms = ready_ms > now_ms ? ready_ms - now_ms : 0;
		if (left_ms < timeout_ms)
			timeout_ms = (int)left_ms;
	}
	return timeout_ms;
}

static void unlink_active(struct http_request *request)
{
	struct http_request **link = &request->client->active;
	while (*link != request)
		link = &(*link)->next;
	*link = request->next;
	request->client->active_count--;
}

/* Follows a redirect within the origin. True when the request goes on; else the response may have become an error. */
static bool follow_redirect(struct http_request *request)
{
	struct http_response *response = &request->response;
	long status = response->status;
	if (!request->location || (status != 301 && status != 302 && status != 303 && status != 307 && status != 308))
		return false;
	char *target = http_resolve(request->url, request->location);
	bool is_get = strcmp(request->method, "GET") == 0;
	if (target && is_get && request->redirects < REDIRECTS_MAX &&
	    http_same_origin(target, request->client->base_url)) {
		free(request->url);
		request->url = target;
		request->redirects++;
		response->attempts--;
		enqueue(request);
		return true;
	}
	error_set(&response->error, EXIT_CONFIG,
		  "\"%s\" answers with a redirect to \"%s\": if that is the right place, configure its "
		  "URL",
		  request->client->base_url, target ? target : request->location);
	response->error.http_status = status;
	response->status = 0;
	buf_clear(&response->body);
	free(target);
	return false;
}

static void complete(struct http_request *request, CURLcode result)
{
	unlink_active(request);
	http_transfer_finish(request, result);
	if (follow_redirect(request))
		return;
	struct http_response *response = &request->response;
	if (request->call.judge(response, request->call.data) == HTTP_RETRY) {
		int64_t now_ms = http_now_ms();
		long delay_ms = http_retry_delay(request->call.retry, response, now_ms - request->first_start_ms,
						 &request->client->random);
		if (delay_ms >= 0) {
			if (response->status)
				log_info("HTTP status %ld, again in %ld ms (%d tries left)", response->status, delay_ms,
					 request->call.retry->max_attempts - response->attempts);
			else
				log_info("%s, again in %ld ms (%d tries left)", response->error.text, delay_ms,
					 request->call.retry->max_attempts - response->attempts);
			request->not_before_ms = now_ms + delay_ms;
			enqueue(request);
			return;
		}
	}
	request->call.done(response, request->call.data);
	free_request(request);
}

/* The number of requests that ended an attempt. */
static int complete_all(struct http_client *client)
{
	int left, completed = 0;
	for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left));) {
		if (message->msg != CURLMSG_DONE)
			continue;
		struct http_request *request = NULL;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&request);
		complete(request, message->data.result);
		completed++;
	}
	return completed;
}

static int perform(struct http_client *client, int *completed, struct error *err)
{
	int running;
	start_ready(client);
	CURLMcode code = curl_multi_perform(client->multi, &running);
	if (code != CURLM_OK)
		return error_set(err, EXIT_SOFTWARE, "libcurl: %s", curl_multi_strerror(code));
	*completed += complete_all(client);
	return 0;
}

int http_run(struct http_client *client, struct pollfd *extra, size_t count, int timeout_ms, struct error *err)
{
	int completed = 0;
	if (perform(client, &completed, err))
		return -1;
	struct curl_waitfd *wait = xcalloc(count + 1, sizeof(*wait));
	for (size_t i = 0; i < count; i++) {
		wait[i].fd = extra[i].fd;
		wait[i].events = (short)((extra[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
					 (extra[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0));
	}
	wait[count] = (struct curl_waitfd){.fd = stop_fd(), .events = CURL_WAIT_POLLIN};
	if (completed || stop_signal())
		timeout_ms = 0;
	curl_multi_poll(client->multi, wait, (unsigned)(count + (stop_fd() >= 0)), wait_ms(client, timeout_ms), NULL);
	free(wait);
	/* libcurl does not pass POLLHUP and POLLERR on. */
	if (count)
		poll(extra, (nfds_t)count, 0);
	return perform(client, &completed, err);
}

/* Where http_perform waits for its call. */
struct performing {
	struct http_response *response;
	bool is_done;
};

static void on_done(struct http_response *response, void *data)
{
	struct performing *performing = data;
	*performing->response = *response;
	buf_init(&response->body, response->body.max);
	performing->is_done = true;
}

/* The caller's judge and data, behind ours. */
struct judged {
	struct performing performing;
	const struct http_call *call;
};

static enum http_verdict judge_for(const struct http_response *response, void *data)
{
	const struct judged *judged = data;
	return judged->call->judge ? judged->call->judge(response, judged->call->data)
				   : http_judge_default(response, judged->call->data);
}

int http_perform(struct http_client *client, const struct http_call *call, struct http_response *response,
		 struct error *err)
{
	struct judged judged = {.performing = {.response = response}, .call = call};
	struct http_call own = *call;
	own.judge = judge_for;
	own.done = on_done;
	own.data = &judged;
	*response = (struct http_response){.retry_after_s = -1, .date_epoch = -1};
	buf_init(&response->body, 0);
	if (http_begin(client, &own, err))
		return -1;
	while (!judged.performing.is_done) {
		if (stop_signal()) {
			http_cancel_all(client);
			return error_set(err, EXIT_SIGNAL_BASE + stop_signal(), "ended by a signal");
		}
		if (http_run(client, NULL, 0, 1000, err)) {
			http_cancel_all(client);
			return -1;
		}
	}
	if (judge_for(response, &judged) == HTTP_DONE && response->status)
		return 0;
	if (!response->status) {
		*err = response->error;
	} else {
		error_set(err, EXIT_UNAVAILABLE, "HTTP status %ld after %d tries", response->status,
			  response->attempts);
		err->http_status = response->status;
	}
	return -1;
}
