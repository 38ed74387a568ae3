// Applications behind TLS.
#include "tests/e2e/running.hpp"
#include "tests/e2e/scripted_application.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

using namespace scaleit::e2e;
using namespace scaleit::test;

namespace {

scaler_options over_tls(std::uint16_t port, const std::string& ca_file) {
  scaler_options o;
  o.environment = fast_environment(port);
  o.environment["APP_SERVICE_URL"] = "https://127.0.0.1";
  o.arguments = {"--ca-file", ca_file};
  return o;
}

}  // namespace

TEST_CASE("an application is held over https when its certificate is good", "[https]") {
  const auto ca = make_ca("ours");
  const temporary_file trusted{ca.certificate};
  scripted_application application{16, issue(ca, {"IP:127.0.0.1"})};
  const scaler d{over_tls(application.port(), trusted.path())};
  CHECK(eventually([&] { return application.replicas() == 20; }));
  CHECK(d.metrics().failures("get") == 0);
  CHECK(application.complaints() == "");
}

TEST_CASE("an application whose certificate is another's is told nothing", "[https]") {
  const auto ca = make_ca("ours");
  const auto other = make_ca("theirs");
  const temporary_file trusted{ca.certificate};
  for (const auto& who :
       {issue(other, {"IP:127.0.0.1"}), issue(ca, {"DNS:elsewhere.test"})}) {
    scripted_application application{16, who};
    const scaler d{over_tls(application.port(), trusted.path())};
    CHECK(eventually([&] { return d.metrics().failures("get") >= 3; }));
    CHECK(d.metrics().value("scaleit_failures_total", {R"(error="tls")"}) >= 3);
    CHECK(application.polls() == 0);
    CHECK(count_of("status fails: tls: ", d.log()) == 1);
  }
}

TEST_CASE("a file of certificates that cannot be used stops the start", "[https]") {
  const temporary_directory directory;
  const auto junk = directory.write("ca.pem", "-----BEGIN CERTIFICATE-----\nnone\n");
  for (const auto& file :
       {junk, std::string{"/nowhere/ca.pem"}, directory.path().string()}) {
    const auto r = run({"run", "--metrics-listen", "127.0.0.1:0", "--ca-file", file}, {},
                       directory.path());
    CAPTURE(file, r.err);
    CHECK(r.code == 2);
    CHECK(lines_of(r.err).size() == 1);
    CHECK_THAT(r.err, ContainsSubstring(file));
  }
}
