import Kernel

/// One probe of a container.
///
/// Source: kubernetes/api core/v1/types.go (Probe) @10b39a39b; kubernetes/website
/// configure-liveness-readiness-startup-probes.md @00404e61.
public struct ProbeOptions: Sendable, Hashable {
  /// How long after the start the first one comes (`initialDelaySeconds`, 0).
  public var initialDelay: TimeSpan
  /// The time between two (`periodSeconds`, 10).
  public var period: TimeSpan
  /// How long an answer may take (`timeoutSeconds`, 1).
  public var timeout: TimeSpan
  /// Good answers in a row that count as success (`successThreshold`, 1).
  public var successThreshold: Int
  /// Bad answers in a row that count as failure (`failureThreshold`, 3).
  public var failureThreshold: Int

  /// The defaults of Kubernetes.
  public init(
    initialDelay: TimeSpan = .zero, period: TimeSpan = .seconds(10),
    timeout: TimeSpan = .seconds(1), successThreshold: Int = 1, failureThreshold: Int = 3
  ) {
    self.initialDelay = initialDelay
    self.period = period
    self.timeout = timeout
    self.successThreshold = successThreshold
    self.failureThreshold = failureThreshold
  }
}

/// What the kubelet makes of the probes of one container.
///
///     started ──startup probe succeeds──▶ probed ──liveness fails failureThreshold times──▶ killed
///        │                                  │ ▲
///        └─ startup probe fails: killed     ▼ └ readiness: in or out of the Service's endpoints
///
/// **Liveness restarts, readiness only takes out.** While a startup probe has not succeeded the
/// other two are not asked, so that a slow start is not taken for a hang.
public struct ContainerProbes: Sendable, Hashable {
  /// The three questions.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Has it started?
    case startup
    /// Must it be restarted?
    case liveness
    /// May it have traffic?
    case readiness
  }

  /// What follows from an answer.
  public enum Decision: Sendable, Hashable {
    /// The container is killed; what restarts it is its restart policy.
    case kill(Kind)
    /// It becomes an endpoint.
    case ready
    /// It is an endpoint no more.
    case unready
    /// The startup probe succeeded: the other probes begin.
    case started
  }

  /// The set-up; a probe that is not there is never asked.
  public struct Options: Sendable, Hashable {
    /// The startup probe.
    public var startup: ProbeOptions?
    /// The liveness probe.
    public var liveness: ProbeOptions?
    /// The readiness probe; without it a container that runs is ready.
    public var readiness: ProbeOptions?
    /// A deliberate bug.
    public var shortcut: FailoverShortcut?

    /// Probes.
    public init(
      startup: ProbeOptions? = nil, liveness: ProbeOptions? = nil, readiness: ProbeOptions? = nil,
      shortcut: FailoverShortcut? = nil
    ) {
      self.startup = startup
      self.liveness = liveness
      self.readiness = readiness
      self.shortcut = shortcut
    }

    /// The options of one of the three.
    public subscript(kind: Kind) -> ProbeOptions? {
      switch kind {
      case .startup: startup
      case .liveness: liveness
      case .readiness: readiness
      }
    }
  }

  /// The set-up.
  public let options: Options
  /// Whether the startup probe has succeeded, or there is none.
  public private(set) var hasStarted: Bool
  /// Whether it is among the Service's endpoints.
  public private(set) var isReady: Bool
  private var startup: HealthChecker?
  private var liveness: HealthChecker?
  private var readiness: HealthChecker?
  private var askedTooEarly: Kind?

  /// A container that has just been started.
  public init(_ options: Options) {
    self.options = options
    hasStarted = options.startup == nil
    isReady = options.startup == nil && options.readiness == nil
    func checker(_ probe: ProbeOptions?, isUp: Bool) -> HealthChecker? {
      probe.map {
        HealthChecker(
          rise: $0.successThreshold, fall: $0.failureThreshold, isUp: isUp,
          shortcut: options.shortcut)
      }
    }
    startup = checker(options.startup, isUp: true)
    liveness = checker(options.liveness, isUp: true)
    readiness = checker(options.readiness, isUp: false)
  }

  /// Whether that probe is asked now.
  public func asks(_ kind: Kind) -> Bool {
    switch kind {
    case .startup: options.startup != nil && !hasStarted
    case .liveness, .readiness:
      options[kind] != nil && (hasStarted || options.shortcut == .probesBeforeStarted)
    }
  }

  /// Takes an answer, or the lack of one in time.
  public mutating func answered(_ kind: Kind, isGood: Bool) -> Decision? {
    switch kind {
    case .startup:
      guard !hasStarted else { return nil }
      if isGood {
        hasStarted = true
        if options.readiness == nil { isReady = true }
        return .started
      }
      return startup?.record(false) == false ? .kill(.startup) : nil
    case .liveness:
      if !hasStarted { askedTooEarly = kind }
      return liveness?.record(isGood) == false ? .kill(.liveness) : nil
    case .readiness:
      if !hasStarted { askedTooEarly = kind }
      guard let isUp = readiness?.record(isGood) else { return nil }
      isReady = isUp
      return isUp ? .ready : .unready
    }
  }

  /// Nothing is asked before the startup probe has succeeded.
  public func checkInvariants() -> InvariantViolation? {
    if let askedTooEarly {
      return InvariantViolation(
        "startup first", witness: "\(askedTooEarly.rawValue) was asked before the start was over")
    }
    return liveness?.checkInvariants() ?? readiness?.checkInvariants()
  }
}
