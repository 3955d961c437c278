#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The queue protocol amqp against a real RabbitMQ server; the platform and its workers are the simulator.

load helper
load octi
load rabbitmq

setup_file() {
	# They share one server, and some of them kill it.
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	start_rabbitmq
}

teardown_file() {
	stop_rabbitmq
}

# Every test has a connector, and so a queue, of its own.
setup() {
	clean_environment
	background=''
	export CONNECTOR_QUEUE_PROTOCOL=amqp VTREPORTER_PUSH_RETRY=PT20S VTREPORTER_PUSH_WAIT=PT40S
}

teardown() {
	kill_background
	stop_servers
}

start_platform() {
	start_opencti --amqp "127.0.0.1:$rabbit_port" "$@"
	CONNECTOR_ID=$(</proc/sys/kernel/random/uuid)
	export CONNECTOR_ID
}

# Nothing that a program wrote shows a secret, the queue's password among them.
assert_no_secrets() {
	assert_no_secret
	assert_not_in out never-to-be-shown
	assert_not_in err never-to-be-shown
}

@test "a bundle arrives object by object on every version, the work ends, a second push changes nothing" {
	make_bundle --files 20 --shuffle >bundle.json
	for version in 6.5.1 6.5.7 6.8.7 6.9.19 7.260227.0 7.260422.0 7.260428.0 7.260817.0 7.260901.0; do
		start_platform --version "$version"
		push <bundle.json
		assert_status 0
		assert_in err 'pushed: 42 objects in 42 messages, work work_'
		assert_no_secrets
		assert_works_complete
		assert_equal "$(control works | jq -c '[.[] | [.expected, .processed, .multiPart]]')" '[[42,42,false]]'
		assert_equal "$(report_refs)" 39
		assert_equal "$(control amqp | jq -c '.sequence == [range(1; 43)]')" true
		control objects >before
		push <bundle.json
		assert_status 0
		assert_works_complete
		control objects >after
		cmp before after
		stop_servers
	done
}

@test "slow and parallel workers: the report holds every reference" {
	start_platform --workers 4 --worker-delay-ms 3
	make_bundle --files 150 >bundle.json
	push --window "$window" <bundle.json
	assert_status 0
	assert_works_complete
	assert_equal "$(report_refs)" 299
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2026-11-23T00:00:00Z"}'
}

@test "a server that is killed and started again in the middle of a push: everything is there once, the work is complete" {
	local files tick
	# On some machines everything is sent before the server is gone: then there has to be more of it.
	for files in 3000 9000 27000; do
		start_platform --workers 2
		make_bundle --files "$files" >bundle.json
		octi-push --retry PT2M --push-wait PT5M <bundle.json >out 2>err 3>&- &
		background=$!
		for ((tick = 0; tick < 600; tick++)); do
			(($(control amqp | jq '.sequence | length') < 100)) || break
			sleep 0.05
		done
		kill -0 "$background"
		kill_rabbitmq
		run_rabbitmq
		await_rabbitmq
		await_background
		assert_status 0
		! grep -q 'again in' err || break
		stop_servers
	done
	assert_in err 'again in'
	settle
	assert_equal "$(control objects | jq length)" "$((2 * files + 1))"
	assert_equal "$(report_refs)" "$((2 * files - 1))"
	assert_equal "$(control works | jq -c '[.[] | [.status, .expected, .errors, .processed >= .expected]]')" \
		"[[\"complete\",$((2 * files + 2)),[],true]]"
	assert_equal "$(control summary | jq -c '[.violations, .dropped_references, .errors]')" '[[],[],[]]'
}

@test "a connection that breaks while confirms are due: what was not confirmed is sent again" {
	start_platform --workers 2
	make_bundle --files 400 >bundle.json
	octi-push <bundle.json >out 2>err 3>&- &
	background=$!
	local tick
	for ((tick = 0; tick < 600; tick++)); do
		(($(control amqp | jq '.sequence | length') < 20)) || break
		sleep 0.02
	done
	rabbitmqctl_here close_all_connections cut
	await_background
	assert_status 0
	settle
	assert_equal "$(control objects | jq length)" 801
	assert_equal "$(report_refs)" 799
	assert_equal "$(control works | jq -c '[.[] | [.status, .expected, .errors]]')" '[["complete",802,[]]]'
}

