// SPDX-License-Identifier: Apache-2.0
#include "noctule/analyze/page_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "findings.h"
#include "noctule/base/text.h"
#include "noctule/detect/page_address.h"
#include "run.h"

namespace noctule {
namespace {

// A page's name is its host, where the log tells, and its path.
std::string_view path_of(std::string_view name) {
  const size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view("/") : name.substr(slash);
}

std::string_view host_of(std::string_view name) { return name.substr(0, name.find('/')); }

Result<void> load_names(Engine& engine, const Findings& findings) {
  std::unordered_set<uint64_t> wanted;
  for (const Arrival& arrival : findings.tracked.arrivals) {
    wanted.insert(arrival.page);
    if (arrival.referrer_host != 0) wanted.insert(arrival.referrer_host);
  }
  for (const Unfurl& unfurl : findings.unfurls) wanted.insert(unfurl.page);
  return engine.names().load(wanted);
}

LogVisit make_visit(Engine& engine, const Findings& findings, size_t index) {
  const Arrival& arrival = findings.tracked.arrivals[index];
  LogVisit visit;
  visit.instant_ms = arrival.instant_ms;
  visit.end_ms = arrival.visit_end_ms;
  visit.file = file_of(arrival.origin);
  visit.visitor = arrival.visitor;
  visit.page = path_of(engine.names().name(arrival.page));
  visit.verdict = findings.verdicts[index];
  if (arrival.referrer_host != 0) visit.referrer_host = engine.names().name(arrival.referrer_host);
  visit.deep = findings.judged[index].deep;
  visit.may_be_private = may_be_private(findings.judged[index]);
  visit.mobile = findings.judged[index].mobile;
  visit.click_id = arrival.click_id;
  visit.recipient_id = arrival.recipient_id;
  return visit;
}

LogFindings summarise(Engine& engine, const Findings& findings) {
  LogFindings summary;
  for (const Input& input : engine.inputs()) summary.files.push_back({input.shown_path(), input.first_request_hash()});
  for (size_t i = 0; i < findings.tracked.arrivals.size(); ++i) summary.visits.push_back(make_visit(engine, findings, i));
  for (const Unfurl& unfurl : findings.unfurls) {
    const std::string_view name = engine.names().name(unfurl.page);
    if (name.empty()) continue;
    summary.pastes.push_back({unfurl.instant_ms, file_of(unfurl.origin), std::string(host_of(name)), std::string(path_of(name)), unfurl.app, unfurl.surface, unfurl.fetches, unfurl.same_device});
  }
  summary.addresses_are_visitors = findings.addresses == Addresses::OfVisitors && !findings.context.is_behind_proxy;
  summary.warnings = findings.warnings;
  for (const FileTotals& file : engine.file_totals()) {
    summary.lines += file.lines;
    summary.unparsed += file.unparsed;
  }
  summary.hits = engine.totals().hits;
  summary.first_ms = findings.first_ms;
  summary.last_ms = findings.last_ms;
  return summary;
}

// Which visit a hit belongs to: the visitor's latest that had begun by then and had not ended.
class VisitFinder {
 public:
  explicit VisitFinder(const LogFindings& findings) : findings_(findings) {
    for (size_t i = 0; i < findings.visits.size(); ++i) by_visitor_[findings.visits[i].visitor].push_back(i);
  }

  [[nodiscard]] size_t find(const Hit& hit) const {
    const auto found = by_visitor_.find(hit.visitor);
    if (found == by_visitor_.end()) return kNone;
    const auto after = std::ranges::upper_bound(found->second, hit.instant_ms, {}, [&](size_t i) { return findings_.visits[i].instant_ms; });
    if (after == found->second.begin()) return kNone;
    const size_t index = *std::prev(after);
    return hit.instant_ms <= findings_.visits[index].end_ms ? index : kNone;
  }

  static constexpr size_t kNone = SIZE_MAX;

