// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>

#include "client.h"
#include "noctule/http/http_server.h"

namespace noctule {
namespace {

using testing::Connection;
using ::testing::HasSubstr;

// A certificate of our own with that name, made anew for each test.
class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    folder = (std::filesystem::temp_directory_path() / "noctule-tls-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    files = {folder + "/cert.pem", folder + "/key.pem"};
  }
  ~TlsTest() override { std::filesystem::remove_all(folder); }

  void write_certificate(const char* name) const {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, static_cast<const unsigned char*>(static_cast<const void*>(name)), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_sign(certificate, key, EVP_sha256());
    FILE* file = std::fopen(files.certificate.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(files.key.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  HttpOptions options() const {
    HttpOptions made;
    made.listen.push_back(*parse_listen("https://127.0.0.1:0"));
    made.tls = files;
    return made;
  }

  struct Seen {
    std::string answer, name;
  };
  static Seen ask(const HttpServer& server, std::string_view request) {
    const Connection connection("http" + server.addresses().front().substr(5));
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, connection.descriptor());
    Seen seen;
    if (SSL_connect(ssl) == 1) {
      X509* certificate = SSL_get1_peer_certificate(ssl);
      char name[64] = {};
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
      seen.name = name;
      X509_free(certificate);
      SSL_write(ssl, request.data(), static_cast<int>(request.size()));
      char bytes[4096];
      for (int size; (size = SSL_read(ssl, bytes, sizeof bytes)) > 0;) seen.answer.append(bytes, static_cast<size_t>(size));
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    return seen;
  }

  std::string folder;
  TlsFiles files;
};

TEST_F(TlsTest, a_request_is_answered_and_is_secure_and_a_new_certificate_is_taken_up) {
  write_certificate("first.example.org");
  Router router;
  router.add(Method::Get, "/", [](const Request& request, Response& response) { response.text(200, "text/plain", request.secure ? "secure" : "open"); });
  auto server = HttpServer::start(options(), std::move(router));
  ASSERT_TRUE(server) << server.error().message;
  constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  Seen seen = ask(**server, kRequest);
  EXPECT_THAT(seen.answer, HasSubstr("\r\n\r\nsecure"));
  EXPECT_EQ(seen.name, "first.example.org");
  write_certificate("second.example.org");
  ASSERT_TRUE((*server)->reload_tls(files));
  do seen = ask(**server, kRequest);  // its thread takes it up after what it is doing
  while (seen.name == "first.example.org");
  EXPECT_EQ(seen.name, "second.example.org");
}

TEST_F(TlsTest, files_that_do_not_fit_are_named_and_the_old_ones_stay) {
  write_certificate("first.example.org");
  auto server = HttpServer::start(options(), {});
  ASSERT_TRUE(server);
  const auto reloaded = (*server)->reload_tls({folder + "/none.pem", files.key});
  ASSERT_FALSE(reloaded);
  EXPECT_THAT(reloaded.error().message, HasSubstr("none.pem"));
  EXPECT_EQ(ask(**server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").name, "first.example.org");
  HttpOptions swapped = options();
  swapped.tls = {files.key, files.certificate};
  EXPECT_FALSE(HttpServer::start(std::move(swapped), {}));
}

}  // namespace
}  // namespace noctule
