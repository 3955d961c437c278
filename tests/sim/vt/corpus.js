// SPDX-License-Identifier: Apache-2.0
'use strict';
// What there is at the service: files (a few facts each; the rest is made when it is asked for), hosts, and what is related.

const { Random, hex } = require('./prng');
const { attributesOf, kinds } = require('./attributes');
const { cases, repeatKeys } = require('./nasty');

const DAY = 86400;
const families = ['agenttesla', 'remcos', 'formbook', 'lockbit', 'redline', 'emotet', 'lumma', 'asyncrat', 'njrat', 'guloader', 'xworm', 'snakekeylogger'];
const categories = ['trojan', 'ransomware', 'downloader', 'dropper'];

function fileFacts(seed, name, overrides) {
  const random = new Random(`${seed} ${name}`);
  const severity = random.weighted({ HIGH: 25, MEDIUM: 20, LOW: 20, NONE: 15, UNKNOWN: 5, '': 15 });
  const positives = {
    HIGH: () => random.int(20, 60), MEDIUM: () => random.int(8, 25), LOW: () => random.int(1, 8),
    NONE: () => random.int(0, 4), UNKNOWN: () => random.int(1, 15), '': () => random.int(0, 15),
  }[severity]();
  const family = severity === 'HIGH' || severity === 'MEDIUM' ? random.pick(families) : undefined;
  const identity = `${seed}/${name}`;
  return {
    name,
    sha256: hex('sha256', identity),
    sha1: hex('sha1', identity),
    md5: hex('md5', identity),
    first: 0,
    submitters: ['US'],
    severity,
    positives,
    family,
    category: family ? random.pick(categories) : undefined,
    type: random.pick(Object.keys(kinds)),
    size: random.int(22, 60000000),
    sources: random.chance(0.6) ? 1 : random.int(2, 9),
    vhash: `vh-${family || random.hex(8)}`,
    imphash: hex('md5', family || identity),
    cve: random.chance(0.04) ? random.pick(['cve-2017-11882', 'cve-2021-40444', 'cve-2006-3869']) : undefined,
    gti: random.chance(0.2) && severity ? random.int(0, 100) : undefined,
    ...overrides,
  };
}

class Corpus {
  constructor(options) {
    this.seed = options.seed;
    this.end = options.until;
    this.start = this.end - DAY;
    this.country = options.country;
    this.files = [];
    this.version = 0;
    this.byHash = new Map();
    this.makeMainDay(options.files);
    for (let day = 1; day <= options.days; day++) this.makeOtherDay(day, Math.max(3, Math.floor(options.files / 10)));
    this.makeStrangers(Math.max(3, Math.floor(options.files / 5)));
    this.makePool();
    this.makeHosts();
    this.makeLate(options.late || 0);
  }

  add(facts) {
    this.files.push(facts);
    for (const hash of [facts.sha256, facts.sha1, facts.md5]) this.byHash.set(hash, facts);
    return facts;
  }

  // First submissions spread over the day, with whole runs in one second, and one file on each border.
  makeMainDay(count) {
    const random = new Random(`${this.seed} main day`);
    const nasty = Object.entries(cases);
    for (let i = 0; i < count; i++) {
      let first = this.start + Math.floor((i * (DAY - 1)) / Math.max(1, count - 1));
      if (i % 50 > 40) first = this.start + Math.floor(((i - (i % 50) + 41) * (DAY - 1)) / Math.max(1, count - 1));
      const elsewhere = random.chance(0.1);
      const overrides = { first, submitters: elsewhere ? ['NZ', this.country] : random.chance(0.2) ? [this.country, 'US'] : [this.country] };
      const [name, spoil] = nasty[i - 5] || [];
      if (spoil) Object.assign(overrides, { nasty: spoil, case: name, severity: 'HIGH', positives: 40, family: 'remcos', category: 'trojan', sources: 3 });
      this.add(fileFacts(this.seed, `main ${i}`, overrides));
    }
    if (count < 60) return;
    Object.assign(this.files[40], { severity: 'LOW', positives: 62, tags: ['eicar'], case: 'eicar', family: 'eicar', category: 'virus' });
    Object.assign(this.files[41], { severity: 'LOW', positives: 2, tags: ['known-distributor'], case: 'known-distributor', sources: 5 });
    Object.assign(this.files[42], { severity: 'MEDIUM', positives: 3, signed: true, case: 'signed', sources: 5 });
    Object.assign(this.files[43], { severity: 'LOW', positives: 3, sources: 1, case: 'low-single-source' });
    Object.assign(this.files[44], { severity: '', positives: 2, family: undefined, case: 'no-level' });
  }

  makeOtherDay(day, count) {
    for (let i = 0; i < count; i++) {
      const first = this.start - day * DAY + Math.floor((i * (DAY - 1)) / Math.max(1, count - 1));
      this.add(fileFacts(this.seed, `day ${day} ${i}`, { first, submitters: [this.country] }));
    }
    if (day > 1) return;
    // The first second that is not the main day's any more.
    this.add(fileFacts(this.seed, 'after the end', { first: this.end, submitters: [this.country], positives: 5 }));
  }

