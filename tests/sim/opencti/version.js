// SPDX-License-Identifier: Apache-2.0
'use strict';
// What changed with which release (6.x counts semantically, 7 on is 7.YYMMDD.n), as one table.

const changes = {
  pushTakesWorkId: '6.5.7',
  vocabulariesApart: '6.5.2',
  // A discarded object is an error on the work.
  discardedAreReported: '6.6.18',
  workerSkipsDeadWorks: '6.8.7',
  isWorkAlive: '6.8.7',
  autoUpdate: '6.8.9',
  workMustBeAlive: '6.9.19',
  noSplitField: '7.260227.0',
  xtmOneIntent: '7.260527.0',
  idsAreTrimmed: '7.260416.0',
  multiPartWork: '7.260422.0',
  toProcessedKeepsKey: '7.260428.0',
  mitreIdLowerCased: '7.260529.0',
  hashCaseKept: '7.260706.0',
  // The release after 7.260817.0.
  platformSplits: '7.260818.0',
};

function fields(version) {
  return version.split('.').map((part) => parseInt(part, 10) || 0);
}

function atLeast(version, wanted) {
  const [a, b] = [fields(version), fields(wanted)];
  for (let i = 0; i < 3; i++) if ((a[i] || 0) !== (b[i] || 0)) return (a[i] || 0) > (b[i] || 0);
  return true;
}

// has('multiPartWork') and so on
class Version {
  constructor(text) {
    this.text = text;
  }

  has(change) {
    if (!changes[change]) throw new Error(`no change ${change}`);
    return atLeast(this.text, changes[change]);
  }
}

module.exports = { Version, atLeast };
