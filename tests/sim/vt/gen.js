#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
'use strict';
// Prints a stream of records as vt-fetch writes it (or, with --relationships, as vt-relate does), of any length.
// usage: gen.js [--files N] [--seed N] [--country CC] [--until TIME] [--no-control] [--relationships]

const { Corpus, fileText } = require('./corpus');
const { related, hostObject, mitreTrees } = require('./relationships');

const argv = process.argv.slice(2);
const flag = (name) => argv.includes(name);
const value = (name, fallback) => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : fallback);
const until = Date.parse(value('--until', '2026-11-24T00:00:00Z')) / 1000;
const count = Number(value('--files', '100'));
const country = value('--country', 'AU');
const corpus = new Corpus({ seed: value('--seed', '1'), until, country, files: count, days: 0 });
const base = 'https://www.virustotal.com/api/v3';
const time = (epoch) => new Date(epoch * 1000).toISOString().replace('.000Z', 'Z');
const id = `${country}/${time(corpus.start)}/${time(corpus.end)}`;
const names = ['similar_files', 'dropped_files', 'contacted_domains', 'contacted_ips', 'contacted_urls'];

function relationshipsOf(facts) {
  const result = {};
  for (const name of names) {
    const entries = related(corpus, facts, name).slice(0, 10);
    const data = entries.map((entry) => {
      if (entry.unknown) return JSON.stringify({ type: 'file', id: entry.id, error: { code: 'NotFoundError', message: 'not found' } });
      return entry.facts ? fileText(entry.facts, base, true) : JSON.stringify(hostObject(entry, base));
    });
    result[name] = `{"data":[${data.join(',')}],"meta":{"count":${data.length},"kept":${data.length},"rejected":{}}}`;
  }
  const trees = mitreTrees(corpus, facts);
  if (trees) result.behaviour_mitre_trees = `{"data":${JSON.stringify(trees)}}`;
  return `{${Object.entries(result).map(([name, text]) => `"${name}":${text}`).join(',')}}`;
}

async function main() {
  const write = async (line) => {
    // vt-fetch replaces the escapes of lone surrogates.
    const good = line.replace(/\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found.length > 6 ? found : '\\ufffd'));
    if (!process.stdout.write(`${good}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  };
  const files = corpus.files.slice(0, count);
  if (!flag('--no-control')) {
    await write(JSON.stringify({ type: 'search', id, attributes: { country, window_start: time(corpus.start), window_end: time(corpus.end), window_label: time(corpus.start).slice(0, 10), as_of: time(corpus.end + 10807), timezone: 'UTC', query: `entity:file submitter:${country} p:1+` } }));
  }
  let expanded = 0;
  for (const facts of files) {
    let text = fileText(facts, base, true);
    if (flag('--relationships') && facts.severity === 'HIGH') {
      text = `${text.slice(0, -1)},"relationships":${relationshipsOf(facts)}}`;
      expanded++;
    }
    await write(text);
  }
  if (flag('--no-control')) return;
  const relate = flag('--relationships') ? { relate: { files_expanded: expanded, requests: expanded * 6, cache_hits: 0, related_kept: 0, related_rejected: {}, not_expanded: { quota: 0, error: 0 }, complete: true } } : {};
  await write(JSON.stringify({ type: 'search_summary', id, attributes: { total_hits: count, files_seen: count, files_emitted: count, files_rejected: {}, requests: Math.ceil(count / 300), complete: true, error: null, ...relate } }));
}

process.stdout.on('error', () => process.exit(0));
main();
