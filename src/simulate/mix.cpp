// SPDX-License-Identifier: Apache-2.0
#include "mix.h"

#include <cmath>

namespace noctule::sim {
namespace {

using enum Scale;

constexpr MixRow kRows[] = {
    {"pages", &Mix::pages, 300, 40, 1500, Log, "deep pages: from a small shop or club to a magazine"},
    {"zipf", &Mix::zipf, 0.9, 0.6, 1.3, Linear, "exponent of popularity; web requests 0.64 to 0.83 (Breslau et al. 1999), articles steeper"},
    {"popularity_noise", &Mix::popularity_noise, 0.7, 0.3, 1.2, Linear, "sigma of the log-normal factor on Zipf"},
    {"fresh_part", &Mix::fresh_part, 0.15, 0.02, 0.4, Linear, "part of the pages published inside the window"},
    {"freshness_days", &Mix::freshness_days, 3, 1, 10, Log, "mean age, in days, of what feeds, newsletters and social posts point to"},
    {"search", &Mix::search, 0.42, 0.2, 0.65, Linear, "weight of search; half of traffic on content sites is common"},
    {"typed", &Mix::typed, 0.12, 0.04, 0.25, Linear, "weight of typed addresses"},
    {"bookmark", &Mix::bookmark, 0.09, 0.02, 0.2, Linear, "weight of bookmarks and history"},
    {"feed", &Mix::feed, 0.02, 0.002, 0.08, Log, "weight of feed readers"},
    {"newsletter", &Mix::newsletter, 0.06, 0.005, 0.2, Log, "weight of newsletters"},
    {"social", &Mix::social, 0.13, 0.03, 0.3, Log, "weight of public posts"},
    {"referral", &Mix::referral, 0.09, 0.03, 0.2, Linear, "weight of links on other sites"},
    {"paid", &Mix::paid, 0.03, 0.002, 0.12, Log, "weight of search advertisements"},
    {"ai", &Mix::ai, 0.03, 0.005, 0.1, Log, "weight of links in answers of AI assistants"},
    {"document", &Mix::document, 0.006, 0.001, 0.03, Log, "weight of PDFs, office documents and QR codes: deep, without referrer"},
    {"search_loss", &Mix::search_loss, 0.06, 0.02, 0.15, Log, "searches without referrer: search apps, strict browsers"},
    {"feed_loss", &Mix::feed_loss, 0.6, 0.3, 0.9, Linear, "feed readers that are programs of their own and send no referrer"},
    {"referral_loss", &Mix::referral_loss, 0.08, 0.03, 0.25, Linear, "links on other sites with rel=noreferrer or a no-referrer policy"},
    {"ai_loss", &Mix::ai_loss, 0.35, 0.1, 0.7, Linear, "assistants' apps send no referrer and at times no utm_source"},
    {"newsletter_in_app", &Mix::newsletter_in_app, 0.6, 0.4, 0.85, Linear, "opened in a mail program, without referrer; the rest in webmail"},
    {"newsletter_tagged", &Mix::newsletter_tagged, 0.9, 0.5, 1, Linear, "newsletter links that carry campaign or recipient parameters"},
    {"typed_deep", &Mix::typed_deep, 0.06, 0.01, 0.15, Linear, "typed visits on a deep page: completion in the address bar, print"},
    {"bookmark_deep", &Mix::bookmark_deep, 0.35, 0.15, 0.6, Linear, "bookmarks and history entries of a deep page"},
    {"mobile", &Mix::mobile, 0.62, 0.35, 0.85, Linear, "visits by phones and tablets"},
    {"ios", &Mix::ios, 0.45, 0.25, 0.65, Linear, "of those, Apple's"},
    {"ipv6", &Mix::ipv6, 0.4, 0.1, 0.6, Linear, "clients that come over IPv6; between 40 and 50 % of users worldwide"},
    {"carrier_nat", &Mix::carrier_nat, 0.35, 0.1, 0.6, Linear, "phones behind a gateway of their carrier, shared by many"},
    {"office_nat", &Mix::office_nat, 0.3, 0.1, 0.5, Linear, "desktops behind an office's address"},
    {"relay", &Mix::relay, 0.08, 0, 0.2, Linear, "Apple devices behind a relay whose address changes with each visit"},
    {"known_visitor", &Mix::known_visitor, 0.22, 0.08, 0.45, Linear, "visits by search, post or share of people who came before"},
    {"leave_early", &Mix::leave_early, 0.08, 0.02, 0.18, Linear, "visits left before an asset was asked for"},
    {"blocks_assets", &Mix::blocks_assets, 0.01, 0.001, 0.04, Log, "people whose browser loads no asset: text browsers, data savers"},
    {"pages_per_visit", &Mix::pages_per_visit, 1.7, 1.2, 3, Linear, "mean page views of a visit; geometric"},
    {"weekend", &Mix::weekend, 0.75, 0.45, 1.3, Linear, "activity on Saturday and Sunday against a working day"},
    {"night", &Mix::night, 0.12, 0.05, 0.5, Log, "activity at the quietest hour against the busiest; flat for a world-wide audience"},
    {"private_share", &Mix::private_share, 0.12, 0.02, 0.45, Log, "people's visits that come by private shares; drawn whenever the option does not set it"},
    {"private_home", &Mix::private_home, 0.04, 0.01, 0.1, Log, "private shares of the home page or a section"},
    {"reproduction", &Mix::reproduction, 0.25, 0.05, 0.6, Linear, "mean visits that one shared visit brings by passing on; cascades measured in the wild stay below one"},
    {"page_spread", &Mix::page_spread, 0.6, 0.2, 1, Linear, "sigma of the log-normal factor on a page's readiness to be shared"},
    {"seeded_part", &Mix::seeded_part, 0.3, 0.05, 0.6, Linear, "cascades whose first sharer is not in the log"},
    {"opens_per_share", &Mix::opens_per_share, 1.6, 1, 3, Linear, "mean opens of a link passed on: between one receiver and a group"},
    {"open_delay_min", &Mix::open_delay_min, 18, 5, 60, Log, "median minutes from sending to opening; log-normal with sigma 1.9"},
    {"preview_seen", &Mix::preview_seen, 0.85, 0.3, 1, Linear, "previews that reach the log; the app's caches answer the others"},
    {"typed_prefix", &Mix::typed_prefix, 0.05, 0.01, 0.15, Log, "addresses typed into a chat by hand: one preview fetch for each pause"},
    {"carried_query", &Mix::carried_query, 0.7, 0.3, 0.95, Linear, "addresses copied with the click id that they came with"},
    {"app_spread", &Mix::app_spread, 0, 0, 1.2, Linear, "sigma of the log-normal factor on each app's weight"},
    {"scanners", &Mix::scanners, 9, 1.5, 25, Log, "landings of scanners for each deep landing of a person without referrer, waves left out; 10 to 350 in public logs with a strict count"},
    {"scanner_hits", &Mix::scanner_hits, 2.2, 1.2, 5, Log, "mean pages that one scanner asks for"},
    {"crawlers", &Mix::crawlers, 1.5, 0.3, 5, Log, "hits of declared crawlers for each visit of a person"},
    {"probes", &Mix::probes, 0.8, 0.1, 4, Log, "hits of vulnerability probes for each visit of a person"},
    {"clients", &Mix::clients, 0.15, 0.02, 0.6, Log, "hits of curl, Python and their kind for each visit of a person"},
    {"feed_polls", &Mix::feed_polls, 0.3, 0.05, 1, Log, "polls of the feed for each visit of a person"},
    {"gateways", &Mix::gateways, 0.3, 0.05, 1, Log, "links fetched by mail gateways for each visit by newsletter"},
    {"prefetches", &Mix::prefetches, 0.03, 0, 0.1, Linear, "pages fetched ahead by a browser or search engine, for each visit"},
    {"break_unknown_app", &Mix::break_unknown_app, 0.3, 0.15, 0.5, Linear, "private shares through an app that leaves no trace"},
    {"break_search_loss", &Mix::break_search_loss, 0.65, 0.5, 0.8, Linear, "searches without referrer"},
    {"break_bookmark", &Mix::break_bookmark, 0.1, 0.05, 0.2, Linear, "size of the wave against all visits"},
    {"break_document", &Mix::break_document, 0.1, 0.04, 0.2, Linear, "visits from the document against all visits"},
};

double draw_between(Random& random, const MixRow& row) {
  const double place = random.uniform();
  if (row.scale == Scale::Linear || row.low <= 0) return row.low + (row.high - row.low) * place;
  return row.low * std::pow(row.high / row.low, place);
}

}  // namespace

std::span<const MixRow> mix_rows() { return kRows; }

Mix typical_mix() {
  Mix mix;
  for (const MixRow& row : kRows) mix.*row.field = row.typical;
  return mix;
}

Mix draw_mix(Random& random) {
  Mix mix;
  for (const MixRow& row : kRows) mix.*row.field = draw_between(random, row);
  return mix;
}

}  // namespace noctule::sim