  // Files that come into the main day's results late, and such as leave them: spread over the day.
  insert(count) {
    this.version++;
    this.inserted = this.inserted || 0;
    for (let i = 0; i < count; i++) {
      const first = this.start + Math.floor(((i + 0.5) * DAY) / count);
      this.add(fileFacts(this.seed, `inserted ${this.inserted++}`, { first, submitters: [this.country], severity: 'HIGH', positives: 30, case: 'inserted' }));
    }
  }

  remove(count) {
    this.version++;
    const there = this.files.filter((file) => file.first >= this.start && file.first < this.end && file.submitters.includes(this.country) && file.positives > 0);
    for (let i = 0; i < count && i < there.length; i++) Object.assign(there[Math.floor((i * there.length) / count)], { positives: 0, case: 'removed' });
  }

  // Files of the main day, from all its hours, that no engine knows till they are two days old.
  makeLate(count) {
    this.late = [];
    for (let i = 0; i < count; i++) {
      const first = this.start + Math.floor(((i + 0.5) * DAY) / count);
      this.late.push(this.add(fileFacts(this.seed, `late ${i}`, { first, submitters: [this.country], severity: '', positives: 0, family: undefined, case: `late-${i}` })));
    }
  }

  // At this time, in seconds.
  ripen(now) {
    while (this.late.length > 0 && now >= this.late[0].first + 2 * DAY) {
      Object.assign(this.late.shift(), { severity: 'HIGH', positives: 35, family: 'lumma', category: 'trojan', sources: 3 });
      this.version++;
    }
  }

  // The same day, other countries.
  makeStrangers(count) {
    const random = new Random(`${this.seed} strangers`);
    for (let i = 0; i < count; i++) {
      const first = this.start + random.int(0, DAY - 1);
      this.add(fileFacts(this.seed, `stranger ${i}`, { first, submitters: [random.pick(['US', 'DE', 'NZ'])] }));
    }
  }

  // Old files that many are related to: eight for each family.
  makePool() {
    this.pool = {};
    for (const family of families) {
      this.pool[family] = [];
      for (let i = 0; i < 8; i++) {
        const severity = ['HIGH', 'HIGH', 'MEDIUM', 'MEDIUM', 'LOW', '', 'NONE', 'UNKNOWN'][i];
        const facts = fileFacts(this.seed, `pool ${family} ${i}`, { first: this.start - 400 * DAY - i, severity, positives: severity === 'HIGH' ? 45 : severity === 'MEDIUM' ? 15 : 3, family, category: 'trojan' });
        this.pool[family].push(this.add(facts));
      }
    }
  }

  makeHosts() {
    const random = new Random(`${this.seed} hosts`);
    const host = (value, positives) => ({ value, positives });
    this.domains = [
      host('ctldl.windowsupdate.com', 0), host('under_score.bad-host.example', 3), host('trailing.bad-host.example.', 2), host('localhost', 0),
      host('single', 1), host('xn--bcher-kva.example', 4), host('bücher.example', 4),
    ];
    for (let i = 0; i < 50; i++) this.domains.push(host(`c${i}.${random.pick(families)}-cdn.example`, random.chance(0.6) ? random.int(1, 15) : 0));
    this.ips = [host('10.0.0.5', 0), host('127.0.0.1', 0), host('224.0.0.252', 0), host('8.8.8.8', 1), host('2a02:6b8::feed:ff', 5), host('192.168.1.1', 2)];
    for (let i = 0; i < 40; i++) this.ips.push(host(`45.155.204.${i + 10}`, random.chance(0.6) ? random.int(1, 12) : 0));
    this.urls = [
      'http://user:pass@c1.evil.example/a b|c{}', 'http://45.155.204.10:80/', 'http://[2a02:6b8::feed:ff]/x', 'https://c2.evil.example/пример?q=1&r=<b>',
      `https://long.evil.example/${'a'.repeat(3000)}`, 'http://10.0.0.5/private', 'http://ctldl.windowsupdate.com/msdownload/update.cab',
    ].map((value) => host(value, 3));
    for (let i = 0; i < 40; i++) this.urls.push(host(`http://c${i}.evil.example/gate.php?id=${i}`, random.chance(0.6) ? random.int(1, 12) : 0));
    this.urlById = new Map(this.urls.map((url) => [hex('sha256', url.value), url]));
    this.domainByName = new Map(this.domains.map((domain) => [domain.value, domain]));
    this.ipByAddress = new Map(this.ips.map((ip) => [ip.value, ip]));
  }

  find(hash) {
    return this.byHash.get(hash.toLowerCase());
  }
}

// The text of a file object, compact.
function fileText(facts, base, withGti, extra) {
  const object = { id: facts.sha256, type: 'file', links: { self: `${base}/files/${facts.sha256}` }, attributes: attributesOf(facts, withGti), ...extra };
  return repeatKeys(JSON.stringify(object));
}

module.exports = { Corpus, fileFacts, fileText, families, DAY };
