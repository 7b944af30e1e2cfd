// SPDX-License-Identifier: Apache-2.0
// IIS, and Amazon's CloudFront, load balancers and object storage, as their vendors document the columns.
#include <fmt/format.h>

#include <iterator>

#include "addresses.h"
#include "noctule/base/hash.h"
#include "url_text.h"
#include "writers.h"

namespace noctule::sim {
namespace {

constexpr std::string_view kTrace = "Root=1-67891233-abcdef012345678912345678";
constexpr std::string_view kBucketOwner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

// IIS writes a blank inside a field as '+'.
void append_with_plus(std::string& out, std::string_view text) {
  for (const char c : text) out.push_back(c == ' ' ? '+' : c);
  if (text.empty()) out.push_back('-');
}

// CloudFront percent-encodes what is not printable ASCII, blanks, quotes and the percent sign itself.
void append_encoded(std::string& out, std::string_view text) {
  if (text.empty()) out.push_back('-');
  for (const char c : text) {
    const bool plain = c > ' ' && c < 0x7F && c != '"' && c != '%' && c != '<' && c != '>';
    if (plain) {
      out.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
}

void append_query_or_dash(std::string& out, const Url& url, const TextTable& texts) {
  const size_t before = out.size();
  append_query(out, url, texts);
  if (out.size() == before) out.push_back('-');
}

std::string referrer_of(const LineContext& context, const Hit& hit) {
  std::string text;
  if (hit.referrer.text != TextId::None) append_referrer(text, hit.referrer, context.texts, context.host);
  return text;
}

void append_whole_request(LineContext& context, const Hit& hit, std::string& out) {
  fmt::format_to(std::back_inserter(out), "\"{} https://{}:443", text_of(hit.method), context.host);
  append_target(out, hit.target, context.texts);
  fmt::format_to(std::back_inserter(out), " {}\" \"", text_of(hit.protocol));
  append_or_dash(out, context.texts.text(hit.user_agent));
  out.push_back('"');
}

// Microseconds: a load balancer's clock is finer than ours.
void append_load_balancer_head(LineContext& context, const Hit& hit, std::string_view name, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}.{:03}000Z {} ", context.clock.iso(), context.clock.millisecond(), name);
  append_address(out, context.peer(hit));
  fmt::format_to(std::back_inserter(out), ":{} 10.0.0.12:80 0.000 {}.{:03} 0.000 {} {} {} {} ", port_of(hit), hit.duration_ms / 1'000,
                 hit.duration_ms % 1'000, hit.status, hit.status, 420, bytes_of(hit));
}

}  // namespace

void write_iis(LineContext& context, const Hit& hit, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{} {} 10.0.0.12 {} ", context.clock.date(), context.clock.time(), text_of(hit.method));
  append_path(out, hit.target, context.texts);
  out.push_back(' ');
  append_query_or_dash(out, hit.target, context.texts);
  out += " 443 - ";
  append_address(out, context.peer(hit));
  out.push_back(' ');
  append_with_plus(out, context.texts.text(hit.user_agent));
  out.push_back(' ');
  append_with_plus(out, referrer_of(context, hit));
  fmt::format_to(std::back_inserter(out), " {} 0 0 {}\n", hit.status, hit.duration_ms);
}

void write_cloudfront(LineContext& context, const Hit& hit, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}\t{}\tFRA56-P8\t{}\t", context.clock.date(), context.clock.time(), bytes_of(hit));
  append_address(out, context.peer(hit));
  fmt::format_to(std::back_inserter(out), "\t{}\td111111abcdef8.cloudfront.net\t", text_of(hit.method));
  append_path(out, hit.target, context.texts);
  fmt::format_to(std::back_inserter(out), "\t{}\t", hit.status);
  append_encoded(out, referrer_of(context, hit));
  out.push_back('\t');
  append_encoded(out, context.texts.text(hit.user_agent));
  out.push_back('\t');
  append_query_or_dash(out, hit.target, context.texts);
  fmt::format_to(std::back_inserter(out), "\t-\tMiss\t{:016x}\t{}\thttps\t420\t{}.{:03}\t", combine_hashes(context.line, 1), context.host,
                 hit.duration_ms / 1'000, hit.duration_ms % 1'000);
  if (context.cdn_edge) {
    append_address(out, hit.client);
  } else {
    out.push_back('-');
  }
  fmt::format_to(std::back_inserter(out), "\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tMiss\t{}\n", text_of(hit.protocol));
}

void write_alb(LineContext& context, const Hit& hit, std::string& out) {
  out += hit.protocol == Protocol::Http2 ? "h2 " : "https ";
  append_load_balancer_head(context, hit, "app/site/50dc6c495c0c9188", out);
  append_whole_request(context, hit, out);
  fmt::format_to(std::back_inserter(out),
                 " TLS_AES_128_GCM_SHA256 TLSv1.3 arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/site/73e2d6bc24d8a067 \"{}\" \"{}\" "
                 "\"session-reused\" 1 {}.{:03}000Z \"forward\" \"-\" \"-\" \"10.0.0.12:80\" \"{}\" \"-\" \"-\"\n",
                 kTrace, context.host, context.clock.iso(), context.clock.millisecond(), hit.status);
}

void write_elb(LineContext& context, const Hit& hit, std::string& out) {
  append_load_balancer_head(context, hit, "site-elb", out);
  append_whole_request(context, hit, out);
  out += " ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2\n";
}

void write_s3(LineContext& context, const Hit& hit, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{} site-bucket [{}] ", kBucketOwner, context.clock.clf());
  append_address(out, context.peer(hit));
  fmt::format_to(std::back_inserter(out), " - {:016X} WEBSITE.{}.OBJECT ", combine_hashes(context.line, 3), text_of(hit.method));
  const size_t before = out.size();
  append_path(out, hit.target, context.texts);
  out.erase(before, 1);  // a key has no leading slash
  if (out.size() == before) out += "index.html";
  fmt::format_to(std::back_inserter(out), " \"{} ", text_of(hit.method));
  append_target(out, hit.target, context.texts);
  fmt::format_to(std::back_inserter(out), " {}\" {} - {} {} {} {} \"", text_of(hit.protocol), hit.status, bytes_of(hit), hit.bytes, hit.duration_ms,
                 hit.duration_ms / 2);
  append_or_dash(out, referrer_of(context, hit));
  out += "\" \"";
  append_or_dash(out, context.texts.text(hit.user_agent));
  fmt::format_to(std::back_inserter(out), "\" - {:032x}= - - - {} - - -\n", combine_hashes(context.line, 4), context.host);
}

}  // namespace noctule::sim
