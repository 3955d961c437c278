// SPDX-License-Identifier: Apache-2.0
'use strict';
// What the platform holds, and how an import changes it: find, create or upsert, by the platform's rules.

const { standardId, fixedMarkings } = require('./ids');
const { isAllowed } = require('./allowed');
const { checkObject, ImportError, observables, times } = require('./check');

const entityTypes = {
  'marking-definition': 'Marking-Definition', identity: 'Organization', location: 'Country', malware: 'Malware', vulnerability: 'Vulnerability', 'attack-pattern': 'Attack-Pattern',
  report: 'Report', note: 'Note', indicator: 'Indicator', file: 'StixFile', 'domain-name': 'Domain-Name', 'ipv4-addr': 'IPv4-Addr', 'ipv6-addr': 'IPv6-Addr', url: 'Url',
  'autonomous-system': 'Autonomous-System', relationship: 'relationship',
};
const tlpRank = ['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'];

// Attributes that are taken over as they are (x_opencti_ forms first, plain ones as the fall-back has it).
const attributeNames = {
  identity: ['name', 'description', 'identity_class', 'contact_information', 'roles'],
  location: ['name', 'description', 'x_opencti_location_type', 'x_opencti_aliases', 'latitude', 'longitude'],
  malware: ['name', 'description', 'aliases', 'malware_types', 'is_family', 'first_seen', 'last_seen'],
  vulnerability: ['name', 'description'],
  'attack-pattern': ['name', 'description', 'aliases', 'x_mitre_id', 'kill_chain_phases'],
  report: ['name', 'description', 'published', 'report_types', 'x_opencti_reliability', 'x_opencti_content'],
  note: ['attribute_abstract', 'abstract', 'content', 'created', 'note_types', 'authors'],
  indicator: ['name', 'description', 'pattern', 'pattern_type', 'indicator_types', 'valid_from', 'valid_until', 'x_opencti_score', 'x_opencti_detection', 'x_opencti_main_observable_type'],
  file: ['hashes', 'name', 'size', 'mime_type', 'x_opencti_additional_names', 'x_opencti_score', 'x_opencti_description'],
  'domain-name': ['value', 'x_opencti_score', 'x_opencti_description'],
  'ipv4-addr': ['value', 'x_opencti_score', 'x_opencti_description'],
  'ipv6-addr': ['value', 'x_opencti_score', 'x_opencti_description'],
  url: ['value', 'x_opencti_score', 'x_opencti_description'],
  'autonomous-system': ['number', 'name', 'rir'],
  relationship: ['relationship_type', 'description', 'start_time', 'stop_time'],
};

const isEmpty = (value) => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
const same = (name, a, b) => (times.has(name) ? Date.parse(a) === Date.parse(b) : JSON.stringify(a) === JSON.stringify(b));

class Store {
  constructor(version) {
    this.version = version;
    this.elements = new Map();
    this.byAnyId = new Map();
    this.violations = [];
    this.dropped = [];
    // {type, name, code, message}: what shall not be taken, by the control endpoint "refuse".
    this.refusals = [];
    for (const [name, id] of Object.entries(fixedMarkings)) this.put({ standard_id: id, entity_type: 'Marking-Definition', stix: 'marking-definition', attributes: { definition_type: 'TLP', definition: name }, confidence: 100, creator: 'platform' });
  }

  put(element) {
    const full = { labels: [], markings: [], author: null, external_references: [], object_refs: [], files: [], stix_ids: [], changes: 0, ...element };
    this.elements.set(full.standard_id, full);
    this.byAnyId.set(full.standard_id, full);
    return full;
  }

  resolve(id) {
    return this.byAnyId.get(id);
  }

  // The references of a kind; missing ones are an error until the third retry and are then silently left out.
  references(object, ids, retry) {
    const found = [];
    for (const id of ids) {
      const element = this.resolve(id);
      if (element) found.push(element.standard_id);
      else if (retry < 3) throw new ImportError('MISSING_REFERENCE_ERROR', `${object.id}: ${id} is missing`);
      else this.dropped.push(`${object.id} -> ${id}`);
    }
    return found;
  }

