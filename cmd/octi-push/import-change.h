/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an import would change about an object that the platform has (opencti.md section 8.2, the upsert rule): for the
 * dry run. Judges the members that this product writes; files that are attached, and what the platform itself moves
 * with time (an indicator's score and end), are not compared.
 */
#ifndef IMPORT_CHANGE_H
#define IMPORT_CHANGE_H

#include "json-scan.h"

/*
 * The first member of object that the platform would take over into stored, its own STIX form of the same thing: a
 * static string, or NULL when all would stay as it is.
 */
const char *import_change(struct json_slice object, struct json_slice stored);

#endif
