// SPDX-License-Identifier: Apache-2.0
#include "catalogue.h"

#include "columns.h"
#include "combined.h"
#include "haproxy.h"
#include "json_lines.h"
#include "pattern.h"
#include "w3c.h"

namespace noctule {
namespace {

using Made = Result<std::unique_ptr<LineParser>>;
using Host = CombinedShape::Host;
using Tail = CombinedShape::Tail;

template <Host host, bool has_agent, Tail tail = Tail::None, bool has_seconds = false>
Made make_combined(const LogFormatOptions&) {
  return make_combined_parser({.host = host, .has_agent = has_agent, .has_seconds = has_seconds, .tail = tail});
}

// Tomcat's access log through syslog, which says when.
Made make_untimed_common(const LogFormatOptions& options) {
  NOCT_TRY(Pattern pattern, compile_format_string(R"(%h %l %u "%r" %>s %b %D)", false));
  return make_pattern_parser(std::move(pattern), options);
}

constexpr FormatRow kRows[] = {
    {"combined", make_combined<Host::None, true>},
    {"common", make_combined<Host::None, false>},
    {"traefik-clf", make_combined<Host::None, true, Tail::Traefik>},
    {"combined-extended", make_combined<Host::None, true, Tail::Fields>},
    {"vhost-combined", make_combined<Host::First, true>},
    {"vhost-common", make_combined<Host::First, false>},
    {"vhost-combined-extended", make_combined<Host::First, true, Tail::Fields>},
    {"gandi", make_combined<Host::First, true, Tail::None, true>},
    {"ovh", make_combined<Host::Second, true, Tail::Fields>},
    {"cloudfront", make_cloudfront_parser},
    {"w3c", make_w3c_parser},
    {"alb", make_alb_parser},
    {"elb", make_elb_parser},
    {"s3", make_s3_parser},
    {"haproxy", make_haproxy_parser},
    {"caddy-json", make_caddy_json_parser},
    {"traefik-json", make_traefik_json_parser},
    {"nginx-json", make_nginx_json_parser},
    {"common-untimed", make_untimed_common, true},
};

constexpr FormatAlias kAliases[] = {
    {"ncsa", "common"},    {"clf", "common"},       {"vhost_combined", "vhost-combined"}, {"combinedio", "combined-extended"},
    {"iis", "w3c"},        {"icecast", "combined-extended"}, {"json", "nginx-json"},      {"caddy", "caddy-json"},
};

}  // namespace

std::span<const FormatRow> format_rows() { return kRows; }
std::span<const FormatAlias> format_aliases() { return kAliases; }

}  // namespace noctule