  // What is there already: by id, and by what else makes two things one.
  existing(object, id) {
    const byId = this.elements.get(id) || this.byAnyId.get(object.id);
    if (byId) return byId;
    const all = [...this.elements.values()];
    const lower = (text) => String(text).toLowerCase();
    if (object.type === 'file' && object.hashes) return all.find((e) => e.stix === 'file' && ['MD5', 'SHA-1', 'SHA-256', 'SHA-512'].some((name) => object.hashes[name] && e.attributes.hashes && e.attributes.hashes[name] === object.hashes[name]));
    if (object.type === 'location' || object.type === 'malware') {
      const names = (attributes) => [attributes.name, ...(attributes.aliases || []), ...(attributes.x_opencti_aliases || [])].map(lower);
      const wanted = names(object);
      return all.find((e) => e.stix === object.type && names(e.attributes).some((name) => wanted.includes(name)));
    }
    if (object.type === 'attack-pattern' && object.x_mitre_id) return all.find((e) => e.stix === 'attack-pattern' && lower(e.attributes.x_mitre_id) === lower(object.x_mitre_id));
    return undefined;
  }

  importObject(given, retry, user) {
    const object = { ...given };
    delete object.nb_deps;
    for (const key of Object.keys(object)) if (object[key] === null) delete object[key];
    checkObject(object, this.violations);
    const refusal = this.refusals.find((rule) => rule.type === object.type && (rule.name === undefined || rule.name === object.name));
    if (refusal) throw new ImportError(refusal.code, refusal.message || 'refused by the test');
    if (object.type === 'marking-definition') return this.importMarking(object);
    const isObservable = observables.has(object.type);
    const markings = this.references(object, object.object_marking_refs || [], retry);
    const author = this.references(object, [object.created_by_ref || object.x_opencti_created_by_ref].filter(Boolean), retry)[0] || null;
    const contained = this.references(object, object.type === 'report' || object.type === 'note' ? object.object_refs || [] : [], retry);
    if (object.type === 'relationship') this.checkRelationship(object);
    const id = standardId(object, this.version, (ref) => (this.resolve(ref) ? this.resolve(ref).standard_id : ref));
    const incoming = {
      attributes: this.attributesOf(object),
      labels: this.labelsOf(object),
      markings,
      author,
      external_references: (object.external_references || object.x_opencti_external_references || []).filter((r) => r.url || (r.source_name && r.external_id)).map((r) => ({ source_name: r.source_name, url: r.url, external_id: r.external_id })),
      object_refs: contained,
      files: (object.x_opencti_files || []).map((f) => ({ name: f.name, mime_type: f.mime_type, size: Buffer.from(f.data, 'base64').length, text: Buffer.from(f.data, 'base64').toString(), markings: f.object_marking_refs || [], no_trigger_import: f.no_trigger_import === true })),
      confidence: isObservable ? undefined : object.confidence === undefined ? 100 : object.confidence,
    };
    const element = this.existing(object, id);
    if (object.id !== id) this.violations.push(`${object.id}: the platform's id is ${id}`);
    if (element && element.standard_id !== id) this.violations.push(`${object.id}: matches ${element.standard_id} by name, alias or hash`);
    if (!element) return this.create(object, id, incoming, user);
    return this.upsert(element, object, incoming, isObservable);
  }

  importMarking(object) {
    const name = (object.x_opencti_definition || object.name || `TLP:${(object.definition || {}).tlp}`).toUpperCase().replace('TLP:WHITE', 'TLP:CLEAR');
    const id = fixedMarkings[name];
    if (!id) throw new ImportError('FUNCTIONAL_ERROR', `marking ${name} is not simulated`);
    if (object.id !== id) this.violations.push(`${object.id}: ${name} has the id ${id}`);
  }

  checkRelationship(object) {
    const [from, to] = [this.resolve(object.source_ref), this.resolve(object.target_ref)];
    if (!from || !to) throw new ImportError('MISSING_REFERENCE_ERROR', `${object.id}: an end is missing`);
    if (from === to) throw new ImportError('FUNCTIONAL_ERROR', `${object.id}: both ends are the same`);
    if (!isAllowed(this.version, object.relationship_type, from.entity_type, to.entity_type)) throw new ImportError('FUNCTIONAL_ERROR', `The relationship type ${object.relationship_type} is not allowed between ${from.entity_type} and ${to.entity_type}`);
  }

