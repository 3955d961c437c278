/* SPDX-License-Identifier: Apache-2.0 */
#include "documents.h"

/* All versions. */
const char document_about[] = "query healthCheck { about { version } }";

/* All versions. */
const char document_known[] = "query known($id: String!) { stixObjectOrStixRelationship(id: $id) {"
			      " __typename ... on StixCoreObject { toStix } ... on StixRelationship { toStix } } }";

/* All versions. */
const char document_me[] = "query me { me { name capabilities { name } allowed_marking { standard_id } } }";

/* All versions. */
const char document_markings[] = "query markings { markingDefinitions(first: 500) { edges { node { standard_id } } } }";

/*
 * All versions. The reply could also hold the user and the password of the message queue: they are not asked for where
 * they are not used.
 */
const char document_register[] = "mutation RegisterConnector($input: RegisterConnectorInput) {"
				 " registerConnector(input: $input) { id connector_state connector_user_id } }";

#define QUEUE                                                                                                          \
	"id connector_user_id config { connection { host vhost use_ssl port user pass } push_routing push_exchange }"

/* All versions; for amqp, where they are. */
const char document_register_queue[] = "mutation RegisterConnector($input: RegisterConnectorInput) {"
				       " registerConnector(input: $input) { " QUEUE " } }";

/* All versions. */
const char document_queue[] = "query GetConnector($id: String!) { connector(id: $id) { " QUEUE " } }";

/* All versions. */
const char document_connector[] = "query GetConnector($id: String!) {"
				  " connector(id: $id) { id name connector_type connector_state connector_queue_details"
				  " { messages_number messages_size } } }";

/* All versions. */
const char document_ping[] =
    "mutation PingConnector($id: ID!, $state: String, $connectorInfo: ConnectorInfoInput) {"
    " pingConnector(id: $id, state: $state, connectorInfo: $connectorInfo) { id connector_state } }";

/* All versions. */
const char document_work_add[] = "mutation workAdd($connectorId: String!, $friendlyName: String) {"
				 " workAdd(connectorId: $connectorId, friendlyName: $friendlyName) { id } }";

/* From 7.260422.0: the argument is unknown before. */
const char document_work_add_multi_part[] =
    "mutation workAdd($connectorId: String!, $friendlyName: String, $isMultiPartWork: Boolean) {"
    " workAdd(connectorId: $connectorId, friendlyName: $friendlyName, isMultiPartWork: $isMultiPartWork) { id } }";

/* All versions. */
const char document_work_expect[] = "mutation addExpectations($id: ID!, $expectations: Int) {"
				    " workEdit(id: $id) { addExpectations(expectations: $expectations) } }";

/* All versions. */
const char document_work_to_processed[] = "mutation workToProcessed($id: ID!, $message: String, $inError: Boolean) {"
					  " workEdit(id: $id) { toProcessed(message: $message, inError: $inError) } }";

/* All versions. */
const char document_work_delete[] = "mutation deleteWork($id: ID!) { workEdit(id: $id) { delete } }";

/* All versions. An error's source, which is not asked for, is up to 50,000 characters of the object. */
const char document_work[] = "query WorkQuery($id: ID!) { work(id: $id) { id status"
			     " tracking { import_expected_number import_processed_number }"
			     " errors { message } } }";

/* All versions. The newest come first. */
const char document_works[] = "query ConnectorWorks($count: Int, $filters: FilterGroup) {"
			      " works(first: $count, filters: $filters, orderBy: timestamp, orderMode: desc) {"
			      " edges { node { id name status } } } }";

/* Before 6.5.7, where the platform opens the work itself; later when it shall do so. */
const char document_push[] = "mutation StixBundlePush($connectorId: String!, $bundle: String!) {"
			     " stixBundlePush(connectorId: $connectorId, bundle: $bundle) }";

/* From 6.5.7: the argument is unknown before. */
const char document_push_work_id[] =
    "mutation StixBundlePush($connectorId: String!, $bundle: String!, $work_id: String) {"
    " stixBundlePush(connectorId: $connectorId, bundle: $bundle, work_id: $work_id) }";
