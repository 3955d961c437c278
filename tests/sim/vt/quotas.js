// SPDX-License-Identifier: Apache-2.0
'use strict';
// Allowances: each request that is answered costs one.

class Quotas {
  constructor(perMinute) {
    this.perMinute = perMinute;
    this.starts = [];
    this.counters = {
      api_requests_hourly: { allowed: 60000000000, used: 0 },
      api_requests_daily: { allowed: 20000, used: 0 },
      api_requests_monthly: { allowed: 1000000000, used: 0 },
      intelligence_searches_monthly: { allowed: 5000, used: 0 },
    };
  }

  set(changes) {
    for (const [name, counter] of Object.entries(changes)) this.counters[name] = { ...this.counters[name], ...counter };
  }

  // undefined when the request may pass, else the error's code
  spend(isSearch, nowMs) {
    if (this.perMinute) {
      this.starts = this.starts.filter((start) => start > nowMs - 60000);
      if (this.starts.length >= this.perMinute) return 'TooManyRequestsError';
      this.starts.push(nowMs);
    }
    const requests = ['api_requests_hourly', 'api_requests_daily', 'api_requests_monthly'];
    // A search costs a request; who has no allowance of requests pays with searches.
    const names = isSearch && this.counters.api_requests_daily.allowed === 0 ? ['intelligence_searches_monthly'] : requests;
    if (names.some((name) => this.counters[name].used >= this.counters[name].allowed)) return 'QuotaExceededError';
    for (const name of names) this.counters[name].used++;
    return undefined;
  }

  overall() {
    const data = {};
    for (const [name, counter] of Object.entries(this.counters)) data[name] = { user: { ...counter }, group: { ...counter, inherited_from: 'example-group' } };
    return data;
  }
}

module.exports = { Quotas };
