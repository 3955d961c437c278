// SPDX-License-Identifier: Apache-2.0
'use strict';
// The attributes of a file object, in the real service's shape, from the few facts that the corpus keeps of a file.

const { Random } = require('./prng');
const { wasRun } = require('./relationships');

const engines = [
  'Acronis', 'AhnLab-V3', 'Alibaba', 'ALYac', 'Antiy-AVL', 'APEX', 'Arcabit', 'Avast', 'AVG', 'Avira', 'Baidu', 'BitDefender',
  'Bkav', 'ClamAV', 'CMC', 'CrowdStrike', 'CTX', 'Cylance', 'Cynet', 'DeepInstinct', 'DrWeb', 'Elastic', 'Emsisoft',
  'ESET-NOD32', 'Fortinet', 'GData', 'Google', 'Gridinsoft', 'huorong', 'Ikarus', 'Jiangmin', 'K7AntiVirus', 'K7GW', 'Kaspersky',
  'Kingsoft', 'Lionic', 'Malwarebytes', 'MaxSecure', 'McAfeeD', 'Microsoft', 'NANO-Antivirus', 'Paloalto', 'Panda', 'Rising',
  'Sangfor', 'SentinelOne', 'Skyhigh', 'Sophos', 'SUPERAntiSpyware', 'Symantec', 'TACHYON', 'Tencent', 'Trapmine', 'TrellixENS',
  'TrendMicro', 'TrendMicro-HouseCall', 'Varist', 'VBA32', 'VIPRE', 'VirIT', 'ViRobot', 'Webroot', 'WithSecure', 'Xcitium',
  'Yandex', 'Zillya', 'ZoneAlarm', 'Zoner', 'tehtris', 'Trustlook',
];

