import Kernel
import Patterns
import Presentation

/// nginx's `proxy_cache` for one key, live under commands, with a clock that stands still until
/// `tick`.
public struct NginxCacheBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  private var cache: NginxProxyCache
  private var now = Instant.zero
  /// What comes by itself: answers of the upstream and the looks of waiters.
  private var pending: [Due] = []
  private var requestCount = 0
  private var passedCount = 0
  private var lastPassed = 0
  private var counts: [Int]

  private struct Due: Sendable {
    let at: Instant
    let input: NginxProxyCache.Input
  }

  static let tool = ToolPreset(
    id: "nginx-cache", title: "nginx proxy_cache",
    knobs: [
      Knob(
        "proxy_cache_valid", .span(.milliseconds(100)...(.hours(24))), standard: .span(.seconds(1)),
        "How long an answer of 200 is good; nginx has no default."),
      Knob(
        "proxy_cache_lock", .flag, standard: .flag(false), source: Self.source,
        "Whether one request at a time fills a new entry."),
      Knob(
        "proxy_cache_lock_timeout", .span(.zero...(.minutes(10))), standard: .span(.seconds(5)),
        source: Self.source, "How long others wait before they are passed on."),
      Knob(
        "proxy_cache_lock_age", .span(.milliseconds(1)...(.minutes(10))),
        standard: .span(.seconds(5)), source: Self.source,
        "After this one more request is passed on."),
      Knob(
        "proxy_cache_use_stale", .choice(["off", "updating", "error", "updating-error"]),
        standard: .word("off"), source: Self.source, "When old content is served."),
      Knob(
        "proxy_cache_background_update", .flag, standard: .flag(false), source: Self.source,
        "Whether nobody waits for the new content."),
      Knob(
        "proxy_cache_min_uses", .integer(1...1_000), standard: .integer(1), source: Self.source,
        "Requests after which an answer is kept."),
      Knob(
        "upstream", .span(.zero...(.minutes(1))), standard: .span(.milliseconds(500)), role: .load,
        "How long the upstream takes."),
    ],
    leavesOut: ["One key only; nothing is evicted and nothing revalidated."])

  private static let source = "nginx ngx_http_proxy_module"

  /// A fresh bench with nothing cached.
  public init() {
    settings = Settings(Self.tool.knobs)
    cache = NginxProxyCache(Self.options(settings))
    counts = NginxProxyCache.Status.allCases.map { _ in 0 }
  }

  private static func options(_ settings: Settings) -> NginxProxyCache.Options {
    var options = NginxProxyCache.Options()
    let stale = settings.word("proxy_cache_use_stale")
    options.valid = settings.span("proxy_cache_valid")
    options.lock = settings.flag("proxy_cache_lock")
    options.lockTimeout = settings.span("proxy_cache_lock_timeout")
    options.lockAge = settings.span("proxy_cache_lock_age")
    options.isStaleWhileUpdating = stale.hasPrefix("updating")
    options.isStaleOnError = stale.hasSuffix("error")
    options.backgroundUpdate = settings.flag("proxy_cache_background_update")
    options.minUses = settings.integer("proxy_cache_min_uses")
    return options
  }

  /// There is one key, which needs no name.
  public var parts: [String] { [] }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["The rules of ngx_http_file_cache.c, held against recordings of nginx 1.22.1."],
      leavesOut: Self.tool.leavesOut,
      sources: ["github.com/nginx/nginx src/http/ngx_http_file_cache.c"])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { cache.checkInvariants() }

  /// Turns knobs; the cache begins anew, empty.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    cache = NginxProxyCache(Self.options(changed))
    pending.removeAll()
    return Document([.text("The cache begins anew, empty.")])
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    zip(NginxProxyCache.Status.allCases, counts).map { status, count in
      Measurement(status.rawValue.lowercased(), Double(count), .count)
    } + [
      Measurement("passed_on", Double(passedCount), .count),
      Measurement("last_passed_on", Double(lastPassed), .count),
      Measurement("waiting", Double(cache.waitingCount), .count),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "get", usage: "get [COUNT]", example: "get 20", "Lets that many clients ask at once."),
      BenchCommand(
        "tick", usage: "tick TIME", example: "tick 500ms",
        "Lets time pass; the upstream answers and waiters look again."),
      BenchCommand(
        "break", usage: "break", example: "break",
        "Lets the upstream answer all that is under way with an error now."),
      BenchCommand("show", usage: "show", example: "show", "Shows what was served so far."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = line.arguments.first
    switch line.name {
    case "get":
      let count = text.map { Unit.count.value(from: $0) ?? 0 } ?? 1
      guard count >= 1, count <= 1_000, count == count.rounded() else {
        throw Diagnostic(
          "'\(text ?? "")' is no number of clients.", column: line.column(0), found: text,
          expected: "a whole number from 1 to 1,000")
      }
      let before = passedCount
      for _ in 0..<Int(count) {
        requestCount += 1
        act(.request(requestCount))
      }
      lastPassed = passedCount - before
      return Document([
        .text(
          "\(Int(count)) clients ask: \(lastPassed) are passed on, \(cache.waitingCount) wait.")
      ])
    case "tick":
      guard let span = TimeSpan(text: text ?? ""), span >= .zero, span <= .hours(24) else {
        throw Diagnostic(
          "'\(text ?? "")' is no time.", column: text == nil ? nil : line.column(0), found: text,
          expected: "a time up to 24h, such as 500ms")
      }
      advance(to: now + span)
      return show()
    case "break":
      let flying = pending
      pending.removeAll()
      for due in flying {
        if case .answered(let request, _) = due.input {
          act(.answered(request, content: nil))
        } else {
          pending.append(due)
        }
      }
      return show()
    default: return show()
    }
  }

  private mutating func advance(to end: Instant) {
    while let place = pending.indices.min(by: { pending[$0].at < pending[$1].at }),
      pending[place].at <= end
    {
      let due = pending.remove(at: place)
      now = due.at
      act(due.input)
    }
    now = end
  }

  private mutating func act(_ input: NginxProxyCache.Input) {
    for output in cache.step(input, at: now) {
      switch output {
      case .pass(let request):
        passedCount += 1
        pending.append(
          Due(
            at: now + settings.span("upstream"),
            input: .answered(request, content: passedCount)))
      case .wakeMe(let at): pending.append(Due(at: at, input: .wake))
      case .serve(_, let status, _):
        for (place, some) in NginxProxyCache.Status.allCases.enumerated() where some == status {
          counts[place] += 1
        }
      }
    }
  }

  private func show() -> Document {
    let rows = zip(NginxProxyCache.Status.allCases, counts).map { status, count in
      [Text(status.rawValue), Text("\(count)")]
    }
    let isThere = cache.content != nil
    let state =
      !isThere
      ? "nothing is cached"
      : now < cache.validUntil ? "the entry is good until \(cache.validUntil)" : "it has expired"
    return Document([
      .table(Table([Table.Column("served as"), Table.Column("clients", .trailing)], rows)),
      .text("It is \(now): \(state); \(cache.passedCount) are at the upstream."),
    ])
  }
}
