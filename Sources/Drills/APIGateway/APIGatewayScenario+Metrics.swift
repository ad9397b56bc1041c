import Kernel

extension APIGatewayScenario {
  /// What a run measures.
  public var metrics: [Metric] { Self.answers + Self.gates + Self.upstream }

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

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Routes, tokens, key sets, limits, cache and aggregation are the machines of the bench.",
        "A signature is made with a secret that only the issuer has; key ids, dates, audience and "
          + "algorithm are checked one by one.",
        "A request holds a worker of its gateway from its arrival to its answer.",
        "Every request leaves one record in the access log, refusals included.",
      ],
      leavesOut: [
        "There is no cryptography and no library for it: a signature cannot be forged because the "
          + "model has no way to make one without the secret.",
        "Clients get their tokens from the issuer at once and over no network; API keys are left "
          + "out of the drills.",
        "Routes are matched by path only; bodies, headers and their transformation have no content.",
        "A worker is a count: memory and sockets are left out. The timeout is for a whole try, "
          + "where nginx bounds the gap between two reads.",
        "With stands=mesh all requests come from one workload, the web server behind the edge.",
      ],
      sources: [
        "RFC 7519, RFC 7517, RFC 8725 (JSON Web Tokens); RFC 9111 (HTTP caching)",
        "github.com/Kong/kong @22246ef28c; github.com/nginx/nginx.org @3924a7f8",
        "github.com/awsdocs/amazon-api-gateway-developer-guide @401d9df",
      ])
  }
}
