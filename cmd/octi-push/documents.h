/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every GraphQL document that is ever sent (opencti.md section 2), one operation each: the platform refuses several
 * uses of a mutation in one document. Where versions differ there is one document for each, and platform.c chooses.
 */
#ifndef DOCUMENTS_H
#define DOCUMENTS_H

extern const char document_about[];
extern const char document_known[];
extern const char document_me[];
extern const char document_markings[];
extern const char document_register[];
extern const char document_register_queue[];
extern const char document_queue[];
extern const char document_connector[];
extern const char document_ping[];
extern const char document_work_add[];
extern const char document_work_add_multi_part[];
extern const char document_work_expect[];
extern const char document_work_to_processed[];
extern const char document_work_delete[];
extern const char document_work[];
extern const char document_works[];
extern const char document_push[];
extern const char document_push_work_id[];

#endif
