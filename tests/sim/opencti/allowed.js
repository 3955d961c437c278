// SPDX-License-Identifier: Apache-2.0
'use strict';
// Which relationships the platform takes, for the exact direction; related-to goes between any two.

const { atLeast } = require('./version');

const hosts = ['Domain-Name', 'IPv4-Addr', 'IPv6-Addr'];
const observables = ['StixFile', 'Url', 'Autonomous-System', ...hosts];

// from, to, type, since
const rows = [
  ...['drops', 'downloads', 'derived-from'].map((type) => ['StixFile', 'StixFile', type]),
  ...hosts.map((to) => ['StixFile', to, 'communicates-with']),
  ['StixFile', 'Attack-Pattern', 'uses'],
  ['StixFile', 'Vulnerability', 'targets'],
  ['StixFile', 'Vulnerability', 'demonstrates', '6.7.10'],
  ...observables.map((to) => ['Indicator', to, 'based-on']),
  ...['Malware', 'Attack-Pattern', 'Vulnerability'].map((to) => ['Indicator', to, 'indicates']),
  ['Indicator', 'Indicator', 'derived-from'],
  ...['downloads', 'drops'].map((type) => ['Malware', 'StixFile', type]),
  ['Malware', 'Attack-Pattern', 'uses'],
  ...['exploits', 'targets'].map((type) => ['Malware', 'Vulnerability', type]),
  ...['originates-from', 'targets'].map((type) => ['Malware', 'Country', type]),
  ...[...hosts, 'Url'].map((to) => ['Malware', to, 'communicates-with']),
  ...hosts.map((to) => ['Domain-Name', to, 'resolves-to']),
  ...['IPv4-Addr', 'IPv6-Addr'].map((from) => [from, 'Country', 'located-at']),
  ...['IPv4-Addr', 'IPv6-Addr'].map((from) => [from, 'Autonomous-System', 'belongs-to']),
  ['Url', 'Url', 'derived-from'],
];

function isAllowed(version, type, from, to) {
  if (type === 'related-to') return true;
  return rows.some(([rowFrom, rowTo, rowType, since]) => rowFrom === from && rowTo === to && rowType === type && (!since || atLeast(version.text, since)));
}

module.exports = { isAllowed };
