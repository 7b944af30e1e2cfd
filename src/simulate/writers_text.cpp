// SPDX-License-Identifier: Apache-2.0
// Apache's and nginx's own text formats and what stands on them.
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
  append_number(out, hit.method == Method::Head ? 0 : hit.bytes);
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

}  // namespace noctule::sim