  attributesOf(object) {
    const attributes = {};
    for (const name of attributeNames[object.type]) if (!isEmpty(object[name])) attributes[name] = object[name];
    if (object.type === 'domain-name') attributes.value = attributes.value.toLowerCase();
    if (object.type === 'relationship') {
      attributes.source_ref = this.resolve(object.source_ref).standard_id;
      attributes.target_ref = this.resolve(object.target_ref).standard_id;
    }
    return attributes;
  }

  labelsOf(object) {
    const labels = object.labels || object.x_opencti_labels || (object.x_opencti_tags || []).map((tag) => tag.value) || [];
    for (const label of labels) if (typeof label !== 'string' || label.trim() === '') throw new ImportError('BAD_USER_INPUT', 'an empty label');
    return labels.map((label) => (this.version.text.startsWith('6.') ? label.trim().toLowerCase() : label.trim()));
  }

  create(object, id, incoming, user) {
    const entityType = object.type === 'location' ? object.x_opencti_location_type : entityTypes[object.type];
    const element = this.put({ standard_id: id, entity_type: entityType, stix: object.type, ...incoming, confidence: incoming.confidence === undefined ? null : incoming.confidence, creator: user, changes: 1 });
    element.stix_ids = object.id === id ? [] : [object.id];
    this.byAnyId.set(object.id, element);
    return element;
  }

  upsert(element, object, incoming, isObservable) {
    const before = JSON.stringify({ ...element, changes: 0 });
    const stronger = isObservable || incoming.confidence >= element.confidence;
    for (const [name, value] of Object.entries(incoming.attributes)) {
      if (name === 'hashes') element.attributes.hashes = { ...element.attributes.hashes, ...value };
      else if (name === 'x_opencti_aliases' || name === 'aliases' || name === 'x_opencti_additional_names') element.attributes[name] = [...new Set([...(element.attributes[name] || []), ...value])];
      else if (isEmpty(element.attributes[name]) || (stronger && !same(name, element.attributes[name], value))) element.attributes[name] = value;
    }
    const add = (list, items, key) => items.forEach((item) => { if (!list.some((other) => key(other) === key(item))) list.push(item); });
    add(element.labels, incoming.labels, (label) => label.toLowerCase());
    add(element.external_references, incoming.external_references, (reference) => reference.url || `${reference.source_name} ${reference.external_id}`);
    add(element.object_refs, incoming.object_refs, (ref) => ref);
    for (const file of incoming.files) {
      const at = element.files.findIndex((other) => other.name === file.name);
      if (at < 0) element.files.push(file);
      else element.files[at] = file;
    }
    this.raiseMarkings(element, incoming.markings);
    if (incoming.author && element.author !== incoming.author && (!element.author || isObservable || incoming.confidence > element.confidence)) element.author = incoming.author;
    if (!isObservable && incoming.confidence > element.confidence) element.confidence = incoming.confidence;
    if (object.id !== element.standard_id && !element.stix_ids.includes(object.id)) element.stix_ids.push(object.id);
    this.byAnyId.set(object.id, element);
    if (JSON.stringify({ ...element, changes: 0 }) !== before) element.changes++;
    return element;
  }

  raiseMarkings(element, markings) {
    const rank = (id) => tlpRank.indexOf(this.elements.get(id).attributes.definition);
    for (const id of markings) {
      const held = element.markings.find((other) => rank(other) >= 0);
      if (held === undefined) element.markings.push(id);
      else if (rank(id) > rank(held)) element.markings = element.markings.map((other) => (other === held ? id : other));
    }
  }

  dump(type, id) {
    const list = [...this.elements.values()].filter((e) => e.creator !== 'platform' && (!type || e.stix === type) && (!id || e.standard_id === id));
    return list.sort((a, b) => (a.standard_id < b.standard_id ? -1 : 1));
  }
}

module.exports = { Store };
