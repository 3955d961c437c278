// SPDX-License-Identifier: Apache-2.0
'use strict';
// What real data does to programs (each seen at the service): one file of the main day carries each case.

const cases = {
  'nul-in-strings': (a) => { a.malware_config = { families: [{ family: 'remcos', configs: [{ tool: 'MWCP', net_info: [{ host: 'ϲ\u0000172.94.9\u00006.90' }] }] }] }; },
  'lone-surrogates': (a) => { a.names = ['bad \ud83d name.exe', '\udc00.dll']; a.meaningful_name = 'bad \ud83d name.exe'; },
  'bidi-name': (a) => { a.names = ['invoice\u202Efdp.exe']; a.meaningful_name = 'invoice\u202Efdp.exe'; },
  'tab-name': (a) => { a.names = ['\test.exe']; a.meaningful_name = '\test.exe'; },
  'replacement-names': (a) => { a.names = Array.from({ length: 100 }, (_, i) => `/tmp/${i}/\ufffd\ufffd\ufffd\ufffd.doc`); delete a.meaningful_name; },
  'hostile-name': (a) => { a.names = ['<script>alert(1)</script>"\'`${x}|*_[a](javascript:alert(1)).exe']; a.meaningful_name = a.names[0]; },
  'formula-name': (a) => { a.names = ['=cmd|\' /C calc\'!A0.xlsx', '+1.exe', '-2.exe', '@SUM(1).exe']; a.meaningful_name = a.names[0]; },
  'base64-name': (a) => { a.names = ['QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODkrLw=='.repeat(6)]; delete a.meaningful_name; },
  'url-name': (a) => { a.names = ['https%3A%2F%2Fevil.example%2Fa.exe', 'https://evil.example/a.exe']; delete a.meaningful_name; },
  'no-names': (a) => { a.names = []; delete a.meaningful_name; },
  'missing-names': (a) => { delete a.names; delete a.meaningful_name; },
  'zip-bomb': (a) => { a.bundle_info = { type: 'ZIP', num_children: 17, uncompressed_size: 3.3356434083164046e21 }; },
  'huge-size': (a) => { a.size = 4294967296; },
  'size-zero': (a) => { a.size = 0; },
  'dates-out-of-range': (a) => { a.creation_date = -62135596800; a.first_seen_itw_date = 253402300799; },
  'null-attributes': (a) => { a.gti_assessment = null; a.favicon = null; a.popular_threat_classification = null; a.sandbox_verdicts = null; },
  'none-strings': (a) => { if (a.threat_severity) a.threat_severity.threat_severity_data = { popular_threat_category: 'None' }; },
  'repeated-key': (a) => { a['@repeated'] = true; },
  'tags-absent': (a) => { delete a.tags; delete a.type_tag; delete a.exiftool; },
  'long-text': (a) => { a.magic = 'x'.repeat(20000); },
  'positives-only': (a) => { a.positives = a.last_analysis_stats.malicious; delete a.last_analysis_stats; delete a.last_analysis_results; },
};

// JSON.stringify cannot write a key twice: the service does, and the last one counts.
function repeatKeys(text) {
  return text.replace('"@repeated":true', '"reputation":-1,"reputation":-77');
}

module.exports = { cases, repeatKeys };