 private:
  const LogFindings& findings_;
  std::unordered_map<uint64_t, std::vector<size_t>> by_visitor_;
};

class SecondReading {
 public:
  SecondReading(Engine& engine, const LogFindings& findings, const std::function<Result<void>(const LogPageView&)>& on_view)
      : maker_(Knowledge::builtin(), engine.hosts(), verdicts_, names_, engine.addresses()), finder_(findings),
        begun_(findings.visits.size()), on_view_(on_view) {}

  Result<void> read(Input& input, uint32_t file) {
    input.rewind();
    std::unique_ptr<LineParser> parser;
    LineBlock block;
    while (true) {
      const Result<bool> more = input.read(block);
      if (!more || !*more) break;  // an input that breaks off was told of in the first reading
      if (!parser) parser = input.format().make_parser();
      maker_.begin_file(file);
      if (auto read = read_block(input, *parser, block, file); !read) return read;
    }
    input.close();
    return {};
  }

 private:
  Result<void> read_block(const Input& input, LineParser& parser, const LineBlock& block, uint32_t file) {
    std::string_view line;
    for (LineWalker walk(block); walk.next(line);) {
      LogRecord record;
      LineProblem problem;
      if (walk.is_cut() || parser.parse(line, record, problem) != LineResult::Parsed) continue;
      FieldSet fields = parser.fields();
      if (input.is_user_agent_silent()) fields.remove(Field::UserAgent);
      if (auto told = tell(record, fields, maker_.make(record, fields, make_origin(file, walk.number()))); !told) return told;
    }
    return {};
  }

  Result<void> tell(const LogRecord& record, FieldSet fields, const Hit& hit) {
    if (!is_page(hit.target) || hit.method != Method::Get || hit.has(HitFlag::Prefetch) || record.status >= 400) return {};
    if (record.status >= 300 && record.status != 304) return {};
    if (hit.kind != Kind::Browser && hit.kind != Kind::InappBrowser) return {};
    LogPageView view;
    view.visit = finder_.find(hit);
    if (view.visit == VisitFinder::kNone) return {};
    view.begins_visit = !begun_[view.visit];
    begun_[view.visit] = true;
    view.instant_ms = record.instant_ms;
    const size_t mark = record.target.find('?');
    view.query = mark == std::string_view::npos ? std::string_view{} : record.target.substr(mark + 1);
    path_ = normal_path(record.target.substr(0, mark));
    if (const std::string content = content_query(view.query, Knowledge::builtin()); !content.empty() && is_query_addressed(path_)) {
      path_.append("?").append(content);
    }
    view.path = path_;
    view.host = fields.has(Field::Host) ? record.host : std::string_view{};
    view.referrer = record.referrer;
    view.user_agent = record.user_agent;
    view.address = maker_.client_address(record);
    return on_view_(view);
  }

  SharedVerdicts verdicts_;
  PageNames names_;
  HitMaker maker_;
  VisitFinder finder_;
  std::vector<bool> begun_;
  std::string path_;
  const std::function<Result<void>(const LogPageView&)>& on_view_;
};

}  // namespace

Result<void> read_page_views(const AnalyzeOptions& options, const std::function<Result<void>(const LogFindings&)>& on_findings,
                             const std::function<Result<void>(const LogPageView&)>& on_view) {
  return with_engine(options, [&](Engine& engine) -> Result<void> {
    for (const Input& input : engine.inputs()) {
      if (input.is_repeatable()) continue;
      return fail(ErrorCode::InvalidInput, fmt::format("{}: has to be read twice, which a pipe does not allow; name a file", printable(input.shown_path(), 4'096)));
    }
    NOCT_TRY(const Findings findings, make_findings(engine, options));
    if (auto loaded = load_names(engine, findings); !loaded) return loaded;
    const LogFindings summary = summarise(engine, findings);
    if (auto told = on_findings(summary); !told) return told;
    SecondReading reading(engine, summary, on_view);
    std::vector<Input> inputs = engine.take_inputs();
    for (uint32_t file = 0; file < inputs.size(); ++file) {
      if (auto read = reading.read(inputs[file], file); !read) return read;
    }
    return {};
  });
}

}  // namespace noctule
