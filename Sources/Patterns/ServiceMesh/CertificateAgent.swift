import Kernel

/// Keeps the certificate of one sidecar fresh.
///
///     no certificate ──request──▶ waiting ──issued──▶ held ──so much of its life is left──▶ waiting
///
/// It asks early, so that an authority that is down for a while is not noticed by anybody. While no
/// answer comes it asks again, and the certificate that it has goes on to count until its end.
///
/// **It asks no later than when `grace` of the life is left. It always has a timer while it
/// waits or holds.**
///
/// Source: Istio's agent rotates when now is after expiry less life times
/// SECRET_GRACE_PERIOD_RATIO (github.com/istio/istio pkg/security/security.go @02bbc1cc6d96).
public struct CertificateAgent: Machine {
  /// What can be set.
  public struct Options: Sendable, Hashable {
    /// The share of its life that a certificate has left when the next is asked for.
    public var grace: Double
    /// The most that chance adds to that share or takes from it.
    public var jitter: Double
    /// How long to wait before asking again.
    public var backoff: Backoff
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: MeshShortcut?

    /// Options.
    public init(
      grace: Double = 0.5, jitter: Double = 0.01,
      backoff: Backoff = Backoff(
        growth: .exponential(factor: 2), jitter: .equal, base: .seconds(1), cap: .minutes(1)),
      shortcut: MeshShortcut? = nil
    ) {
      precondition((0..<1).contains(grace), "the grace is a share of a life")
      self.grace = grace
      self.jitter = jitter
      self.backoff = backoff
      self.shortcut = shortcut
    }
  }

  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// The sidecar has started.
    case started
    /// The authority has signed a certificate.
    case issued(WorkloadCertificate)
    /// The timer set last, if it has this number, is over.
    case wake(Int)
  }

  /// What follows.
  public enum Output: Sendable, Hashable {
    /// Ask the authority for a certificate.
    case request
    /// Wake me after this span, with this number.
    case wakeMe(after: TimeSpan, Int)
  }

  /// The options.
  public let options: Options
  /// The certificate in use.
  public private(set) var certificate: WorkloadCertificate?
  /// Requests without an answer so far.
  public private(set) var unanswered = 0
  private var timer = 0
  private var memory = Backoff.Memory()
  private var random: RandomStream

  /// An agent without a certificate.
  public init(_ options: Options = Options(), random: RandomStream) {
    self.options = options
    self.random = random
  }

  /// Takes one input at `now` of the node's wall clock.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .started: return asked()
    case .issued(let issued):
      // A late answer to an earlier request must not push a fresher certificate out.
      if let certificate, certificate.notAfter >= issued.notAfter { return [] }
      certificate = issued
      unanswered = 0
      memory = Backoff.Memory()
      return [woken(after: max(.milliseconds(1), issued.notAfter - left(of: issued) - now))]
    case .wake(let number): return number == timer ? asked() : []
    }
  }

  private mutating func left(of issued: WorkloadCertificate) -> TimeSpan {
    if options.shortcut == .renewsTooLate { return .zero }
    let share = options.grace + options.jitter * (2 * random.unit() - 1)
    return issued.lifetime * max(0, min(1, share))
  }

  private mutating func asked() -> [Output] {
    unanswered += 1
    let wait = options.backoff.wait(retry: min(unanswered, 32), memory: &memory, random: &random)
    return [.request, woken(after: max(.milliseconds(1), wait))]
  }

  private mutating func woken(after span: TimeSpan) -> Output {
    timer += 1
    return .wakeMe(after: span, timer)
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    guard unanswered == 0, certificate == nil else { return nil }
    return timer == 0 ? nil : InvariantViolation("asking", witness: "it neither asks nor holds")
  }
}
