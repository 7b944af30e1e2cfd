// SPDX-License-Identifier: Apache-2.0
// Apache's and nginx's own text formats and what stands on them.
#include <fmt/format.h>

#include <iterator>

#include "addresses.h"
#include "url_text.h"
#include "writers.h"

namespace noctule::sim {
namespace {

void append_common(LineContext& context, const Hit& hit, std::string& out) {
  append_address(out, context.peer(hit));
  out += " - - [";
  out += context.clock.clf();
  out += "] \"";
  out += text_of(hit.method);
  out.push_back(' ');
  append_target(out, hit.target, context.texts);
  out.push_back(' ');
  out += text_of(hit.protocol);
  out += "\" ";
  append_number(out, hit.status);
  out.push_back(' ');
  append_number(out, bytes_of(hit));
}

void append_combined(LineContext& context, const Hit& hit, std::string& out) {
  append_common(context, hit, out);
  out += " \"";
  if (hit.referrer.text == TextId::None) {
    out.push_back('-');
  } else {
    append_referrer(out, hit.referrer, context.texts, context.host);
  }
  out += "\" \"";
  append_or_dash(out, context.texts.text(hit.user_agent));
  out.push_back('"');
}

}  // namespace

void write_common(LineContext& context, const Hit& hit, std::string& out) {
  append_common(context, hit, out);
  out.push_back('\n');
}

void write_combined(LineContext& context, const Hit& hit, std::string& out) {
  append_combined(context, hit, out);
  out.push_back('\n');
}

void write_vhost_combined(LineContext& context, const Hit& hit, std::string& out) {
  out += context.host;
  out += ":443 ";
  append_combined(context, hit, out);
  out.push_back('\n');
}

void write_combined_xff(LineContext& context, const Hit& hit, std::string& out) {
  append_combined(context, hit, out);
  out += " \"";
  if (context.cdn_edge) {
    append_address(out, hit.client);
  } else {
    out.push_back('-');
  }
  out += "\"\n";
}

void write_syslog_combined(LineContext& context, const Hit& hit, std::string& out) {
  out += context.clock.syslog();
  out += " web1 nginx: ";
  append_combined(context, hit, out);
  out.push_back('\n');
}

// Combined, then the count of requests, router, server and duration.
void write_traefik_clf(LineContext& context, const Hit& hit, std::string& out) {
  append_combined(context, hit, out);
  out.push_back(' ');
  append_number(out, context.line);
  out += " \"site@docker\" \"http://10.0.0.12:80\" ";
  append_number(out, hit.duration_ms);
  out += "ms\n";
}

// option httplog without captures: neither referrer nor user agent.
void write_haproxy(LineContext& context, const Hit& hit, std::string& out) {
  out += context.clock.syslog();
  out += " lb1 haproxy[1432]: ";
  append_address(out, context.peer(hit));
  const std::string_view stamp = context.clock.clf().substr(0, 20);
  fmt::format_to(std::back_inserter(out), ":{} [{}.{:03}] https-in~ site/web1 0/0/1/{}/{} {} {} - - ---- 12/12/2/2/0 0/0 \"{} ", port_of(hit), stamp,
                 context.clock.millisecond(), hit.duration_ms, hit.duration_ms + 1, hit.status, bytes_of(hit), text_of(hit.method));
  append_target(out, hit.target, context.texts);
  fmt::format_to(std::back_inserter(out), " {}\"\n", text_of(hit.protocol));
}

}  // namespace noctule::sim
