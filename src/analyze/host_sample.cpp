// SPDX-License-Identifier: Apache-2.0
#include "host_sample.h"

#include <vector>

namespace noctule {

HostSample::HostSample(const AnalyzeOptions& options) : maker_(Knowledge::builtin(), none_, verdicts_, names_) {
  for (const std::string& host : options.site_hosts) given_.add(host);
}

void HostSample::add(const Input& input) {
  if (!given_.empty() || lines_ > kLinesMax) return;
  input.for_each_first_record([&](const LogRecord& record, FieldSet fields) {
    ++lines_;
    if (fields.has(Field::Host) && !record.host.empty() && record.status < 400) ++asked_[normal_host(record.host)];
    static_cast<void>(maker_.make(record, fields, 0));
  });
}

SiteHosts HostSample::hosts() const {
  if (!given_.empty()) return given_;
  SiteHosts hosts;
  hosts.learn(maker_.host_tally());
  std::vector<HostTally> asked;
  for (const auto& [host, count] : asked_) asked.push_back({host, count});
  hosts.learn(asked);
  return hosts;
}

}  // namespace noctule
