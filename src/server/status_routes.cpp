// SPDX-License-Identifier: Apache-2.0
#include "status_routes.h"

#include <fmt/format.h>

#include "version.h"

namespace noctule {
namespace {

struct Check {
  std::string_view name;
  std::string problem;  // empty: it is well
};

Check check_journal(const Services& services) { return {"journal", services.journal->status().error}; }

Check check_store(const Services& services) {
  const auto read = services.store->loaded_through();
  return {"store", read ? std::string() : read.error().message};
}

// Loading is behind when batches wait and none was loaded for so long.
Check check_loader(const Services& services) {
  const LoaderStatus loader = services.loader->status();
  const JournalStatus journal = services.journal->status();
  const int64_t lag_s = (services.now_ms() - loader.last_load_ms) / 1'000;
  if (!loader.error.empty()) return {"loader", loader.error};
  if (journal.batches_waiting > 0 && loader.last_load_ms > 0 && lag_s > static_cast<int64_t>(services.config.get()->ready_lag)) {
    return {"loader", fmt::format("{} batches wait, none was loaded for {} seconds", journal.batches_waiting, lag_s)};
  }
  return {"loader", {}};
}

void answer_ready(const Services& services, Response& response) {
  std::string checks;
  bool ready = true;
  for (const Check& check : {check_journal(services), check_store(services), check_loader(services)}) {
    ready = ready && check.problem.empty();
    checks += fmt::format("{}\"{}\":{}", checks.empty() ? "" : ",", check.name, check.problem.empty() ? "\"ok\"" : json_quoted(check.problem));
  }
  response.add("Cache-Control", "no-store");
  response.json(ready ? 200 : 503, fmt::format("{{\"status\":\"{}\",\"checks\":{{{}}}}}", ready ? "ready" : "not ready", checks));
}

void add_http(MetricsText& text, const HttpStatus& http) {
  text.add("noctule_http_connections_open", http.connections_open);
  text.add("noctule_http_connections_total", http.connections);
  text.add("noctule_http_connections_refused_total", http.connections_refused);
  for (size_t hundreds = 2; hundreds < http.responses.size(); ++hundreds) {
    text.add("noctule_http_responses_total", http.responses[hundreds], fmt::format("class=\"{}xx\"", hundreds));
  }
  text.add("noctule_http_timeouts_total", http.timeouts);
  text.add("noctule_http_unreadable_total", http.unreadable);
  text.add("noctule_http_received_bytes_total", http.bytes_in);
  text.add("noctule_http_sent_bytes_total", http.bytes_out);
  text.add("noctule_workers_busy", http.workers_busy);
  text.add("noctule_workers_waiting", http.worker_waiting);
  text.add("noctule_workers_refused_total", http.worker_refused);
}

void add_collect(MetricsText& text, const Metrics& metrics) {
  CollectCounters sum;
  for (const CollectCounters& thread : metrics.threads()) {
    for (size_t i = 0; i < kProtocols; ++i) {
      sum.requests[i] += thread.requests[i];
      sum.kept[i] += thread.kept[i];
    }
    for (size_t i = 0; i < kDrops; ++i) sum.dropped[i] += thread.dropped[i];
    sum.unreadable += thread.unreadable;
    sum.refused += thread.refused;
    sum.limited_address += thread.limited_address;
    sum.limited_site += thread.limited_site;
  }
  const auto protocol = [](size_t i) { return fmt::format("protocol=\"{}\"", name_of(static_cast<Protocol>(i))); };
  for (size_t i = 0; i < kProtocols; ++i) text.add("noctule_collect_requests_total", sum.requests[i].load(), protocol(i));
  for (size_t i = 0; i < kProtocols; ++i) text.add("noctule_collect_events_total", sum.kept[i].load(), protocol(i));
  for (size_t i = 1; i < kDrops; ++i) {
    text.add("noctule_collect_dropped_total", sum.dropped[i].load(), fmt::format("reason=\"{}\"", name_of(static_cast<Drop>(i))));
  }
  text.add("noctule_collect_unreadable_total", sum.unreadable.load());
  text.add("noctule_collect_refused_total", sum.refused.load());
  text.add("noctule_collect_limited_total", sum.limited_address.load(), "by=\"address\"");
  text.add("noctule_collect_limited_total", sum.limited_site.load(), "by=\"site\"");
}

void add_pipeline(MetricsText& text, const JournalStatus& journal, const LoaderStatus& loader) {
  text.add("noctule_journal_commits_total", journal.commits);
  text.add("noctule_journal_events_total", journal.events);
  text.add("noctule_journal_bytes_total", journal.bytes);
  text.add("noctule_journal_refused_total", journal.refused);
  text.add("noctule_journal_batches_waiting", journal.batches_waiting);
  text.add("noctule_journal_bytes_waiting", journal.bytes_waiting);
  text.add("noctule_journal_batches_corrupt_total", journal.batches_corrupt);
  text.add("noctule_journal_last_commit_seconds", static_cast<double>(journal.last_commit_us) / 1e6);
  text.add("noctule_journal_healthy", static_cast<uint64_t>(journal.error.empty()));
  text.add("noctule_loader_batches_total", loader.batches);
  text.add("noctule_loader_events_total", loader.events);
  text.add("noctule_loader_duplicates_total", loader.duplicates);
  text.add("noctule_loader_unreadable_total", loader.unreadable);
  text.add("noctule_loader_open_visits", loader.open_visits);
  text.add("noctule_loader_healthy", static_cast<uint64_t>(loader.error.empty()));
}

// What a proxy on this machine passes on comes from loopback; while it is not trusted nobody can tell who asks.
bool may_read_metrics(const Services& services, const Request& request) {
  const bool passed_on = !request.field(Field::XForwardedFor).empty() || !request.field(Field::Forwarded).empty();
  if (passed_on && services.config.get()->trusted_proxies.empty()) return false;
  const auto address = parse_address(request.address);
  return address && services.metrics_networks.get()->contains(*address);
}

}  // namespace

std::string metrics_text(const Services& services, const LiveHub& live) {
  MetricsText text;
  text.add("noctule_build_info", uint64_t{1}, fmt::format("version=\"{}\"", kVersion));
  text.add("noctule_start_time_seconds", static_cast<double>(services.started_ms) / 1e3);
  if (services.http) add_http(text, services.http->status());
  add_collect(text, services.metrics);
  add_pipeline(text, services.journal->status(), services.loader->status());
  if (const auto store = services.store->status()) {
    text.add("noctule_store_rows", store->rows);
    text.add("noctule_store_bytes", store->bytes);
  }
  const Metrics& metrics = services.metrics;
  text.add("noctule_queries_total", metrics.queries.load());
  text.add("noctule_queries_failed_total", metrics.queries_failed.load());
  text.add("noctule_query_seconds_total", static_cast<double>(metrics.query_ms.load()) / 1e3);
  text.add("noctule_rollups_total", metrics.rollups.load());
  text.add("noctule_live_readers", static_cast<uint64_t>(live.readers()));
  text.add("noctule_reloads_total", metrics.reloads.load());
  text.add("noctule_sites", static_cast<uint64_t>(services.sites.get()->sites().size()));
  return text.take();
}

void add_status_routes(Router& router, Services& services, const LiveHub& live) {
  router.add(Method::Get, "/health/live", [](const Request&, Response& response) {
    response.add("Cache-Control", "no-store");
    response.json(200, R"({"status":"live"})");
  });
  router.add(Method::Get, "/health/ready", [&services](const Request&, Response& response) { answer_ready(services, response); }, {.where = Where::Worker});
  router.add(Method::Get, "/metrics", [&services, &live](const Request& request, Response& response) {
    if (request.door != Door::Control && !may_read_metrics(services, request)) {
      return response.fail_with(403, "metrics_networks does not name this address");
    }
    response.text(200, "text/plain; version=0.0.4; charset=utf-8", metrics_text(services, live));
  }, {.where = Where::Worker});
}

}  // namespace noctule
