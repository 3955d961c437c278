/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deterministic STIX ids by OpenCTI's formulas (opencti.md section 10): UUIDv5 in the namespace below over the
 * canonical JSON of the properties that contribute. Where stix2, pycti and the platform differ, the platform's newest
 * rule is ours. Every function writes "type--uuid" into id[STIX_ID_MAX] and returns id. Texts are valid UTF-8.
 */
#ifndef STIX_ID_H
#define STIX_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* STIX 2.1 section 2.9, used by OpenCTI for all its ids. */
#define STIX_ID_NAMESPACE "00abedb4-aa42-466c-9c01-fed23315a9b7"
#define STIX_ID_MAX       80

char *stix_id(char *id, const char *type, const char *canonical, size_t len);
char *stix_id_identity(char *id, const char *name, const char *identity_class);
/* location_type: "Country" … */
char *stix_id_location(char *id, const char *name, const char *location_type);
/* malware, vulnerability, tool, campaign, intrusion-set, infrastructure … */
char *stix_id_named(char *id, const char *type, const char *name);
/* mitre_id may be NULL or blank: then by name. */
char *stix_id_attack_pattern(char *id, const char *mitre_id, const char *name);
/* As platforms before 7.260529.0 make it: "T1059" counts as it is written there. */
char *stix_id_attack_pattern_as_written(char *id, const char *mitre_id);
char *stix_id_indicator(char *id, const char *pattern);
/* published: with milliseconds, timestamp_format_ms */
char *stix_id_report(char *id, const char *name, const char *published);
char *stix_id_note(char *id, const char *abstract, const char *content, const char *created);
/* start_time and stop_time may be NULL. */
char *stix_id_relationship(char *id, const char *relationship_type, const char *source_ref, const char *target_ref,
			   const char *start_time, const char *stop_time);
/* By one hash: algorithm "MD5", "SHA-1", "SHA-256" … (the first of that order that the file has). */
char *stix_id_file_hash(char *id, const char *algorithm, const char *value);
char *stix_id_file_name(char *id, const char *name);
/* domain-name (lower-cased here), ipv4-addr, ipv6-addr, url, hostname */
char *stix_id_value(char *id, const char *type, const char *value);
char *stix_id_autonomous_system(char *id, uint32_t number);
char *stix_id_external_reference(char *id, const char *url, const char *source_name, const char *external_id);
char *stix_id_kill_chain_phase(char *id, const char *kill_chain_name, const char *phase_name);
/* The bundle's own id: not a platform formula, the UUIDv5 of the search's id as it stands. */
char *stix_id_bundle(char *id, const char *search_id);

/* Appends text lower-cased as Python's str.lower() does it, then trimmed as str.strip() does it. */
int stix_id_normalise(struct buf *out, const char *text);

/* Appends the pattern [path = 'value'] with ' and \ escaped; path for example "file:hashes.'SHA-256'". */
int stix_pattern_append(struct buf *out, const char *path, const char *value);

#endif
