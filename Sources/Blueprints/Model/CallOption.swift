import Kernel
import Patterns

/// Something of a call that text and knobs can set.
public struct CallOption: Sendable {
  /// The key in the text and the last part of the knob's name.
  public let name: String
  /// What it means, with its unit.
  public let summary: String
  /// The values it takes.
  public let kind: Knob.Kind
  /// Whether it is a guard that `ablate` can take away, and the value that takes it away.
  public let without: Setting?
  /// Its value in a call.
  public let value: @Sendable (Call) -> Setting
  /// Gives it a value that fits its kind.
  public let change: @Sendable (inout Call, Setting) -> Void

  init(
    _ name: String, _ kind: Knob.Kind, without: Setting? = nil, _ summary: String,
    value: @escaping @Sendable (Call) -> Setting,
    change: @escaping @Sendable (inout Call, Setting) -> Void
  ) {
    self.name = name
    self.kind = kind
    self.without = without
    self.summary = summary
    self.value = value
    self.change = change
  }

  /// Every option.
  public static let all = way + guards

  static let way: [CallOption] = [
    CallOption(
      "step", .integer(0...100), "calls of the same step go out together; steps follow each other",
      value: { .integer($0.step) }, change: { $0.step = $1.integer }),
    CallOption(
      "share", .number(0...1, .fraction), "the share of requests that need it",
      value: { .number($0.share) }, change: { $0.share = $1.number }),
    CallOption(
      "copies", .integer(1...1_000), "calls for each request, to different instances or shards",
      value: { .integer($0.fanOut) }, change: { $0.fanOut = $1.integer }),
    CallOption(
      "need", .integer(0...1_000), "how many of them must succeed; 0 for all",
      value: { .integer($0.need ?? 0) },
      change: { $0.need = $1.integer == 0 ? nil : $1.integer }),
    CallOption(
      "async", .flag, "whether nobody waits for the answer",
      value: { .flag($0.isAsync) }, change: { $0.isAsync = $1.flag }),
    CallOption(
      "priority", .integer(0...9), "how important it is, from 0, the most important",
      value: { .integer($0.priority) }, change: { $0.priority = $1.integer }),
    CallOption(
      "balance", .choice(BalancingAlgorithm.allCases.map(\.rawValue)), "how an instance is chosen",
      value: { .word($0.balancing.rawValue) },
      change: { $0.balancing = BalancingAlgorithm(rawValue: $1.word) ?? .roundRobin }),
    CallOption(
      "stay_in_zone", .flag, "whether instances of the own zone are preferred",
      value: { .flag($0.staysInZone) }, change: { $0.staysInZone = $1.flag }),
  ]

  static let guards: [CallOption] = [
    CallOption(
      "timeout", .span(.zero ... .minutes(10)), without: .span(.zero),
      "how long one attempt is waited for; 0 as long as the connection lives",
      value: { .span($0.timeout ?? .zero) }, change: { $0.timeout = $1.spanUnlessZero }),
    CallOption(
      "deadline", .flag, without: .flag(false),
      "whether the time that is left goes along with the call",
      value: { .flag($0.passesDeadline) }, change: { $0.passesDeadline = $1.flag }),
    CallOption(
      "attempts", .integer(1...20), without: .integer(1), "tries, the first included",
      value: { .integer($0.retry.maxAttempts) }, change: { $0.retry.maxAttempts = $1.integer }),
    CallOption(
      "backoff", .span(.zero ... .minutes(5)),
      "the wait before the first retry, doubled for each next one",
      value: { .span($0.retry.backoff.base) },
      change: { $0.retry.backoff = CallOption.backoff($1.span, jitter: $0.retry.backoff.jitter) }),
    CallOption(
      "jitter", .flag, without: .flag(false),
      "whether the wait is drawn between 0 and its full length",
      value: { .flag($0.retry.backoff.jitter != .none) },
      change: { call, setting in
        call.retry.backoff = CallOption.backoff(
          call.retry.backoff.base, jitter: setting.flag ? .full : .none)
      }),
    CallOption(
      "budget", .number(0...1, .fraction), without: .number(1),
      "the most retries as a share of calls, and 10 a second besides; 100 % for no limit",
      value: { .number($0.budgetShare) },
      change: { call, setting in
        call.budget =
          setting.number >= 1
          ? .unlimited
          : .deposits(ttl: .seconds(10), minimumPerSecond: 10, share: setting.number)
      }),
    CallOption(
      "breaker", .flag, without: .flag(false),
      "whether calls stop for a while when half of the last 100 failed",
      value: { .flag($0.breaker != nil) },
      change: { $0.breaker = $1.flag ? CallOption.breaker($0.breaker?.openFor) : nil }),
    CallOption(
      "breaker_open", .span(.milliseconds(1) ... .hours(1)), "how long a breaker stays open",
      value: { .span($0.breaker?.openFor ?? .seconds(5)) },
      change: { $0.breaker?.openFor = $1.span }),
    CallOption(
      "bulkhead", .integer(0...1_000_000), without: .integer(0),
      "the most calls in progress for each instance of the caller; 0 for no limit",
      value: { .integer($0.bulkhead ?? 0) },
      change: { $0.bulkhead = $1.integer == 0 ? nil : $1.integer }),
    CallOption(
      "hedge", .span(.zero ... .minutes(1)), without: .span(.zero),
      "after which wait a second copy is sent; 0 for never",
      value: { .span($0.hedgeAfter ?? .zero) }, change: { $0.hedgeAfter = $1.spanUnlessZero }),
    CallOption(
      "fallback", .flag, without: .flag(false), "whether the caller can do without the answer",
      value: { .flag($0.hasFallback) }, change: { $0.hasFallback = $1.flag }),
  ]

  private static func backoff(_ base: TimeSpan, jitter: Backoff.Jitter) -> Backoff {
    Backoff(growth: .exponential(factor: 2), jitter: jitter, base: base, cap: .seconds(20))
  }

  private static func breaker(_ openFor: TimeSpan?) -> CircuitBreaker.Options {
    var options = CircuitBreaker.Options()
    options.openFor = openFor ?? .seconds(5)
    options.trialCalls = 5
    return options
  }
}

extension Call {
  /// Tries, the first included.
  public var attempts: Int { retry.maxAttempts }

  /// The share of calls that retries may come to; 1 for no limit.
  var budgetShare: Double {
    if case .deposits(_, _, let share) = budget { share } else { 1 }
  }
}
