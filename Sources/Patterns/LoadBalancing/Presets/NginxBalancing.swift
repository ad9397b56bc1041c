import Kernel

/// The `upstream` block and `proxy_next_upstream` of nginx.
enum NginxBalancing {
  private static let upstream =
    "nginx.org, ngx_http_upstream_module (github.com/nginx/nginx.org @3924a7f8)"
  private static let proxy =
    "nginx.org, ngx_http_proxy_module (github.com/nginx/nginx.org @3924a7f8)"

  static let tool = ToolPreset(
    id: BalancerPreset.nginx.rawValue, title: "nginx upstream", knobs: knobs,
    leavesOut: [
      "The method is a directive of its own in nginx (least_conn, hash, random), not a parameter.",
      "random and random two choose without regard to weights here.",
      "One worker: without `zone` each worker process counts failures and turns by itself.",
      "slow_start needs the commercial version, and has no effect with hash and random.",
      "fail_timeout is kept in whole seconds, as in nginx.",
    ])

  private static let knobs = [
    Knob(
      "method", .choice(["round-robin", "least_conn", "hash", "hash-consistent", "random", "two"]),
      standard: .word("round-robin"), source: upstream,
      "Weighted round robin, least_conn, hash by key, hash … consistent, random, or random two."),
    Knob(
      "max_fails", .integer(0...1_000), standard: .integer(1), source: upstream,
      "Failed tries within fail_timeout that take a server out; 0: none do."),
    Knob(
      "fail_timeout", .span(.seconds(1)...(.hours(1))), standard: .span(.seconds(10)),
      source: upstream, "The time for these failures, and how long the server is then out."),
    Knob(
      "max_conns", .integer(0...100_000), standard: .integer(0), source: upstream,
      "The most connections to a server; 0: no limit."),
    Knob(
      "slow_start", .span(.zero...(.hours(1))), standard: .span(.zero), source: upstream,
      "How long a server that comes back is brought up to its weight."),
    Knob(
      "proxy_next_upstream",
      .choice(["off", "error", "error,timeout", "error,timeout,http_500,http_503"]),
      standard: .word("error,timeout"), source: proxy,
      "Which failed tries are repeated on another server; a status counts as a failure only when "
        + "it is listed."),
    Knob(
      "non_idempotent", .flag, standard: .flag(false), source: proxy,
      "Whether POST is repeated too after it was sent: a word of proxy_next_upstream."),
    Knob(
      "proxy_next_upstream_tries", .integer(0...100), standard: .integer(0), source: proxy,
      "The most tries of a request; 0: as many as there are servers."),
  ]

  static func setup(_ settings: Settings) -> BalancerSetup {
    var setup = BalancerSetup()
    switch settings.word("method") {
    case "least_conn": setup.algorithm = .leastConnections
    case "random": setup.algorithm = .random
    case "two": setup.algorithm = .powerOfTwo
    case "hash":
      setup.algorithm = .weightedRoundRobin
      setup.hash = .modulo
    case "hash-consistent":
      setup.algorithm = .weightedRoundRobin
      setup.hash = .ketama
    default: setup.algorithm = .weightedRoundRobin
    }
    setup.options.maxFails = settings.integer("max_fails")
    setup.options.failTimeout = settings.span("fail_timeout")
    setup.options.maxInflight = settings.integer("max_conns")
    setup.options.slowStart = settings.span("slow_start")
    let words = settings.word("proxy_next_upstream").split(separator: ",").map(String.init)
    setup.rule = NextUpstream(words: words) ?? NextUpstream()
    setup.rule.isNonIdempotentNext = settings.flag("non_idempotent")
    setup.rule.tries = settings.integer("proxy_next_upstream_tries")
    return setup
  }
}