@test "a queue that is not there is made again by registering; nothing is lost" {
	start_platform --workers 1
	octi-push --ping -q
	# It is deleted between the registration and the first message.
	# shellcheck disable=SC2016
	start_server gate node -e '
		const net = require("net");
		const http = require("http");
		let done = false;
		const server = net.createServer((socket) => {
			const go = () => { const to = net.connect(Number(process.argv[1]), "127.0.0.1"); socket.pipe(to).pipe(socket);
				to.on("error", () => socket.destroy()); socket.on("error", () => to.destroy()); };
			if (done) return go();
			done = true;
			const request = http.request(`${process.argv[2]}/delete-queue`, { method: "POST" }, (answer) => { answer.resume(); answer.on("end", go); });
			request.end(JSON.stringify({ id: process.argv[3] }));
		});
		server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port}`));' \
		"$rabbit_port" "$octi_control" "$CONNECTOR_ID"
	make_bundle >bundle.json
	MQ_HOST=127.0.0.1 MQ_PORT=$server_url push <bundle.json
	assert_status 0
	assert_in err 'registering again'
	assert_works_complete
	assert_equal "$(report_refs)" 5
}

@test "a routing key that nobody is bound to is an error, the bundle is kept, and the work ends" {
	start_platform
	set_faults '["registerConnector=unbound@every"]'
	make_bundle >bundle.json
	push --window "$window" <bundle.json
	assert_status 75
	assert_in err 'no queue is bound'
	assert_equal "$(control works | jq -c '[.[] | [.status, .expected, .processed, (.errors | length)]]')" '[["complete",0,0,1]]'
	set_faults '[]'
	run_apart octi-push --due
	settle
	assert_equal "$(report_refs)" 5
	assert_equal "$(state | jq -c .window_end)" '{"AU":"2026-11-23T00:00:00Z"}'
}

@test "a server that is down: nothing is opened on the platform, the bundle is kept" {
	read -r port < <(free_ports 1)
	start_platform --amqp-told "127.0.0.1:$port"
	make_bundle >bundle.json
	push --retry PT1S <bundle.json
	assert_status 75
	assert_in err "127.0.0.1:$port"
	assert_equal "$(control works)" '[]'
	assert_no_secrets
	# Told where it really is, it goes on.
	MQ_HOST=127.0.0.1 MQ_PORT=$rabbit_port run_apart octi-push --due
	settle
	assert_equal "$(report_refs)" 5
}

@test "what the platform tells of the queue can be replaced, each part of it" {
	start_platform
	make_bundle >bundle.json
	MQ_USER=mq-user MQ_PASS=wrong-and-never-to-be-shown push <bundle.json
	assert_status 77
	assert_in err 'amqp: login'
	assert_no_secrets
	MQ_VHOST=nowhere push <bundle.json
	assert_status 77
	printf 'mq-password-never-to-be-shown\n' >password
	chmod 600 password
	MQ_HOST=localhost MQ_PORT=$rabbit_port MQ_VHOST=/ MQ_USER=mq-user MQ_PASS_FILE=$PWD/password MQ_USE_SSL=false push <bundle.json
	assert_status 0
	assert_equal "$(control works | jq -c 'map(.status) | unique')" '["complete"]'
	assert_equal "$(report_refs)" 5
}

@test "TLS: authority, name and client certificate, as paths and as PEM text" {
	start_platform --amqp-told "localhost:$rabbit_tls_port:tls"
	make_bundle >bundle.json
	# The authority is not the system's.
	push --retry PT1S <bundle.json
	assert_status 78
	# This server wants a certificate of the client.
	MQ_USE_SSL_CA=$rabbit_dir/ca.pem push --retry PT1S <bundle.json
	assert_status 75
	export MQ_USE_SSL_CA=$rabbit_dir/ca.pem MQ_USE_SSL_CERT=$rabbit_dir/client.pem MQ_USE_SSL_KEY=$rabbit_dir/client-locked.key
	MQ_USE_SSL_PASSPHRASE=wrong push <bundle.json
	assert_status 78
	assert_in err mq.use_ssl_key
	MQ_USE_SSL_PASSPHRASE=client-passphrase push <bundle.json
	assert_status 0
	assert_not_in err client-passphrase
	# The certificate is for localhost.
	MQ_HOST=127.0.0.1 MQ_USE_SSL_PASSPHRASE=client-passphrase push --retry PT1S <bundle.json
	assert_status 78
	MQ_HOST=127.0.0.1 MQ_USE_SSL_REJECT_UNAUTHORIZED=false MQ_USE_SSL_PASSPHRASE=client-passphrase push <bundle.json
	assert_status 0
	MQ_USE_SSL_CA=$(<"$rabbit_dir/ca.pem") MQ_USE_SSL_CERT=$(<"$rabbit_dir/client.pem") MQ_USE_SSL_KEY=$(<"$rabbit_dir/client.key") \
		push <bundle.json
	assert_status 0
	MQ_USE_SSL_CA=/nowhere push <bundle.json
	assert_status 78
	assert_in err mq.use_ssl_ca
	settle
	assert_equal "$(report_refs)" 5
	assert_no_secrets
}

@test "a server that is short of memory is waited for" {
	start_platform
	make_bundle --files 600 >bundle.json
	rabbitmqctl_here set_vm_memory_high_watermark 0.00001
	octi-push --retry PT1S <bundle.json >out 2>err 3>&- &
	background=$!
	local tick
	for ((tick = 0; tick < 600; tick++)); do
		! grep -q 'takes nothing more for now' err || break
		sleep 0.05
	done
	# It outlasts the budget for a server that is down.
	sleep 2
	kill -0 "$background"
	rabbitmqctl_here set_vm_memory_high_watermark 0.4
	await_background
	assert_status 0
	assert_in err 'takes messages again'
	assert_works_complete
}

# A push of which a part is in the queue and no worker takes anything.
begin_long_push() {
	make_bundle --files 2000 >bundle.json
	octi-push --push-wait PT1M "$@" <bundle.json >out 2>err 3>&- &
	background=$!
	local tick
	for ((tick = 0; tick < 600; tick++)); do
		(($(waiting) < 4001)) || return 0
		sleep 0.05
	done
	fail 'it does not come to the report'
}

waiting() {
	graphql "{\"query\":\"query { connector(id: \\\"$CONNECTOR_ID\\\") { connector_queue_details { messages_number } } }\"}" |
		jq .data.connector.connector_queue_details.messages_number
}

@test "what slow workers could not take is told by the next start" {
	start_platform --workers 0
	make_bundle --nodes >files.json
	refuse '[{"type":"file","name":"a-1.exe","code":"FUNCTIONAL_ERROR"}]'
	push <files.json
	assert_status 0
	assert_in err ': progress, 0 of '
	octi-push --ping
	add_worker
	settle
	run_apart octi-push --ping
	assert_in err 'of an earlier push: the platform could not take 1 object, the first: FUNCTIONAL_ERROR'
	assert_equal "$(journal)" ''
}

@test "SIGTERM in the middle: the work expects what was sent, and ends in error when that is processed" {
	start_platform --workers 0
	begin_long_push --window "$window"
	kill -TERM "$background"
	await_background
	assert_status 143
	assert_equal "$(control works | jq -c '[.[] | [.status, .expected, (.errors | length)]]')" '[["progress",4001,1]]'
	assert_equal "$(state)" null
}

@test "what SIGKILL left is ended at the next start, when nothing of it waits any more" {
	start_platform --workers 0
	begin_long_push
	kill -KILL "$background"
	await_background
	assert_status 137
	octi-push --ping
	assert_equal "$(control works | jq -c '[.[] | [.status, .expected]]')" '[["progress",4002]]'
	curl -fsS -X POST -d "{\"id\":\"$CONNECTOR_ID\"}" "$octi_control/delete-queue" >/dev/null
	run_apart octi-push --ping
	run_apart octi-push --ping
	assert_equal "$(control works | jq -c '[.[] | [.status, .expected, (.errors | length)]]')" '[["complete",0,1]]'
}

@test "a lost answer to addExpectations adds nothing twice" {
	for fault in lost-reply cut http:503; do
		start_platform --fault "workEdit=$fault"
		make_bundle >bundle.json
		push <bundle.json
		assert_status 0
		assert_works_complete
		assert_equal "$(control works | jq -c '[.[].expected]')" '[8]'
		stop_servers
	done
}

@test "two pushers share one queue" {
	start_platform --workers 2
	make_bundle --files 100 >bundle.json
	make_bundle --files 100 --tag b >other.json
	octi-push <other.json >other.out 2>other.err 3>&- &
	background=$!
	push <bundle.json
	assert_status 0
	wait "$background" || fail "the other one: $(<other.err)"
	background=''
	assert_works_complete
	assert_equal "$(control 'objects?type=report' | jq -c '[.[].object_refs | length]')" '[199,199]'
}

@test "--check looks whether the queue can be reached" {
	start_platform
	run_apart octi-push --check
	assert_status 0
	grep -qE '^skipped +amqp ' out
	octi-push --ping -q
	run_apart octi-push --check
	assert_status 0
	grep -qE "^ok +amqp +127.0.0.1:$rabbit_port takes messages" out
	MQ_PASS=wrong-and-never-to-be-shown run_apart octi-push --check
	assert_status 77
	grep -qE '^failed +amqp ' out
	assert_no_secrets
}
