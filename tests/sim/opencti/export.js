// SPDX-License-Identifier: Apache-2.0
'use strict';
// An element as the platform shows it in STIX (the field toStix): what the import took from x_opencti_ members stands in extensions.

const { observables, times } = require('./check');

const extensions = {
  opencti: 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba',
  observable: 'extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82',
  mitre: 'extension-definition--322b8f77-262a-4cb8-a915-1e441e00329b',
};

// What has nothing in it is not shown.
const clean = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)));

// The GraphQL type of an element.
const typeName = (element) => (element.stix === 'relationship' ? 'StixCoreRelationship' : element.entity_type.replace(/-/g, ''));

function toStix(element) {
  const isObservable = observables.has(element.stix);
  const shown = { id: element.standard_id, spec_version: '2.1', type: element.stix };
  const opencti = { extension_type: 'property-extension', id: element.standard_id.slice(-36), type: element.entity_type, files: element.files.map(({ name, mime_type }) => ({ name, mime_type })), stix_ids: element.stix_ids };
  const common = { labels: element.labels, created_by_ref: element.author, external_references: element.external_references };
  const observable = { extension_type: 'property-extension', ...(isObservable ? common : {}) };
  const mitre = { extension_type: 'property-extension' };
  for (const [name, value] of Object.entries(element.attributes)) {
    if (name === 'x_mitre_id') mitre.id = value;
    else if (name === 'x_opencti_aliases') opencti.aliases = value;
    else if (name.startsWith('x_opencti_')) (isObservable ? observable : opencti)[name.slice('x_opencti_'.length)] = value;
    else shown[name === 'attribute_abstract' ? 'abstract' : name] = times.has(name) ? new Date(value).toISOString() : value;
  }
  shown.object_marking_refs = element.markings;
  if (!isObservable) Object.assign(shown, common, { confidence: element.confidence });
  if (element.object_refs.length) shown.object_refs = element.object_refs;
  shown.extensions = { [extensions.opencti]: clean(opencti) };
  if (isObservable) shown.extensions[extensions.observable] = clean(observable);
  if (Object.keys(mitre).length > 1) shown.extensions[extensions.mitre] = mitre;
  return JSON.stringify(shown);
}

module.exports = { toStix, typeName };
