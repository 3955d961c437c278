// SPDX-License-Identifier: Apache-2.0
'use strict';
// What a file is related to: lists of entries {type, id, facts | host | unknown}, the same at each call.

const { Random, hex } = require('./prng');

const targets = {
  file: ['bundled_files', 'carbonblack_children', 'carbonblack_parents', 'ciphered_bundled_files', 'ciphered_parents', 'compressed_parents', 'dropped_files', 'email_attachments', 'email_parents', 'execution_parents', 'overlay_children', 'overlay_parents', 'pcap_children', 'pcap_parents', 'pe_resource_children', 'pe_resource_parents', 'similar_files'],
  domain: ['contacted_domains', 'embedded_domains', 'itw_domains', 'memory_pattern_domains'],
  ip_address: ['contacted_ips', 'embedded_ips', 'itw_ips', 'memory_pattern_ips'],
  url: ['contacted_urls', 'embedded_urls', 'itw_urls', 'memory_pattern_urls', 'urls_for_embedded_js'],
};
const targetOf = new Map(Object.entries(targets).flatMap(([type, names]) => names.map((name) => [name, type])));

// Not every file is run in a sandbox (of real ones, few are); what was not has dropped and contacted nothing.
function wasRun(facts) {
  return Boolean(facts.family) && (facts.case !== undefined || new Random(`run ${facts.sha256}`).chance(0.65));
}

function fileEntry(facts) {
  return { type: 'file', id: facts.sha256, facts };
}

function relatedFiles(corpus, facts, name, random) {
  const hits = corpus.files;
  const pool = corpus.pool[facts.family] || [];
  switch (name) {
    case 'dropped_files': {
      const list = random.sample(pool, random.int(1, 5)).map(fileEntry);
      list.push({ type: 'file', id: hex('sha256', `unknown ${facts.sha256}`), unknown: true });
      // The next file of the corpus drops this one, and this one the next: a circle.
      const at = hits.indexOf(facts);
      if (at >= 0 && at % 7 === 0 && hits[at + 1]) list.push(fileEntry(hits[at + 1]));
      if (at >= 0 && at % 7 === 1) list.push(fileEntry(hits[at - 1]));
      if (random.chance(0.2)) list.push(fileEntry(facts));
      return list;
    }
    case 'similar_files': {
      const alike = hits.filter((other) => other.family && other.family === facts.family && other.sha256 !== facts.sha256);
      return random.sample(alike.slice(0, 60), random.int(0, 45)).map(fileEntry);
    }
    // What is in one archive is often in many.
    case 'compressed_parents':
      return random.chance(0.2) ? random.sample(hits, random.int(41, 130)).map(fileEntry) : random.sample(pool, random.int(0, 3)).map(fileEntry);
    case 'execution_parents':
    case 'bundled_files':
      return random.chance(0.5) ? random.sample(pool, random.int(1, 3)).map(fileEntry) : [];
    default:
      return random.chance(0.2) ? random.sample(pool, 1).map(fileEntry) : [];
  }
}

function relatedHosts(corpus, name, type, random) {
  const from = { domain: corpus.domains, ip_address: corpus.ips, url: corpus.urls }[type];
  // A malware's contacts are seldom of all kinds.
  const share = { contacted_domains: 0.75, contacted_ips: 0.85, contacted_urls: 0.5 }[name];
  const count = share ? (random.chance(share) ? random.int(2, 12) : 0) : random.chance(0.3) ? random.int(1, 3) : 0;
  return random.sample(from, count).map((host) => ({ type, id: type === 'url' ? hex('sha256', host.value) : host.value, host }));
}

function related(corpus, facts, name) {
  const type = targetOf.get(name);
  if (!type) return undefined;
  const random = new Random(`${corpus.seed} ${facts.sha256} ${name}`);
  // Files that hardly anybody detects have hardly any relationships.
  if (!facts.family) return [];
  if (/^(dropped|contacted|memory_pattern)_/.test(name) && !wasRun(facts)) return [];
  return type === 'file' ? relatedFiles(corpus, facts, name, random) : relatedHosts(corpus, name, type, random);
}

function hostObject(entry, base) {
  const { type, id, host } = entry;
  const collection = { domain: 'domains', ip_address: 'ip_addresses', url: 'urls' }[type];
  const attributes = {
    last_analysis_stats: { malicious: host.positives, suspicious: 0, undetected: 30, harmless: 60, timeout: 0 },
    reputation: -host.positives,
    tags: [],
    last_analysis_date: 1763900000,
  };
  if (type === 'url') Object.assign(attributes, { url: host.value, last_final_url: host.value, title: 'x', times_submitted: 2 });
  if (type === 'domain') Object.assign(attributes, { tld: 'example', whois: 'Domain Name: x\nRegistrar: y' });
  if (type === 'ip_address') Object.assign(attributes, { asn: 4200000000, as_owner: 'Example AS', country: 'NL' });
  return { id, type, links: { self: `${base}/${collection}/${encodeURIComponent(id)}` }, attributes };
}

function descriptor(entry) {
  return { type: entry.type, id: entry.id, ...(entry.type === 'url' ? { context_attributes: { url: entry.host.value } } : {}) };
}

const techniques = [
  ['TA0005', 'Defense Evasion', 'T1070.004', 'File Deletion'], ['TA0005', 'Defense Evasion', 'T1055', 'Process Injection'],
  ['TA0004', 'Privilege Escalation', 'T1055', 'Process Injection'], ['TA0002', 'Execution', 'T1059.001', 'PowerShell'],
  ['TA0011', 'Command and Control', 'T1071', 'Application Layer Protocol'], ['TA0007', 'Discovery', 'T1082', 'System Information Discovery'],
];

// undefined: no behaviour known (404)
function mitreTrees(corpus, facts) {
  const random = new Random(`${corpus.seed} ${facts.sha256} mitre`);
  if (!wasRun(facts)) return undefined;
  const trees = { 'Zenbox Linux': { tactics: [] }, CAPE: null };
  for (const sandbox of ['Zenbox', 'C2AE']) {
    const tactics = new Map();
    for (const [tacticId, tacticName, id, name] of random.sample(techniques, random.int(1, 5))) {
      if (!tactics.has(tacticId)) tactics.set(tacticId, { id: tacticId, name: tacticName, description: 'x', link: `https://attack.mitre.org/tactics/${tacticId}/`, techniques: [] });
      tactics.get(tacticId).techniques.push({ id, name, description: 'x', link: `https://attack.mitre.org/techniques/${id.replace('.', '/')}/`, signatures: [{ severity: random.pick(['HIGH', 'MEDIUM', 'LOW', 'INFO', 'UNKNOWN']), description: 'does <something>' }] });
    }
    trees[sandbox] = { tactics: [...tactics.values()] };
  }
  return trees;
}

module.exports = { related, wasRun, targetOf, hostObject, descriptor, mitreTrees };
