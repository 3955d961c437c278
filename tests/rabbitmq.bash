# SPDX-License-Identifier: Apache-2.0
# A real RabbitMQ server for the tests, apart from any other on this machine: ports, node name, epmd, cookie and
# directories of its own.
# shellcheck shell=bash

free_ports() {
	node -e '
		const net = require("net");
		const servers = Array.from({ length: Number(process.argv[1]) }, () => net.createServer().listen(0, "127.0.0.1"));
		Promise.all(servers.map((server) => new Promise((resolve) => server.on("listening", resolve)))).then(() => {
			console.log(servers.map((server) => server.address().port).join(" "));
			servers.forEach((server) => server.close());
		});' "$1"
}

# An authority, and certificates by it for the server and for a client (with a passphrase on its key).
make_certificates() {
	local name
	(
		cd "$rabbit_dir" || exit
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj '/CN=Test authority' \
			-keyout ca.key -out ca.pem
		for name in localhost client; do
			openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$name.key" -out "$name.csr"
			openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out "$name.pem" \
				-extfile <(printf 'subjectAltName=DNS:%s' "$name")
		done
		openssl ec -aes256 -passout pass:client-passphrase -in client.key -out client-locked.key
	) >"$rabbit_dir/openssl.log" 2>&1
}

# Variables that every command of RabbitMQ's needs to find this server and no other.
rabbit_environment() {
	rabbit_home=$(echo /usr/lib/rabbitmq/lib/rabbitmq_server-*)
	export HOME=$rabbit_dir ERL_EPMD_PORT=$rabbit_epmd_port ERL_EPMD_ADDRESS=127.0.0.1 \
		RABBITMQ_NODENAME=test-$rabbit_port@localhost RABBITMQ_DIST_PORT=$rabbit_dist_port \
		RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE=$rabbit_dir/rabbitmq RABBITMQ_MNESIA_BASE=$rabbit_dir/mnesia \
		RABBITMQ_LOG_BASE=$rabbit_dir/log RABBITMQ_ENABLED_PLUGINS_FILE=$rabbit_dir/plugins \
		RABBITMQ_PID_FILE=$rabbit_dir/pid RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-start_epmd false +S 1:1 +sbwt none' \
		RABBITMQ_IO_THREAD_POOL_SIZE=4
}

# To be called from setup_file.
start_rabbitmq() {
	rabbit_dir=$BATS_FILE_TMPDIR/rabbitmq
	mkdir -p "$rabbit_dir"
	read -r rabbit_port rabbit_tls_port rabbit_dist_port rabbit_epmd_port < <(free_ports 4)
	make_certificates
	echo '[].' >"$rabbit_dir/plugins"
	cat >"$rabbit_dir/rabbitmq.conf" <<-CONF
		listeners.tcp.1 = 127.0.0.1:$rabbit_port
		listeners.ssl.1 = 127.0.0.1:$rabbit_tls_port
		ssl_options.cacertfile = $rabbit_dir/ca.pem
		ssl_options.certfile = $rabbit_dir/localhost.pem
		ssl_options.keyfile = $rabbit_dir/localhost.key
		ssl_options.verify = verify_peer
		ssl_options.fail_if_no_peer_cert = true
		default_user = mq-user
		default_pass = mq-password-never-to-be-shown
		disk_free_limit.absolute = 1MB
		log.file = $rabbit_dir/server.log
	CONF
	export rabbit_dir rabbit_port rabbit_tls_port rabbit_dist_port rabbit_epmd_port
	ERL_EPMD_ADDRESS=127.0.0.1 epmd -port "$rabbit_epmd_port" >"$rabbit_dir/epmd.log" 2>&1 3>&- &
	echo $! >"$rabbit_dir/epmd.pid"
	run_rabbitmq
	await_rabbitmq
}

# Starts the server, the first time or once more. Not through a shell that stays, so that its id is the server's.
run_rabbitmq() {
	(
		rabbit_environment
		exec "$rabbit_home/sbin/rabbitmq-server"
	) >>"$rabbit_dir/out.log" 2>&1 </dev/null 3>&- &
	echo $! >"$rabbit_dir/shell.pid"
}

await_rabbitmq() {
	local tick
	for ((tick = 0; tick < 1200; tick++)); do
		! (exec 8<>"/dev/tcp/127.0.0.1/$rabbit_tls_port") 2>/dev/null || return 0
		sleep 0.1
	done
	echo 'RabbitMQ did not start:' >&2
	tail -n 30 "$rabbit_dir/out.log" >&2
	return 1
}

# Ends the server at once, as a power cut would.
kill_rabbitmq() {
	local pid
	pid=$(<"$rabbit_dir/pid")
	kill -KILL "$pid"
	while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

rabbitmqctl_here() {
	(
		rabbit_environment
		exec "$rabbit_home/sbin/rabbitmqctl" -q "$@"
	)
}

# To be called from teardown_file.
stop_rabbitmq() {
	local file pid
	for file in pid epmd.pid; do
		[[ -s $rabbit_dir/$file ]] || continue
		pid=$(<"$rabbit_dir/$file")
		kill -KILL "$pid" 2>/dev/null || continue
		# Only a server that has gone leaves its directory alone.
		while [[ -d /proc/$pid && $(cut -d ' ' -f 3 "/proc/$pid/stat" 2>/dev/null) != Z ]]; do sleep 0.05; done
	done
}
