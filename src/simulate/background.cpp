// SPDX-License-Identifier: Apache-2.0
#include "background.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "apps.h"
#include "mail_gateway.h"

namespace noctule::sim {
namespace {

constexpr int64_t kHourMs = 3'600'000, kDayMs = 24 * kHourMs;
constexpr double kHomeOfShallow = 0.8;  // the rest: sections
constexpr double kFreshOfSocial = 0.6;  // public posts point to what is new
constexpr double kOpenMedianHours = 4, kOpenSigma = 1.3;  // of a newsletter
constexpr int kLinksOfIssue = 4;
constexpr double kGatewayOfReader = 0.6;            // the same recipient later opens the mail
constexpr int64_t kWaveMs = 36 * kHourMs;
constexpr double kBookmarksOfWave = 0.4;  // the rest: typed

// Part of each cause's visits that land on a deep page; typed addresses and bookmarks follow the mix.
struct DepthRow {
  Cause cause;
  double deep;
};
constexpr DepthRow kDepths[] = {{Cause::Search, 0.85},   {Cause::Feed, 1},     {Cause::Social, 0.93}, {Cause::Referral, 0.72},
                                {Cause::Paid, 0.6},      {Cause::Ai, 0.9},     {Cause::Document, 1},  {Cause::Newsletter, 0.95}};

double deep_part(const Mix& mix, Cause cause) {
  if (cause == Cause::Typed) return mix.typed_deep;
  if (cause == Cause::Bookmark) return mix.bookmark_deep;
  const auto row = std::ranges::find(kDepths, cause, &DepthRow::cause);
  NOCT_ASSERT(row != std::end(kDepths));
  return row->deep;
}

double total_of_weights(const Mix& mix) {
  return mix.search + mix.typed + mix.bookmark + mix.feed + mix.newsletter + mix.social + mix.referral + mix.paid + mix.ai + mix.document;
}

}  // namespace

Background::Background(Stage& stage, const WorldBreaks& breaks, double private_share)
    : stage_(stage), other_part_(1 - private_share), newsletter_part_(stage.mix.newsletter / total_of_weights(stage.mix)) {
  const Mix& mix = stage_.mix;
  cause_weights_ = {mix.search, mix.typed, mix.bookmark, mix.feed, 0, mix.social, mix.referral, mix.paid, mix.ai, mix.document, 0};
  NOCT_ASSERT(cause_weights_.size() == kCauses);
  for (const PublicSource& source : public_sources()) {
    source_weights_.push_back(source.weight * std::exp(mix.app_spread * stage_.random.normal()));
  }
  static constexpr QueryKind kTools[] = {QueryKind::McEid, QueryKind::McTerm, QueryKind::NewsletterUtm, QueryKind::NewsletterUtmBare};
  static constexpr int64_t kEvery[] = {kDayMs, kDayMs * 7 / 2, 7 * kDayMs};
  newsletter_tool_ = kTools[stage_.random.below(std::size(kTools))];
  issue_every_ms_ = kEvery[stage_.random.below(std::size(kEvery))];
  next_issue_ms_ = stage_.window.start_ms - static_cast<int64_t>(stage_.random.uniform() * static_cast<double>(issue_every_ms_));
  if (breaks.bookmark_wave) waves_.push_back(make_bookmark_wave());
  if (breaks.pdf_link) waves_.push_back(make_document());
}

int64_t Background::draw_between(int64_t from_ms, int64_t to_ms) {
  return from_ms + static_cast<int64_t>(stage_.random.uniform() * static_cast<double>(to_ms - from_ms));
}

void Background::plan(const Stretch& stretch) {
  const double span_ms = static_cast<double>(stage_.window.end_ms - stage_.window.start_ms);
  const double issue_visits = stretch.expected_visits * other_part_ * newsletter_part_ * static_cast<double>(issue_every_ms_) / span_ms;
  for (; next_issue_ms_ < stretch.to_ms; next_issue_ms_ += issue_every_ms_) send_issue(next_issue_ms_, issue_visits);
  const double mean = stretch.visits * other_part_ * (1 - newsletter_part_);
  for (uint64_t count = stage_.random.poisson(mean); count > 0; --count) plan_one(draw_between(stretch.from_ms, stretch.to_ms));
  for (const Wave& wave : waves_) plan_wave(wave, stretch);
}

uint32_t Background::draw_shallow() {
  return stage_.random.chance(kHomeOfShallow) ? stage_.site.home() : stage_.site.draw_section(stage_.random);
}

uint32_t Background::draw_page(Cause cause) {
  Random& random = stage_.random;
  if (!random.chance(deep_part(stage_.mix, cause))) return draw_shallow();
  const bool fresh = cause == Cause::Feed || cause == Cause::Newsletter || (cause == Cause::Social && random.chance(kFreshOfSocial));
  return fresh ? stage_.site.draw_fresh(random) : stage_.site.draw_deep(random);
}

void Background::plan_one(int64_t instant_ms) {
  VisitPlan plan{.instant_ms = instant_ms};
  plan.cause = static_cast<Cause>(draw_row(stage_.random, cause_weights_, [](double weight) { return weight; }));
  if (plan.cause == Cause::Social) {
    plan.app = static_cast<uint8_t>(draw_row(stage_.random, source_weights_, [](double weight) { return weight; }));
  }
  plan.page = draw_page(plan.cause);
  stage_.calendar.add(plan);
}

// One recipient's link in one issue.
QueryPart Background::tag_newsletter(PersonId recipient) const {
  const auto id = static_cast<uint64_t>(recipient);
  switch (newsletter_tool_) {
    case QueryKind::McEid: return {QueryKind::McEid, (issue_number_ << 48) | id};
    case QueryKind::McTerm: return {QueryKind::McTerm, id};
    case QueryKind::NewsletterUtm: return {QueryKind::NewsletterUtm, issue_number_};
    default: return {QueryKind::NewsletterUtmBare, 0};
  }
}

void Background::send_issue(int64_t instant_ms, double visits) {
  Random& random = stage_.random;
  ++issue_number_;
  uint32_t links[kLinksOfIssue];
  for (uint32_t& link : links) link = draw_page(Cause::Newsletter);
  for (uint64_t count = random.poisson(visits); count > 0; --count) {
    VisitPlan open{.person = stage_.people.draw_known(random), .cause = Cause::Newsletter};
    open.page = links[std::min(random.below(kLinksOfIssue), random.below(kLinksOfIssue))];
    const double delay_hours = kOpenMedianHours * std::exp(kOpenSigma * random.normal());
    open.instant_ms = instant_ms + static_cast<int64_t>(std::min(delay_hours, 1'000.0) * kHourMs);
    if (random.chance(stage_.mix.newsletter_tagged)) open.query = tag_newsletter(open.person);
    stage_.calendar.add(open);
    for (uint64_t fetches = random.poisson(stage_.mix.gateways); fetches > 0; --fetches) check_links(open, instant_ms);
  }
}

// At times another recipient's, who never opens the mail.
void Background::check_links(const VisitPlan& open, int64_t sent_ms) {
  QueryPart query = open.query;
  const bool same_reader = stage_.random.chance(kGatewayOfReader);
  if (!same_reader && query.kind != QueryKind::None) query = tag_newsletter(stage_.people.draw_known(stage_.random));
  fetch_by_gateway(stage_, open.page, query, sent_ms);
}

// A day and a half in which many come back to a few pages by bookmark, or type their address off a poster.
Background::Wave Background::make_bookmark_wave() {
  Random& random = stage_.random;
  const Window& window = stage_.window;
  const int64_t length_ms = std::min(kWaveMs, (window.end_ms - window.start_ms) / 5);
  Wave wave{.from_ms = draw_between(window.start_ms + length_ms / 2, window.end_ms - 2 * length_ms), .part = stage_.mix.break_bookmark};
  wave.to_ms = wave.from_ms + length_ms;
  for (uint64_t count = 1 + random.below(3); count > 0; --count) wave.pages.push_back(stage_.site.draw_deep(random));
  return wave;
}

// From some day on, one deep page is opened out of a document that goes round; most of it in the first quarter of the window.
Background::Wave Background::make_document() {
  const Window& window = stage_.window;
  const int64_t half_ms = (window.end_ms - window.start_ms) / 2;
  Wave wave{.from_ms = draw_between(window.start_ms, window.start_ms + half_ms), .part = stage_.mix.break_document};
  wave.to_ms = wave.from_ms + half_ms;
  wave.fading_ms = static_cast<double>(half_ms) / 2;
  wave.pages.push_back(stage_.site.draw_deep(stage_.random));
  return wave;
}

// Part of the wave that falls before an instant.
double Background::Wave::done_at(int64_t instant_ms) const {
  const double length = static_cast<double>(to_ms - from_ms), at = std::clamp(static_cast<double>(instant_ms - from_ms), 0.0, length);
  return fading_ms <= 0 ? at / length : std::expm1(-at / fading_ms) / std::expm1(-length / fading_ms);
}

double Background::waves_to_come(int64_t instant_ms) const {
  double part = 0;
  for (const Wave& wave : waves_) part += wave.part * (1 - wave.done_at(instant_ms));
  return part;
}

void Background::plan_wave(const Wave& wave, const Stretch& stretch) {
  Random& random = stage_.random;
  const double mean = stretch.expected_visits * wave.part * (wave.done_at(stretch.to_ms) - wave.done_at(stretch.from_ms));
  for (uint64_t count = random.poisson(mean); count > 0; --count) {
    VisitPlan plan{.instant_ms = draw_between(stretch.from_ms, stretch.to_ms), .cause = Cause::Document, .of_wave = true};
    plan.page = wave.pages[random.below(wave.pages.size())];
    if (wave.fading_ms <= 0) plan.cause = random.chance(kBookmarksOfWave) ? Cause::Bookmark : Cause::Typed;
    if (plan.cause == Cause::Bookmark) plan.person = stage_.people.draw_known(random);
    stage_.calendar.add(plan);
  }
}

}  // namespace noctule::sim
