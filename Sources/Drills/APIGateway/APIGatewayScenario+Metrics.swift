import Kernel

extension APIGatewayScenario {
  /// What a run measures.
  public var metrics: [Metric] { Self.answers + Self.gates + Self.upstream + Self.trust }

  private static let answers = [
    Metric("success", .fraction, "The share of the consumers' ended requests answered well."),
    Metric("others_success", .fraction, "The same for acme and bolt, without crow."),
    Metric(
      "success_after", .fraction,
      "The share of requests answered well from the end of the last fault to the end of the run."),
    Metric("p50", .seconds, "Half of the requests answered well had their answer in this time."),
    Metric("p99", .seconds, "99 % of the requests answered well had their answer in this time."),
    Metric("page_p99", .seconds, "The same for pages, which are put together from two services."),
    Metric("partial", .fraction, "The share of pages that were answered without their prices."),
  ]

  private static let gates = [
    Metric("unauthenticated", .count, "Requests of consumers that were answered 401."),
    Metric("unknown_keys", .count, "Of these, because the key of the token was not known."),
    Metric("wrong_dates", .count, "Of these, because of the dates of the token."),
    Metric("no_keys", .count, "Requests of consumers that failed because there were no keys."),
    Metric("throttled", .count, "Requests that were answered 429."),
    Metric("crow_rate", .perSecond, "Requests of crow a second that passed the limit."),
    Metric("overloaded", .count, "Requests answered 503 because no worker was free."),
    Metric("failed", .count, "Requests that failed behind the gates."),
    Metric("forged_taken", .count, "Requests with a token that must not count, answered well."),
  ]

  private static let upstream = [
    Metric("hits", .fraction, "The share of requests answered from the cache."),
    Metric("leaked", .count, "Answers given to one consumer that were made for another alone."),
    Metric("calls", .ratio, "Calls to upstreams for each request."),
    Metric("jwks_fetches", .count, "How often gateways have asked the issuer for its keys."),
    Metric("open_peak", .count, "The most requests that one gateway held open."),
  ]

  private static let trust = [
    Metric(
      "stolen_taken", .count,
      "Requests with the API key that has leaked, answered well after it "
        + "was revoked."),
    Metric(
      "revoked_late", .seconds,
      "The longest time after its revocation at which that key still "
        + "counted; 0 when it did not."),
    Metric(
      "key_lookups", .count, "Questions of gateways to the table of API keys, polls included."),
    Metric(
      "spoofed", .count, "Accounts given out to whom the service took for somebody else."),
    Metric(
      "credentials_seen", .count, "Requests whose key or token an upstream got to see."),
    Metric("inside_taken", .count, "Calls of the job inside that an instance of accounts took."),
    Metric("canary_calls", .count, "Requests that the next version of catalog has ended."),
    Metric("canary_errors", .count, "Of these, the ones that failed."),
    Metric(
      "flips", .count, "How often a client was answered by another version than the time before."),
    Metric("log_rate", .perSecond, "Records a second in the access logs."),
    Metric(
      "errors_seen", .fraction, "The share of answers of 400 and above that left a record."),
  ]

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Routes, tokens, key sets, API keys, limits, headers, cache, aggregation and access log are "
          + "the machines of the bench.",
        "Tokens are real: compact JSON Web Tokens, signed and verified by swift-crypto (Ed25519, RS256 "
          + "or HS256; ES256 is verified), and key sets are JSON documents that gateways read.",
        "A gateway verifies a token's signature once and keeps that with the key it was verified with; "
          + "dates, issuer, audience and the key's being there are looked at each time.",
        "Whether a token should have counted is known from the issuer's books, not from the verifier.",
        "A request holds a worker of its gateway from its arrival to its answer.",
        "Every request leaves one record in the access log, or is counted as left out.",
        "With a mesh, each instance asks its policy for the caller's identity, by the machines of the "
          + "service mesh.",
      ],
      leavesOut: [
        "Signing and verifying take no time in the run; the keys of the issuer are in the program and "
          + "secret to nobody; encrypted tokens (JWE) are left out.",
        "Clients get their tokens and API keys at once and over no network. An API key is a number: how "
          + "it is made and stored is left out.",
        "Routes are matched by path only; bodies are left out, and of headers there are the identity "
          + "and the credentials.",
        "Calls from inside take no room at an instance; the handshakes of the mesh are left out, an "
          + "identity is a fact here.",
        "A worker is a count: memory and sockets are left out. The timeout is for a whole try, "
          + "where nginx bounds the gap between two reads.",
        "With stands=mesh all requests come from one workload, the web server behind the edge.",
      ],
      sources: [
        "RFC 7515, RFC 7517, RFC 7519, RFC 8037, RFC 8725 (JSON Web Tokens); RFC 9111 (HTTP caching)",
        "github.com/Kong/kong @22246ef28c; github.com/nginx/nginx.org @3924a7f8",
        "github.com/awsdocs/amazon-api-gateway-developer-guide @401d9df",
      ])
  }
}
