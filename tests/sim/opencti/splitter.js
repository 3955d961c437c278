// SPDX-License-Identifier: Apache-2.0
'use strict';
// The platform's way to make one bundle for each object, in dependency order (the workers' splitter, rule by rule).

const supportedTypes = new Set(`label vocabulary kill-chain-phase attack-pattern campaign case-incident x-opencti-case-incident case-rfi
x-opencti-case-rfi case-rft x-opencti-case-rft channel course-of-action data-component x-mitre-data-component data-source x-mitre-data-source
event external-reference feedback x-opencti-feedback grouping identity incident indicator infrastructure intrusion-set language location malware
malware-analysis marking-definition narrative note observed-data opinion report task x-opencti-task threat-actor tool vulnerability
security-coverage autonomous-system directory domain-name email-addr email-message email-mime-part-type artifact file x509-certificate ipv4-addr
ipv6-addr mac-addr mutex network-traffic process software url user-account windows-registry-key windows-registry-value-type hostname
cryptographic-key cryptocurrency-wallet text user-agent bank-account phone-number credential tracking-number payment-card media-content
simple-observable persona ssh-key ai-prompt relationship sighting`.split(/\s+/));

const EXTENSION = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

function isSupported(id) {
  return typeof id !== 'string' || !id.includes('--') || supportedTypes.has(id.slice(0, id.indexOf('--')));
}

function phaseKey(phase) {
  return JSON.stringify([phase.phase_name, phase.kill_chain_name]);
}

function referenceKey(reference) {
  if (reference.url !== undefined && reference.url !== null) return `url ${reference.url}`;
  if (reference.source_name !== undefined && reference.external_id !== undefined && reference.external_id !== null) return `id ${reference.source_name} ${reference.external_id}`;
  return undefined;
}

// The first of each key; what has none is left out.
function distinct(list, keyOf) {
  const seen = new Set();
  return list.filter((item) => {
    const key = keyOf(item);
    if (key === undefined || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

// {bundles, incompatible, expectations}
function split(bundle, cleanup = false) {
  if (!Array.isArray(bundle.objects)) throw new Error('File data is not a valid bundle');
  const raw = new Map();
  const originals = bundle.objects.map((object) => ({ ...object }));
  for (const object of originals) raw.set(object.id, object);
  for (const object of originals) {
    for (const other of [object.x_opencti_id, object.extensions && object.extensions[EXTENSION] && object.extensions[EXTENSION].id]) if (other) raw.set(other, object);
  }
  const done = new Map();
  const references = new Map();
  const placed = [];
  const incompatible = [];

  function place(id, object) {
    let possible = true;
    if (object.type === 'relationship') possible = object.source_ref !== null && object.target_ref !== null && object.source_ref !== undefined && object.target_ref !== undefined;
    else if (object.type === 'sighting') possible = Boolean(object.sighting_of_ref) && Array.isArray(object.where_sighted_refs) && object.where_sighted_refs.length > 0;
    else possible = isSupported(object.id);
    if (possible) placed.push(object);
    else incompatible.push(object);
    done.set(id, object);
  }

  function visit(id, path) {
    const object = raw.get(id);
    if (!object) return 0;
    if (done.has(id)) return done.get(id).nb_deps;
    if (!references.has(id)) references.set(id, []);
    let count = 1;
    const usable = (target) => isSupported(target) && !path.includes(target) && target !== id && !(cleanup && !raw.has(target)) && !(references.get(target) || []).includes(id);
    for (const key of Object.keys(object)) {
      const value = object[key];
      if (key.endsWith('_refs') && Array.isArray(value)) {
        const kept = [];
        for (const target of value) {
          if (!usable(target)) continue;
          references.get(id).push(target);
          count += visit(target, [...path, target]);
          if (!kept.includes(target)) kept.push(target);
        }
        object[key] = kept;
      } else if (key.endsWith('_ref')) {
        if (usable(value)) {
          references.get(id).push(value);
          count += visit(value, [...path, value]);
        } else {
          object[key] = null;
        }
      } else if (key === 'external_references' && Array.isArray(value)) {
        object[key] = distinct(value, referenceKey);
      } else if (key === 'kill_chain_phases' && Array.isArray(value)) {
        object[key] = distinct(value, phaseKey);
      }
    }
    object.nb_deps = count;
    if (!done.has(id)) place(id, object);
    return count;
  }

  for (const object of originals) visit(object.id, []);
  const ordered = placed.map((object, index) => ({ object, index })).sort((a, b) => a.object.nb_deps - b.object.nb_deps || a.index - b.index);
  const bundles = ordered.map(({ object }) => ({ type: 'bundle', id: bundle.id, spec_version: '2.1', x_opencti_seq: object.nb_deps, objects: [object] }));
  return { bundles, incompatible, expectations: bundles.length };
}

module.exports = { split, isSupported };
