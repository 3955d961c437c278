// SPDX-License-Identifier: Apache-2.0
'use strict';
// What the platform demands of an object before it stores it. Each throws with the platform's error code.

class ImportError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const idPattern = /^([a-z0-9-]+)--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const times = new Set(['created', 'modified', 'published', 'valid_from', 'valid_until', 'first_seen', 'last_seen', 'start_time', 'stop_time']);
const observables = new Set(['file', 'domain-name', 'ipv4-addr', 'ipv6-addr', 'url', 'autonomous-system']);
const domainPattern = /^(?=.{1,253}$)(?!-)(?:[^\s.](?:[^\s.]{0,61}[^\s.])?\.)+[^\s.]{2,63}$/;
const hashLengths = { MD5: 32, 'SHA-1': 40, 'SHA-256': 64, 'SHA-512': 128 };
const hashNames = ['MD5', 'SHA-1', 'SHA-256', 'SHA-512', 'SHA3-256', 'SHA3-512', 'SSDEEP', 'TLSH', 'SDHASH', 'LZJD'];
const vocabularies = {
  report_types: ['threat-report', 'internal-report'],
  indicator_types: ['anomalous-activity', 'anonymization', 'benign', 'compromised', 'malicious-activity', 'attribution', 'unknown'],
  malware_types: 'adware backdoor bot bootkit ddos downloader dropper exploit-kit keylogger ransomware remote-access-trojan resource-exploitation rogue-security-software rootkit screen-capture spyware trojan unknown virus webshell wiper worm'.split(' '),
  note_types: ['internal', 'assessment', 'analysis', 'feedback', 'external'],
  x_opencti_reliability: ['A - Completely reliable', 'B - Usually reliable', 'C - Fairly reliable', 'D - Not usually reliable', 'E - Unreliable', 'F - Reliability cannot be judged'],
};
const observableTypes = ['StixFile', 'File', 'Domain-Name', 'IPv4-Addr', 'IPv6-Addr', 'Url'];

function fail(code, message) {
  throw new ImportError(code, message);
}

function everyString(value, visit) {
  if (typeof value === 'string') visit(value);
  else if (Array.isArray(value)) value.forEach((item) => everyString(item, visit));
  else if (value && typeof value === 'object') Object.entries(value).forEach(([key, item]) => { visit(key); everyString(item, visit); });
}

function checkId(object) {
  const match = idPattern.exec(object.id || '');
  if (!match || match[1] !== object.type) fail('BAD_USER_INPUT', `${object.id} is not a valid STIX id`);
}

function checkTimes(object) {
  for (const key of times) {
    if (object[key] === undefined || object[key] === null) continue;
    if (!timePattern.test(object[key]) || Number.isNaN(Date.parse(object[key]))) fail('BAD_USER_INPUT', `${key}: ${object[key]} is no date`);
  }
}

function checkText(object, key, least) {
  if (typeof object[key] !== 'string' || object[key].trim().length < least) fail('VALIDATION_ERROR', `${object.type}: ${key} needs ${least} characters`);
}

function checkInt(value, key, low, high) {
  if (value === undefined || value === null) return;
  if (!Number.isInteger(value) || value < -2147483648 || value > 2147483647) fail('BAD_USER_INPUT', `Int cannot represent ${key} ${value}`);
  if (value < low || value > high) fail('VALIDATION_ERROR', `${key} ${value} is out of range`);
}

function checkFile(object, violations) {
  const hashes = object.hashes || {};
  if (Object.keys(hashes).length === 0 && !object.name) fail('FUNCTIONAL_ERROR', 'file: hash or name needed');
  for (const [name, value] of Object.entries(hashes)) {
    if (!hashNames.includes(name)) violations.push(`${object.id}: hash name ${name}`);
    if (typeof value !== 'string' || value.length < 5) fail('VALIDATION_ERROR', `hash ${name}: ${value}`);
    const length = hashLengths[name];
    if (length && !new RegExp(`^[0-9a-fA-F]{${length}}$`).test(value)) fail('FUNCTIONAL_ERROR', `hash ${name}: ${value}`);
    if (length && value !== value.toLowerCase()) violations.push(`${object.id}: hash ${name} in upper case`);
    if (name === 'TLSH' && !/^[0-9A-Fa-f]{70}$/.test(value)) violations.push(`${object.id}: TLSH ${value}`);
  }
  checkInt(object.size, 'size', 0, 2147483647);
}

