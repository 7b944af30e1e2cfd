#pragma once
// SPDX-License-Identifier: Apache-2.0
// The stable codes that an Analysis carries: why hits were excluded, what to warn of, why an estimate is wide. They are
// part of the JSON that noctule publishes: one is added, none is renamed. Each has its words in data/messages.tsv under
// "exclusion.", "warning." or "doubt.", which a test of the report proves. Constants only.
#include <array>
#include <string_view>

namespace noctule {

// Analysis::exclusions[].reason: the names of visits' Exclusion but for people.
namespace exclusion {
inline constexpr std::string_view kDeclaredBot = "declared_bot";        // a crawler that says so
inline constexpr std::string_view kPreview = "preview";                 // an app fetched a preview: kept as an unfurl
inline constexpr std::string_view kMonitoring = "monitoring";           // uptime checks
inline constexpr std::string_view kMailScanner = "mail_scanner";        // link scanners of mail gateways
inline constexpr std::string_view kHttpClient = "http_client";          // curl, libraries, scripts
inline constexpr std::string_view kFeedReader = "feed_reader";
inline constexpr std::string_view kHeadless = "headless";               // automated browsers
inline constexpr std::string_view kApp = "app";                         // programs that are no browser
inline constexpr std::string_view kNoUserAgent = "no_user_agent";
inline constexpr std::string_view kPrefetch = "prefetch";               // Sec-Purpose, Purpose, X-Moz
inline constexpr std::string_view kScannerProbe = "scanner_probe";      // asked for paths that do not exist
inline constexpr std::string_view kScannerBurst = "scanner_burst";      // many pages at once, no asset
inline constexpr std::string_view kNotFoundMostly = "not_found_mostly";
inline constexpr std::string_view kUncorroborated = "uncorroborated";   // nothing shows that a person was there
inline constexpr std::array kAll = {kDeclaredBot, kPreview,     kMonitoring, kMailScanner,  kHttpClient,   kFeedReader,     kHeadless,
                                    kApp,         kNoUserAgent, kPrefetch,   kScannerProbe, kScannerBurst, kNotFoundMostly, kUncorroborated};
}  // namespace exclusion

// Warning::code, with the arguments its message takes.
namespace warning {
inline constexpr std::string_view kCdnEdgeAddresses = "cdn_edge_addresses";            // share in percent
inline constexpr std::string_view kNoReferrerField = "no_referrer_field";              // file
inline constexpr std::string_view kNoUserAgentField = "no_user_agent_field";           // file
inline constexpr std::string_view kNotEnough = "not_enough";
inline constexpr std::string_view kAssetlessSite = "assetless_site";
inline constexpr std::string_view kJsonApi = "json_api";
inline constexpr std::string_view kTruncatedInput = "truncated_input";                 // file, message
inline constexpr std::string_view kOutOfOrder = "out_of_order";                        // file, count
inline constexpr std::string_view kInternalReferrerMissing = "internal_referrer_missing";
inline constexpr std::string_view kTimeZoneAssumed = "time_zone_assumed";              // file
inline constexpr std::string_view kBehindProxy = "behind_proxy";                       // share in percent
inline constexpr std::string_view kHostNotSeen = "host_not_seen";                      // given host, the host that the log shows
inline constexpr std::string_view kShortLog = "short_log";                             // days
inline constexpr std::string_view kStrayTimes = "stray_times";                         // lines
inline constexpr std::string_view kReadOnce = "read_once";
inline constexpr std::string_view kManyVerdicts = "many_verdicts";
inline constexpr std::string_view kManyPreviews = "many_previews";                     // fetches left out
inline constexpr std::string_view kEmptyInput = "empty_input";                         // file
inline constexpr std::string_view kNoRequests = "no_requests";                         // file, its lines
inline constexpr std::string_view kManyUnread = "many_unread";                         // file, share in percent
inline constexpr std::string_view kPartlyNoReferrerField = "partly_no_referrer_field";      // file, share of its lines in percent
inline constexpr std::string_view kPartlyNoUserAgentField = "partly_no_user_agent_field";   // file, share of its lines in percent
inline constexpr std::string_view kSameFileTwice = "same_file_twice";                  // the name that was passed over, the file's first name
inline constexpr std::string_view kSameFirstLines = "same_first_lines";                // file, the earlier file
inline constexpr std::array kAll = {kCdnEdgeAddresses, kNoReferrerField, kNoUserAgentField, kNotEnough,
                                    kAssetlessSite,    kJsonApi,         kTruncatedInput,   kOutOfOrder,
                                    kInternalReferrerMissing, kTimeZoneAssumed, kBehindProxy, kHostNotSeen, kShortLog,
                                    kStrayTimes,       kReadOnce,        kManyVerdicts,     kManyPreviews,
                                    kEmptyInput,       kManyUnread,      kPartlyNoReferrerField, kPartlyNoUserAgentField,
                                    kSameFileTwice,    kSameFirstLines,  kNoRequests};
}  // namespace warning

// PrivateEstimate::reasons: why there is not enough to say, or why the range is wide.
namespace doubt {
inline constexpr std::string_view kFewArrivals = "few_arrivals";
inline constexpr std::string_view kFewDeepArrivals = "few_deep_arrivals";
inline constexpr std::string_view kShortLog = "short_log";
inline constexpr std::string_view kNoReferrerField = "no_referrer_field";
inline constexpr std::string_view kNoUserAgentField = "no_user_agent_field";
inline constexpr std::string_view kCdnEdgeAddresses = "cdn_edge_addresses";
inline constexpr std::string_view kBehindProxy = "behind_proxy";
inline constexpr std::string_view kAssetlessSite = "assetless_site";
inline constexpr std::string_view kJsonApi = "json_api";
inline constexpr std::string_view kLittleEvidence = "little_evidence";          // too few graded shares to calibrate on
inline constexpr std::string_view kUnknownSurfaces = "unknown_surfaces";        // many arrivals from apps without a known surface
inline constexpr std::string_view kReferrersLost = "referrers_lost";            // search or own pages lose their referrer
inline constexpr std::string_view kConcentratedPages = "concentrated_pages";    // few pages hold most of it: one link explains them
inline constexpr std::array kAll = {kFewArrivals,      kFewDeepArrivals, kShortLog,      kNoReferrerField, kNoUserAgentField,
                                    kCdnEdgeAddresses, kBehindProxy,     kAssetlessSite, kJsonApi,         kLittleEvidence,
                                    kUnknownSurfaces,  kReferrersLost,   kConcentratedPages};
}  // namespace doubt

}  // namespace noctule