const kinds = {
  peexe: { description: 'Win32 EXE', extension: 'exe', mime: 'application/octet-stream', tags: ['executable', 'windows', 'win32', 'pe', 'peexe'] },
  pedll: { description: 'Win32 DLL', extension: 'dll', mime: 'application/octet-stream', tags: ['executable', 'windows', 'win32', 'pe', 'pedll'] },
  doc: { description: 'MS Word Document', extension: 'doc', mime: 'application/msword', tags: ['document', 'msoffice', 'text', 'word', 'doc'] },
  xlsx: { description: 'Office Open XML Spreadsheet', extension: 'xlsx', mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', tags: ['document', 'msoffice', 'spreadsheet', 'excel', 'xlsx'] },
  pdf: { description: 'PDF', extension: 'pdf', mime: 'application/pdf', tags: ['document', 'pdf'] },
  android: { description: 'Android', extension: 'apk', mime: 'application/zip', tags: ['executable', 'mobile', 'android', 'apk'] },
  html: { description: 'HTML', extension: 'html', mime: 'text/html', tags: ['internet', 'html'] },
  powershell: { description: 'PowerShell', extension: 'ps1', mime: 'text/plain', tags: ['source', 'powershell', 'ps', 'ps1'] },
  elf: { description: 'ELF', extension: 'elf', mime: 'application/octet-stream', tags: ['executable', 'linux', 'elf'] },
  zip: { description: 'ZIP', extension: 'zip', mime: 'application/zip', tags: ['compressed', 'zip'] },
};

const lures = ['invoice', 'payment_advice', 'DHL_shipment', 'tax return 2026', 'resume', 'update', 'setup', 'Quotation', 'court notice', 'statement'];

function stats(meta, random) {
  const silent = random.int(0, 4);
  return {
    malicious: meta.positives,
    suspicious: 0,
    undetected: Math.max(0, engines.length - meta.positives - silent - 2),
    harmless: 0,
    timeout: silent > 2 ? 1 : 0,
    ...(random.chance(0.5) ? { 'confirmed-timeout': 0 } : {}),
    failure: 0,
    'type-unsupported': silent + 2 - (silent > 2 ? 1 : 0),
  };
}

function results(meta, random) {
  const list = {};
  engines.forEach((engine, index) => {
    const detects = index < meta.positives;
    list[engine] = {
      method: 'blacklist',
      engine_name: engine,
      engine_version: random.chance(0.1) ? 'None' : `${random.int(1, 30)}.${random.int(0, 9)}.${random.int(0, 9999)}.0`,
      engine_update: random.chance(0.05) ? null : '20261123',
      category: detects ? 'malicious' : random.chance(0.05) ? 'type-unsupported' : 'undetected',
      result: detects ? `Trojan.${meta.family || 'Generic'}.${random.hex(6)}` : null,
    };
  });
  return list;
}

function severity(meta) {
  if (!meta.severity) return {};
  return {
    threat_severity: {
      version: 5,
      threat_severity_level: `SEVERITY_${meta.severity}`,
      last_analysis_date: String(meta.first + 3600),
      level_description: meta.severity === 'NONE' ? 'No severity score data' : `Severity ${meta.severity} because it was considered ${meta.category || 'trojan'}.`,
      threat_severity_data: meta.family
        ? { popular_threat_category: meta.category, num_gav_detections: Math.min(3, meta.positives), ...(wasRun(meta) ? { has_dropped_files_with_detections: true } : {}) }
        : {},
    },
  };
}

function classification(meta) {
  if (!meta.family || meta.positives < 5) return {};
  return {
    popular_threat_classification: {
      suggested_threat_label: `${meta.category}.${meta.family}/msil`,
      popular_threat_category: [{ value: meta.category, count: Math.ceil(meta.positives / 2) }],
      popular_threat_name: [
        { value: meta.family, count: Math.max(2, Math.floor(meta.positives / 2)) },
        { value: 'msil', count: 2 },
      ],
    },
  };
}

function crowd(meta, random) {
  if (meta.severity !== 'HIGH') return {};
  return {
    crowdsourced_yara_results: [
      { ruleset_id: random.hex(10), rule_name: `MAL_${meta.family}_Nov26`, ruleset_name: `gen_${meta.family}`, author: 'Somebody | <b>Else</b>', source: 'https://yara.example/rules', description: `Detects ${meta.family} & friends` },
    ],
    crowdsourced_ids_results: [
      { rule_id: '1:2030000', rule_msg: `ET MALWARE ${meta.family} CnC Activity`, alert_severity: 'high', rule_category: 'trojan-activity', rule_source: 'Proofpoint', alert_context: [{ dest_ip: '45.155.204.9', dest_port: 443, proto: 'TCP' }] },
    ],
    crowdsourced_ids_stats: { high: 1, medium: 0, low: 0, info: 0 },
    sigma_analysis_stats: { critical: 0, high: 1, medium: 0, low: 0 },
    sigma_analysis_results: [
      { rule_title: 'Suspicious Child Process', rule_id: random.hex(64), rule_level: 'high', rule_source: 'Sigma Integrated Rule Set (GitHub)', rule_author: 'Somebody', rule_description: 'Detects a suspicious child', match_context: [{ values: { Image: 'C:\\Windows\\cmd.exe' } }] },
    ],
    sandbox_verdicts: { 'Zenbox Linux': { category: 'malicious', sandbox_name: 'Zenbox Linux', malware_classification: ['MALWARE', 'TROJAN'], confidence: 88, malware_names: [meta.family] } },
  };
}

function names(meta, random, kind) {
  const lure = random.pick(lures);
  return [`${lure}.${kind.extension}`, meta.sha256, `C:\\Users\\user\\Desktop\\${lure}_${random.hex(4)}.${kind.extension}`].slice(0, random.int(1, 3));
}

// withGti: only to requests that carry x-tool
function attributesOf(meta, withGti) {
  const random = new Random(`attributes ${meta.sha256}`);
  const kind = kinds[meta.type];
  const list = names(meta, random, kind);
  const isPe = meta.type === 'peexe' || meta.type === 'pedll';
  const attributes = {
    type_description: kind.description,
    tlsh: random.chance(0.5) ? `T1${random.hex(70).toUpperCase()}` : 'TNULL',
    vhash: meta.vhash,
    exiftool: { MIMEType: kind.mime, FileType: kind.description, FileTypeExtension: kind.extension, WordCount: '12' },
    trid: [{ file_type: `${kind.description} (generic)`, probability: random.int(10, 99) + 0.5 }],
    type_tags: kind.tags,
    ...(random.chance(0.8) ? { meaningful_name: list[0] } : {}),
    names: random.chance(0.85) ? list : [],
    last_modification_date: meta.first + 90000,
    first_submission_date: meta.first,
    last_submission_date: meta.first + 7200,
    last_analysis_date: meta.first + 3600,
    creation_date: random.chance(0.05) ? 2985698562 : meta.first - random.int(0, 90000000),
    times_submitted: meta.sources + random.int(0, 2),
    unique_sources: meta.sources,
    size: meta.size,
    sha256: meta.sha256,
    sha1: meta.sha1,
    md5: meta.md5,
    ssdeep: `768:${random.hex(20)}:${random.hex(10)}`,
    magic: kind.description,
    magika: kind.extension.toUpperCase(),
    type_tag: meta.type,
    type_extension: kind.extension,
    reputation: -random.int(0, 30),
    total_votes: { harmless: 0, malicious: random.int(0, 2) },
    tags: [meta.type, ...(random.chance(0.4) ? ['detect-debug-environment'] : []), ...(meta.cve ? [meta.cve, 'exploit'] : []), ...(meta.tags || [])],
    last_analysis_stats: stats(meta, random),
    last_analysis_results: results(meta, random),
    ...(isPe
      ? {
          authentihash: random.hex(64),
          pe_info: { timestamp: meta.first, imphash: meta.imphash, machine_type: 332, entry_point: 4096, sections: [{ name: '.text', entropy: 6.5, md5: random.hex(32), raw_size: 4096, virtual_address: 4096, virtual_size: 4000 }], import_list: [{ library_name: 'KERNEL32.dll', imported_functions: ['CreateFileA', 'WriteFile'] }] },
        }
      : {}),
    ...severity(meta),
    ...classification(meta),
    ...crowd(meta, random),
    ...(meta.signed ? { signature_info: { product: 'Tool', verified: 'Signed', signers: 'Example Pty Ltd; DigiCert', 'file version': '1.0' } } : {}),
    ...(withGti && meta.gti !== undefined
      ? { gti_assessment: { verdict: { value: 'VERDICT_MALICIOUS' }, severity: { value: 'SEVERITY_HIGH' }, threat_score: { value: meta.gti }, contributing_factors: { gavs_detections: 2, malicious_sandbox_verdict: true }, description: 'This indicator is malicious.' } }
      : {}),
    downloadable: true,
  };
  if (meta.nasty) meta.nasty(attributes);
  return attributes;
}

module.exports = { attributesOf, kinds, engines };