function isIpv4(value) {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(\/\d{1,2})?$/.exec(value);
  return Boolean(match) && match.slice(1, 5).every((byte) => Number(byte) < 256 && String(Number(byte)) === byte);
}

const byType = {
  'marking-definition': () => {},
  identity: (o) => checkText(o, 'name', 1),
  location: (o) => {
    checkText(o, 'name', 2);
    if (!o.x_opencti_location_type) fail('FUNCTIONAL_ERROR', 'location without type');
  },
  malware: (o) => checkText(o, 'name', 2),
  vulnerability: (o) => checkText(o, 'name', 2),
  'attack-pattern': (o) => checkText(o, 'name', 2),
  report: (o) => {
    checkText(o, 'name', 2);
    if (!o.published) fail('BAD_USER_INPUT', 'report without published');
    for (const file of o.x_opencti_files || []) {
      if (!file.name || typeof file.data !== 'string' || Buffer.from(file.data, 'base64').toString('base64') !== file.data) fail('BAD_USER_INPUT', 'file without name or base64 data');
    }
  },
  note: (o, violations) => {
    checkText(o, 'content', 2);
    if (!o.created) violations.push(`${o.id}: a note without created is stored anew each time`);
  },
  indicator: (o) => {
    checkText(o, 'pattern', 5);
    if (o.pattern_type !== 'stix') fail('BAD_USER_INPUT', `pattern_type ${o.pattern_type}`);
    if (!/^\[(file:hashes\.'SHA-256'|file:hashes\.MD5|domain-name:value|ipv4-addr:value|ipv6-addr:value|url:value) = '(?:[^'\\]|\\.)*'\]$/.test(o.pattern)) fail('INCORRECT_INDICATOR_FORMAT', o.pattern);
    if (o.valid_until && Date.parse(o.valid_until) <= Date.parse(o.valid_from)) fail('VALIDATION_ERROR', 'valid_until is before valid_from');
    if (o.x_opencti_main_observable_type && !observableTypes.includes(o.x_opencti_main_observable_type)) fail('FUNCTIONAL_ERROR', `observable type ${o.x_opencti_main_observable_type}`);
  },
  file: checkFile,
  'domain-name': (o) => {
    if (!domainPattern.test(o.value || '')) fail('FUNCTIONAL_ERROR', `domain ${o.value}`);
  },
  'ipv4-addr': (o) => {
    if (!isIpv4(o.value || '')) fail('FUNCTIONAL_ERROR', `address ${o.value}`);
  },
  'ipv6-addr': (o) => {
    if (!require('net').isIPv6(o.value || '')) fail('FUNCTIONAL_ERROR', `address ${o.value}`);
  },
  url: (o) => checkText(o, 'value', 1),
  'autonomous-system': (o) => checkInt(o.number, 'number', 0, 2147483647),
  relationship: (o, violations) => {
    if (!o.relationship_type || !o.source_ref || !o.target_ref) fail('BAD_USER_INPUT', 'relationship without type or ends');
    if (o.external_references) violations.push(`${o.id}: external references on a relationship may set its dates`);
  },
};

function checkObject(object, violations) {
  checkId(object);
  if (!byType[object.type]) fail('UNSUPPORTED_ERROR', `${object.type} is not simulated`);
  everyString(object, (text) => {
    if (text.includes('\u0000')) fail('DATABASE_ERROR', 'U+0000 in a string');
    if (/\ufffd{3}/.test(text)) return;
    if (!text.isWellFormed ? /[\ud800-\udfff]/.test(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')) : !text.isWellFormed()) fail('DATABASE_ERROR', 'a lone surrogate');
  });
  checkTimes(object);
  checkInt(object.x_opencti_score, 'x_opencti_score', 0, 100);
  checkInt(object.confidence, 'confidence', 0, 100);
  for (const [key, words] of Object.entries(vocabularies)) {
    for (const word of [].concat(object[key] === undefined ? [] : object[key])) if (!words.includes(word)) violations.push(`${object.id}: ${key} ${word} is not in the vocabulary`);
  }
  for (const reference of object.external_references || object.x_opencti_external_references || []) {
    if (!reference.url && !(reference.source_name && reference.external_id)) violations.push(`${object.id}: an external reference is dropped`);
  }
  byType[object.type](object, violations);
}

module.exports = { checkObject, ImportError, observables, times };
