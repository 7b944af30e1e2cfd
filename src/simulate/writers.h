#pragma once
// SPDX-License-Identifier: Apache-2.0
// The line writers behind the table in writer.cpp, grouped by file: web servers' text, JSON, load balancers and clouds.
#include "writer.h"

namespace noctule::sim {

void write_common(LineContext& context, const Hit& hit, std::string& out);
void write_combined(LineContext& context, const Hit& hit, std::string& out);
void write_vhost_combined(LineContext& context, const Hit& hit, std::string& out);
void write_combined_xff(LineContext& context, const Hit& hit, std::string& out);
void write_syslog_combined(LineContext& context, const Hit& hit, std::string& out);
void write_traefik_clf(LineContext& context, const Hit& hit, std::string& out);
void write_haproxy(LineContext& context, const Hit& hit, std::string& out);

void write_nginx_json(LineContext& context, const Hit& hit, std::string& out);
void write_caddy_json(LineContext& context, const Hit& hit, std::string& out);
void write_traefik_json(LineContext& context, const Hit& hit, std::string& out);

void write_iis(LineContext& context, const Hit& hit, std::string& out);
void write_cloudfront(LineContext& context, const Hit& hit, std::string& out);
void write_alb(LineContext& context, const Hit& hit, std::string& out);
void write_elb(LineContext& context, const Hit& hit, std::string& out);
void write_s3(LineContext& context, const Hit& hit, std::string& out);

inline constexpr std::string_view kIisHeader =
    "#Software: Microsoft Internet Information Services 10.0\n"
    "#Version: 1.0\n"
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status "
    "sc-substatus sc-win32-status time-taken\n";
inline constexpr std::string_view kCloudfrontHeader =
    "#Version: 1.0\n"
    "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
    "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for "
    "ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version\n";

}  // namespace noctule::sim
