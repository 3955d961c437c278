// SPDX-License-Identifier: Apache-2.0
'use strict';
// The platform's own ids: it recomputes them from what it is given, whatever id the bundle has.

const crypto = require('crypto');

const namespace = Buffer.from('00abedb4aa42466c9c01fed23315a9b7', 'hex');

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
  return JSON.stringify(value);
}

function uuid5(text) {
  const hash = crypto.createHash('sha1').update(namespace).update(Buffer.from(text)).digest();
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  const hex = hash.toString('hex').slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function idOf(type, parts) {
  const present = {};
  for (const [key, value] of Object.entries(parts)) if (value !== undefined && value !== null && value !== '') present[key] = value;
  return `${type}--${uuid5(canonical(present))}`;
}

const lower = (text) => String(text).toLowerCase().trim();
const ms = (time) => new Date(time).toISOString();

const fixedMarkings = {
  'TLP:CLEAR': 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
  'TLP:GREEN': 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
  'TLP:AMBER': 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
  'TLP:AMBER+STRICT': 'marking-definition--826578e1-40ad-459f-bc73-ede076f81f37',
  'TLP:RED': 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
};

const hashOrder = ['MD5', 'SHA-1', 'SHA-256', 'SHA-512', 'SHA3-256', 'SHA3-512', 'SSDEEP', 'SDHASH', 'TLSH', 'LZJD'];

function fileId(object) {
  const algorithm = hashOrder.find((name) => object.hashes && object.hashes[name]);
  return algorithm ? idOf('file', { hashes: { [algorithm]: object.hashes[algorithm] } }) : idOf('file', { name: object.name });
}

// resolve: from any known id to the standard id
function standardId(object, version, resolve) {
  const trim = (text) => (version.has('idsAreTrimmed') && text !== undefined ? String(text).trim() : text);
  switch (object.type) {
    case 'identity': return idOf('identity', { identity_class: lower(object.identity_class), name: lower(object.name) });
    case 'location': return idOf('location', { name: lower(object.name), x_opencti_location_type: object.x_opencti_location_type });
    case 'malware': case 'vulnerability': case 'tool': case 'campaign': case 'intrusion-set': case 'infrastructure':
      return idOf(object.type, { name: lower(object.name) });
    case 'attack-pattern': {
      const mitre = object.x_mitre_id && (version.has('mitreIdLowerCased') ? lower(object.x_mitre_id) : object.x_mitre_id);
      return mitre ? idOf('attack-pattern', { x_mitre_id: mitre }) : idOf('attack-pattern', { name: lower(object.name) });
    }
    case 'indicator': return idOf('indicator', { pattern: trim(object.pattern) });
    case 'report': return idOf('report', { name: lower(object.name), published: ms(object.published) });
    case 'note': return idOf('note', { ...(version.has('idsAreTrimmed') ? { attribute_abstract: trim(object.abstract) } : {}), content: trim(object.content), created: ms(object.created) });
    case 'relationship':
      return idOf('relationship', { relationship_type: object.relationship_type, source_ref: resolve(object.source_ref), target_ref: resolve(object.target_ref), ...(object.start_time ? { start_time: ms(object.start_time) } : {}), ...(object.stop_time ? { stop_time: ms(object.stop_time) } : {}) });
    case 'file': return fileId(object);
    case 'domain-name': return idOf('domain-name', { value: lower(object.value) });
    case 'ipv4-addr': case 'ipv6-addr': case 'url': return idOf(object.type, { value: object.value });
    case 'autonomous-system': return idOf('autonomous-system', { number: object.number });
    default: return undefined;
  }
}

module.exports = { standardId, fixedMarkings, idOf, canonical };
