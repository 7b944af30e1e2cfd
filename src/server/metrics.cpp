// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "noctule/base/result.h"

namespace noctule {
namespace {

constexpr MetricFamily kFamilies[] = {
    {"noctule_build_info", "gauge", "Always 1; the label says which version runs."},
    {"noctule_start_time_seconds", "gauge", "When the server was started, since 1970."},
    {"noctule_http_connections_open", "gauge", "Connections that are open now."},
    {"noctule_http_connections_total", "counter", "Connections that came in."},
    {"noctule_http_connections_refused_total", "counter", "Connections beyond the limit, answered with 503 and closed."},
    {"noctule_http_responses_total", "counter", "Answers, by class of the status."},
    {"noctule_http_timeouts_total", "counter", "Requests that did not come in time."},
    {"noctule_http_unreadable_total", "counter", "Requests that broke the protocol or a limit."},
    {"noctule_http_received_bytes_total", "counter", "Bytes received, before decryption is undone."},
    {"noctule_http_sent_bytes_total", "counter", "Bytes sent."},
    {"noctule_workers_busy", "gauge", "Threads for slow requests that work now."},
    {"noctule_workers_waiting", "gauge", "Slow requests that wait for a thread."},
    {"noctule_workers_refused_total", "counter", "Slow requests beyond the queue, answered with 503."},
    {"noctule_collect_requests_total", "counter", "Requests of trackers and clients, by protocol."},
    {"noctule_collect_events_total", "counter", "Events that were kept, by protocol."},
    {"noctule_collect_dropped_total", "counter", "Events that were not kept, by reason."},
    {"noctule_collect_unreadable_total", "counter", "Requests that were none of their protocol."},
    {"noctule_collect_refused_total", "counter", "Requests answered with 503, because the journal took no more."},
    {"noctule_collect_limited_total", "counter", "Requests answered with 429, by what was over its rate."},
    {"noctule_journal_commits_total", "counter", "Commits, each of many requests."},
    {"noctule_journal_events_total", "counter", "Events committed."},
    {"noctule_journal_bytes_total", "counter", "Bytes of events committed."},
    {"noctule_journal_refused_total", "counter", "Appends refused: too much pending, journal or disk full."},
    {"noctule_journal_batches_waiting", "gauge", "Batches on disk that are not loaded yet."},
    {"noctule_journal_bytes_waiting", "gauge", "Their bytes."},
    {"noctule_journal_batches_corrupt_total", "counter", "Batches set aside, because they could not be read."},
    {"noctule_journal_last_commit_seconds", "gauge", "How long the last commit took."},
    {"noctule_journal_healthy", "gauge", "1 when the last commit went well."},
    {"noctule_loader_batches_total", "counter", "Batches moved into the store."},
    {"noctule_loader_events_total", "counter", "Events moved into the store."},
    {"noctule_loader_duplicates_total", "counter", "Events that the store had already."},
    {"noctule_loader_unreadable_total", "counter", "Events in the journal that could not be read."},
    {"noctule_loader_open_visits", "gauge", "Visits that may go on."},
    {"noctule_loader_healthy", "gauge", "1 when the last attempt went well."},
    {"noctule_store_rows", "gauge", "Rows of events."},
    {"noctule_store_bytes", "gauge", "Size of the store's file."},
    {"noctule_queries_total", "counter", "Questions answered."},
    {"noctule_queries_failed_total", "counter", "Questions that could not be answered."},
    {"noctule_query_seconds_total", "counter", "Time spent on answering."},
    {"noctule_rollups_total", "counter", "Days summed up."},
    {"noctule_live_readers", "gauge", "Who follows live visitors now."},
    {"noctule_reloads_total", "counter", "Times the configuration was read again."},
    {"noctule_sites", "gauge", "Sites that are configured."},
};

}  // namespace

std::vector<MetricFamily> metric_families() { return {std::begin(kFamilies), std::end(kFamilies)}; }

std::string_view name_of(Protocol protocol) {
  constexpr std::array<std::string_view, kProtocols> kNames = {"events",    "pixel",      "plausible", "umami", "umami_batch",
                                                               "goatcounter", "goatcounter_count", "matomo"};
  return kNames[static_cast<size_t>(protocol)];
}

void MetricsText::begin(std::string_view name, std::string_view labels) {
  if (name != family_) {
    const auto family = std::ranges::find(kFamilies, name, &MetricFamily::name);
    NOCT_ASSERT(family != std::end(kFamilies));
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, family->help, name, family->type);
    family_ = family->name;
  }
  text_.append(name);
  if (!labels.empty()) text_.append("{").append(labels).append("}");
}

void MetricsText::add(std::string_view name, uint64_t value, std::string_view labels) {
  begin(name, labels);
  fmt::format_to(std::back_inserter(text_), " {}\n", value);
}

void MetricsText::add(std::string_view name, double value, std::string_view labels) {
  begin(name, labels);
  fmt::format_to(std::back_inserter(text_), " {}\n", value);
}

}  // namespace noctule
