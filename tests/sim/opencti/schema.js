// SPDX-License-Identifier: Apache-2.0
'use strict';
// The slice of the platform's GraphQL schema that connectors of this kind use, for any version.

const objectTypes = ['AttackPattern', 'AutonomousSystem', 'Country', 'DomainName', 'Indicator', 'IPv4Addr', 'IPv6Addr', 'Malware', 'Note', 'Organization', 'Report', 'StixFile', 'Url', 'Vulnerability'];

function schemaFor(version) {
  const since = (change, text) => (version.has(change) ? text : '');
  return `
scalar DateTime
scalar Any
enum ConnectorType { EXTERNAL_IMPORT INTERNAL_IMPORT_FILE INTERNAL_ENRICHMENT INTERNAL_ANALYSIS INTERNAL_EXPORT_FILE STREAM }
enum State { wait progress complete timeout }
enum FilterMode { and or }
enum FilterOperator { eq not_eq }
enum OrderingMode { asc desc }
enum WorksOrdering { status timestamp }
type AppInfo { version: String! }
type Capability { id: ID! name: String! }
type MeUser { id: ID! name: String! user_email: String! capabilities: [Capability!]! allowed_marking: [MarkingDefinition!] }
type MarkingDefinition { id: ID! standard_id: String! definition_type: String definition: String }
interface StixCoreObject { id: ID! toStix: String }
interface StixRelationship { id: ID! toStix: String }
${objectTypes.map((name) => `type ${name} implements StixCoreObject { id: ID! toStix: String }`).join('\n')}
type StixCoreRelationship implements StixRelationship { id: ID! toStix: String }
union StixObjectOrStixRelationship = MarkingDefinition | StixCoreRelationship | ${objectTypes.join(' | ')}
type MarkingDefinitionEdge { node: MarkingDefinition! }
type MarkingDefinitionConnection { edges: [MarkingDefinitionEdge!]! }
type RabbitMQConnection { host: String! vhost: String! use_ssl: Boolean! port: Int! user: String! pass: String! }
type ConnectorConfig { connection: RabbitMQConnection! listen: String! listen_routing: String! listen_exchange: String! push: String! push_routing: String! push_exchange: String! }
type ConnectorQueueDetails { messages_number: Float! messages_size: Float! }
type ConnectorInfo { run_and_terminate: Boolean! buffering: Boolean! queue_threshold: Float! queue_messages_size: Float! next_run_datetime: DateTime last_run_datetime: DateTime }
type Connector {
  id: ID!
  name: String!
  active: Boolean
  connector_type: String
  connector_scope: [String!]
  connector_state: String
  connector_state_reset: Boolean
  connector_user_id: ID
  connector_queue_details: ConnectorQueueDetails!
  connector_info: ConnectorInfo
  updated_at: DateTime
  config: ConnectorConfig
}
type WorkTracking { import_expected_number: Int import_last_processed: DateTime import_processed_number: Int }
type WorkMessage { timestamp: DateTime message: String sequence: Int source: String }
type Work {
  id: ID!
  name: String
  timestamp: DateTime!
  status: State!
  received_time: DateTime
  processed_time: DateTime
  completed_time: DateTime
  completed_number: Int
  messages: [WorkMessage]
  errors: [WorkMessage]
  tracking: WorkTracking
}
type WorkEdge { cursor: String! node: Work! }
type WorkConnection { edges: [WorkEdge] }
input RegisterConnectorInput { id: ID! name: String! type: ConnectorType! scope: [String!] auto: Boolean only_contextual: Boolean playbook_compatible: Boolean ${since('pushTakesWorkId', 'listen_callback_uri: String')} ${since('autoUpdate', 'auto_update: Boolean enrichment_resolution: String')} ${since('xtmOneIntent', 'xtm_one_intent: String')} }
input ConnectorInfoInput { run_and_terminate: Boolean! buffering: Boolean! queue_threshold: Float! queue_messages_size: Float! next_run_datetime: DateTime last_run_datetime: DateTime }
input Filter { key: [String!]! values: [Any!]! operator: FilterOperator mode: FilterMode }
input FilterGroup { mode: FilterMode! filters: [Filter!]! filterGroups: [FilterGroup!]! }
input WorkErrorInput { error: String source: String }
type WorkEditMutations {
  delete: ID!
  ping: ID!
  reportExpectation(error: WorkErrorInput): ID!
  addExpectations(expectations: Int): ID!
  toReceived(message: String): ID!
  toProcessed(message: String, inError: Boolean): ID!
}
type Query {
  about: AppInfo
  me: MeUser!
  stixObjectOrStixRelationship(id: String!): StixObjectOrStixRelationship
  markingDefinitions(first: Int, after: ID, search: String, filters: FilterGroup): MarkingDefinitionConnection
  connector(id: String!): Connector
  work(id: ID!): Work
  works(first: Int, after: ID, orderBy: WorksOrdering, orderMode: OrderingMode, search: String, filters: FilterGroup): WorkConnection
  ${since('isWorkAlive', 'isWorkAlive(id: ID!): Boolean')}
}
type Mutation {
  registerConnector(input: RegisterConnectorInput): Connector
  pingConnector(id: ID!, state: String, connectorInfo: ConnectorInfoInput): Connector
  resetStateConnector(id: ID!): Connector
  deleteConnector(id: ID!): ID!
  workAdd(connectorId: String!, friendlyName: String${since('multiPartWork', ', isMultiPartWork: Boolean = false')}): Work!
  workEdit(id: ID!): WorkEditMutations
  stixBundlePush(connectorId: String!, bundle: String!${since('pushTakesWorkId', ', work_id: String')}): Boolean
}
`;
}

module.exports = { schemaFor };
