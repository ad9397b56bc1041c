import Kernel

/// Two containers that live and die together: an application, and the sidecar it goes through.
///
///     started ─▶ sidecar starting ─▶ sidecar ready          asked to stop ─▶ both told, or one
///         └────▶ application starting ─▶ ready                 after the other ─▶ gone
///
/// Started together, the application may be ready first; its first call then finds nobody, it dies
/// and is started again after a wait that doubles. Stopped together, the sidecar may be gone while the
/// application still has requests.
///
/// **With the sidecar first, the application never starts before the sidecar is ready. With the sidecar
/// last, the sidecar is told to stop only when the application is gone.**
///
/// Source: kubernetes.io/docs/concepts/workloads/pods/sidecar-containers; Istio
/// holdApplicationUntilProxyStarts and terminationDrainDuration (github.com/istio/istio issue 34855).
public struct PodLifecycle: Machine {
  /// What can be set.
  public struct Options: Sendable, Hashable {
    /// Whether the application waits for its sidecar.
    public var startsSidecarFirst = false
    /// Whether the sidecar is stopped after the application only.
    public var stopsSidecarLast = false
    /// How long the sidecar goes on after it was told to stop; Istio: 5 s.
    public var drain = TimeSpan.seconds(5)
    /// How long the application goes on taking requests after it was told to stop.
    public var linger = TimeSpan.zero
    /// How long everything may take after that; Kubernetes: 30 s.
    public var gracePeriod = TimeSpan.seconds(30)
    /// The first wait before an application that died is started again; Kubernetes: 10 s.
    public var backoff = TimeSpan.seconds(10)
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: SidecarShortcut?

    /// Containers that start and stop together, with the defaults named beside them.
    public init() {}
  }

  /// Where a container stands.
  public enum Container: Sendable, Hashable {
    /// It does not run.
    case off
    /// It is being started.
    case starting
    /// It runs.
    case ready
    /// It was told to stop and still runs.
    case stopping
  }

  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// The pod is to run.
    case started
    /// The sidecar is up.
    case sidecarUp
    /// The application is up and makes its first call.
    case applicationUp
    /// The wait before another start is over.
    case backoffOver
    /// The pod is to stop.
    case stopAsked
    /// The application has ended: its work is done, or its time is over.
    case applicationGone
    /// The sidecar has ended.
    case sidecarGone
  }

  /// What follows.
  public enum Output: Sendable, Hashable {
    /// Start the sidecar.
    case startSidecar
    /// Start the application.
    case startApplication
    /// Start it again after this wait.
    case retryAfter(TimeSpan)
    /// Tell the application to stop; it takes requests for so long.
    case stopApplication(linger: TimeSpan)
    /// Tell the sidecar to stop; it goes on for so long.
    case stopSidecar(drain: TimeSpan)
    /// The pod can serve.
    case ready
    /// Nothing runs any more.
    case gone
  }

  /// The options.
  public let options: Options
  /// The sidecar.
  public private(set) var sidecar = Container.off
  /// The application.
  public private(set) var application = Container.off
  /// How often the application died for want of its sidecar since the pod was started.
  public private(set) var deaths = 0

  /// A pod that does not run.
  public init(_ options: Options = Options()) { self.options = options }

  /// Whether the sidecar carries requests.
  public var isSidecarUp: Bool { sidecar == .ready || sidecar == .stopping }
  /// Whether the application takes requests; how long it lingers is its host's to time.
  public var isApplicationUp: Bool { application == .ready || application == .stopping }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .started:
      (sidecar, deaths) = (.starting, 0)
      let waits = options.startsSidecarFirst && options.shortcut != .startsAnyway
      application = waits ? .off : .starting
      return waits ? [.startSidecar] : [.startSidecar, .startApplication]
    case .sidecarUp:
      guard sidecar == .starting else { return [] }
      sidecar = .ready
      if application == .off, options.startsSidecarFirst {
        application = .starting
        return [.startApplication]
      }
      return application == .ready ? [.ready] : []
    case .applicationUp:
      guard application == .starting else { return [] }
      guard isSidecarUp else {
        deaths += 1
        application = .off
        let factor = 1 << min(5, deaths - 1)
        return [.retryAfter(min(.minutes(5), options.backoff * factor))]
      }
      application = .ready
      return [.ready]
    case .backoffOver:
      guard application == .off, sidecar != .off, sidecar != .stopping else { return [] }
      application = .starting
      return [.startApplication]
    case .stopAsked: return stopped()
    case .applicationGone:
      guard application != .off else { return [] }
      application = .off
      guard sidecar != .off else { return [.gone] }
      if options.stopsSidecarLast, sidecar != .stopping {
        sidecar = .stopping
        return [.stopSidecar(drain: .zero)]
      }
      return []
    case .sidecarGone:
      guard sidecar != .off else { return [] }
      sidecar = .off
      return application == .off ? [.gone] : []
    }
  }

  private mutating func stopped() -> [Output] {
    guard sidecar != .off, sidecar != .stopping else { return [] }
    var outputs: [Output] = []
    let hasApplication = application == .ready
    application = hasApplication ? .stopping : .off
    if hasApplication { outputs.append(.stopApplication(linger: options.linger)) }
    if !options.stopsSidecarLast || !hasApplication {
      sidecar = .stopping
      outputs.append(.stopSidecar(drain: hasApplication ? options.drain : .zero))
    }
    return outputs
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if options.startsSidecarFirst, application == .starting, !isSidecarUp {
      return InvariantViolation(
        "starting order", witness: "the application starts while the sidecar is not ready")
    }
    if options.stopsSidecarLast, application == .stopping, sidecar == .stopping {
      return InvariantViolation(
        "stopping order", witness: "the sidecar is stopping before the application is gone")
    }
    return nil
  }
}
