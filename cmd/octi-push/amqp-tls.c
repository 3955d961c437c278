/* SPDX-License-Identifier: Apache-2.0 */
#include "amqp-tls.h"

#include <amqp_ssl_socket.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "exit-codes.h"

/* The value is PEM text itself, or names a file that holds it (opencti.md section 3.2). */
static BIO *open_pem(const char *value)
{
	if (strncmp(value, "-----BEGIN", 10) == 0)
		return BIO_new_mem_buf(value, -1);
	return BIO_new_file(value, "r");
}

static int fail(const char *key, struct error *err)
{
	char reason[200] = "it holds none";
	unsigned long number = ERR_peek_last_error();
	if (number)
		ERR_error_string_n(number, reason, sizeof reason);
	ERR_clear_error();
	return error_set(err, EXIT_CONFIG, "%s cannot be used: %s", key, reason);
}

static int add_authorities(SSL_CTX *context, const char *value, struct error *err)
{
	BIO *pem = open_pem(value);
	int count = 0;
	if (!pem)
		return fail("mq.use_ssl_ca", err);
	for (X509 *certificate; (certificate = PEM_read_bio_X509(pem, NULL, NULL, NULL)); X509_free(certificate))
		count += X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
	BIO_free(pem);
	if (!count)
		return fail("mq.use_ssl_ca", err);
	ERR_clear_error();
	return 0;
}

static int take_certificate(SSL_CTX *context, const char *value, struct error *err)
{
	BIO *pem = open_pem(value);
	X509 *certificate = pem ? PEM_read_bio_X509(pem, NULL, NULL, NULL) : NULL;
	bool good = certificate && SSL_CTX_use_certificate(context, certificate) == 1;
	X509_free(certificate);
	/* Those that lead to the authority may follow. */
	for (X509 *chain; good && (chain = PEM_read_bio_X509(pem, NULL, NULL, NULL));)
		good = SSL_CTX_add0_chain_cert(context, chain) == 1;
	BIO_free(pem);
	if (!good)
		return fail("mq.use_ssl_cert", err);
	ERR_clear_error();
	return 0;
}

static int give_passphrase(char *buffer, int size, int for_writing, void *data)
{
	(void)for_writing;
	int len = snprintf(buffer, (size_t)size, "%s", data ? (const char *)data : "");
	return len < size ? len : -1;
}

static int take_key(SSL_CTX *context, const char *value, const char *passphrase, struct error *err)
{
	BIO *pem = open_pem(value);
	char *text = passphrase ? strdup(passphrase) : NULL;
	EVP_PKEY *key = pem ? PEM_read_bio_PrivateKey(pem, NULL, give_passphrase, text) : NULL;
	bool good = key && SSL_CTX_use_PrivateKey(context, key) == 1;
	EVP_PKEY_free(key);
	BIO_free(pem);
	free(text);
	return good ? 0 : fail("mq.use_ssl_key", err);
}

int amqp_tls_set_up(void *socket, const struct amqp_target *target, struct error *err)
{
	SSL_CTX *context = amqp_ssl_socket_get_context(socket);
	amqp_ssl_socket_set_verify_peer(socket, target->verify);
	amqp_ssl_socket_set_verify_hostname(socket, target->verify);
	if (target->verify && SSL_CTX_set_default_verify_paths(context) != 1)
		return fail("the system's list of certificate authorities", err);
	if (target->ca && add_authorities(context, target->ca, err) != 0)
		return -1;
	if (target->certificate && take_certificate(context, target->certificate, err) != 0)
		return -1;
	return target->key ? take_key(context, target->key, target->passphrase, err) : 0;
}
