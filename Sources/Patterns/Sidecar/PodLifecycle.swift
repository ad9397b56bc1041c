import Kernel

/// The containers of one pod on their way up and down: what prepares it, a sidecar, an application.
///
///     native     sidecar ──▶ setup ──▶ application        stop: application ──▶ sidecar
///     container  setup ──▶ sidecar and application        stop: both at once
///
/// An ordinary container is started with all others and told to stop with all others; it can hold the
/// application back until it is ready. A *native* sidecar is an init container that goes on running
/// (`restartPolicy: Always`): the kubelet goes on to the next container when it has started, which
/// with a startup probe means ready and without one means no more than that its process runs.
///
/// Whatever makes a call while nothing carries it dies, and is started again: at once, then after 10 s,
/// 20 s and so on up to 5 min. At the end of the grace period whatever still runs is killed.
///
/// **An application that is held back, or that follows a probed native sidecar, never starts before the
/// sidecar was ready. A native sidecar is told to stop only when the application is gone.**
///
/// Source: kubernetes/website docs/concepts/workloads/pods/sidecar-containers.md @020519ec6c14 and
/// pod-lifecycle.md @00aacfad13ad; istio/api mesh/v1alpha1/proxy.proto @00d4ed3c5930.
public struct PodLifecycle: Machine {
  /// The options.
  public let options: Options
  /// The init container.
  public private(set) var setup = Container.off
  /// The sidecar.
  public private(set) var sidecar = Container.off
  /// The application.
  public private(set) var application = Container.off
  /// How often the application died for want of its sidecar since the pod was started.
  public private(set) var deaths = 0
  /// How often the init container did.
  public private(set) var initDeaths = 0
  /// Counted up with each start of the pod.
  public private(set) var life = 0
  private var sidecarDeaths = 0
  private var hasBeenReady = false
  private var startedTooSoon = false
  private var isStopping = false
  private var isWaitingForZero = false
  private var open = 0

  /// A pod that does not run.
  public init(_ options: Options = Options()) { self.options = options }

  /// Whether the sidecar carries what is under way.
  public var isSidecarUp: Bool {
    sidecar == .ready || sidecar == .preStopping || sidecar == .stopping
  }
  /// Whether the sidecar takes new requests, either way.
  public var sidecarTakesNew: Bool {
    isSidecarUp && !(sidecar == .stopping && options.refusesWhenStopping)
  }
  /// Whether the application works on requests.
  public var isApplicationUp: Bool { applicationTakesNew || application == .stopping }
  /// Whether the application takes new requests.
  public var applicationTakesNew: Bool { application == .ready || application == .preStopping }

  /// The wait before start number `deaths` + 1 of a container: none, then 10 s doubled up to 5 min.
  public static func wait(deaths: Int) -> TimeSpan {
    deaths < 2 ? .zero : min(.minutes(5), .seconds(10) * (1 << min(5, deaths - 2)))
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .started: return started()
    case .initCalls: return initCalls()
    case .sidecarRuns:
      guard sidecar == .starting else { return [] }
      sidecar = .running
      return advance()
    case .sidecarReady:
      guard sidecar == .starting || sidecar == .running else { return [] }
      (sidecar, hasBeenReady) = (.ready, true)
      return advance() + (application == .ready ? [.ready] : [])
    case .sidecarDied: return sidecarDied()
    case .applicationCalls: return applicationCalls()
    case .stopAsked: return stopped()
    case .applicationGone:
      guard application != .off else { return [] }
      application = .off
      guard isStopping else { return [] }
      return (options.form == .native ? terminateSidecar() : []) + gone()
    case .connections(let count):
      open = count
      return isWaitingForZero && count == 0 ? endSidecar() : []
    case .wake(let timer, let life): return life == self.life ? woken(timer) : []
    }
  }

  private mutating func started() -> [Output] {
    guard sidecar == .off, application == .off, setup == .off || setup == .done else { return [] }
    life += 1
    (setup, deaths, initDeaths, sidecarDeaths, open) = (.off, 0, 0, 0, 0)
    (hasBeenReady, startedTooSoon, isStopping, isWaitingForZero) = (false, false, false, false)
    return advance()
  }

  /// Starts whatever is next in the order of the specification.
  private mutating func advance() -> [Output] {
    guard !isStopping else { return [] }
    var outputs: [Output] = []
    let isNative = options.form == .native
    let isSidecarFirst = isNative && (options.sidecarBeforeSetup || !options.hasSetup)
    if isSidecarFirst {
      startSidecar(&outputs)
      guard hasPassed else { return outputs }
    }
    if options.hasSetup, setup != .done {
      if setup == .off {
        setup = .starting
        outputs.append(.startInit)
      }
      return outputs
    }
    if !isSidecarFirst {
      startSidecar(&outputs)
      let isHeld = isNative ? !hasPassed : options.holdsApplication && !hasBeenReady
      guard !isHeld || options.shortcut == .startsAnyway else { return outputs }
    }
    guard application == .off else { return outputs }
    application = .starting
    startedTooSoon = options.waitsForReady && !hasBeenReady
    outputs.append(.startApplication)
    return outputs
  }

  private mutating func startSidecar(_ outputs: inout [Output]) {
    guard sidecar == .off else { return }
    sidecar = .starting
    outputs.append(.startSidecar)
  }

  /// Whether the kubelet goes on to what stands after a native sidecar.
  private var hasPassed: Bool {
    if options.hasStartupProbe, options.shortcut != .startsAnyway { return hasBeenReady }
    return hasBeenReady || sidecar == .running
  }

  private mutating func initCalls() -> [Output] {
    guard setup == .starting else { return [] }
    guard !options.setupCalls || isSidecarUp else {
      initDeaths += 1
      setup = .waiting
      return died(isInit: true, .initBackoff, after: initDeaths)
    }
    setup = .done
    return advance()
  }

  private mutating func applicationCalls() -> [Output] {
    guard application == .starting else { return [] }
    guard sidecarTakesNew else {
      deaths += 1
      application = .waiting
      return died(isInit: false, .backoff, after: deaths)
    }
    application = .ready
    return sidecar == .ready ? [.ready] : []
  }

  private func died(isInit: Bool, _ timer: Timer, after deaths: Int) -> [Output] {
    let wait = Self.wait(deaths: deaths)
    return [.died(isInit: isInit, again: wait), .wakeMe(after: wait, timer, life: life)]
  }

  private mutating func sidecarDied() -> [Output] {
    switch sidecar {
    case .off, .waiting, .done: return []
    case .stopping, .preStopping: return endSidecar()
    case .starting, .running, .ready:
      sidecarDeaths += 1
      sidecar = .waiting
      return [.wakeMe(after: Self.wait(deaths: sidecarDeaths), .sidecarBackoff, life: life)]
    }
  }

  private mutating func stopped() -> [Output] {
    guard !isStopping, sidecar != .off || application != .off || setup != .off else { return [] }
    isStopping = true
    setup = .off
    var outputs: [Output] = [.wakeMe(after: options.gracePeriod, .grace, life: life)]
    if application == .ready {
      application = options.preStop > .zero ? .preStopping : .stopping
      outputs.append(
        options.preStop > .zero
          ? .wakeMe(after: options.preStop, .preStop, life: life) : .terminateApplication)
    } else {
      application = .off
    }
    let isLast = options.form == .native && options.shortcut != .stopsTogether
    if !isLast || application == .off {
      if options.sidecarPreStop > .zero, sidecar == .ready {
        sidecar = .preStopping
        outputs.append(.wakeMe(after: options.sidecarPreStop, .sidecarPreStop, life: life))
      } else {
        outputs += terminateSidecar()
      }
    }
    return outputs + gone()
  }

  private mutating func terminateSidecar() -> [Output] {
    guard sidecar == .ready || sidecar == .preStopping else {
      // One that is not up yet has nothing to drain; one that stops already goes on.
      if sidecar != .stopping { sidecar = .off }
      return []
    }
    sidecar = .stopping
    let timer: Output =
      options.exitsOnZero
      ? .wakeMe(after: options.minimumDrain, .minimumDrain, life: life)
      : .wakeMe(after: options.drain, .drain, life: life)
    return [.terminateSidecar, timer]
  }

  private mutating func endSidecar() -> [Output] {
    sidecar = .off
    isWaitingForZero = false
    return [.sidecarEnded] + gone()
  }

  private mutating func gone() -> [Output] {
    guard isStopping, sidecar == .off, application == .off else { return [] }
    life += 1
    return [.gone(isKilled: false)]
  }

  private mutating func woken(_ timer: Timer) -> [Output] {
    switch timer {
    case .initBackoff:
      guard setup == .waiting else { return [] }
      setup = .starting
      return [.startInit]
    case .backoff:
      guard application == .waiting else { return [] }
      application = .starting
      return [.startApplication]
    case .sidecarBackoff:
      guard sidecar == .waiting else { return [] }
      sidecar = .starting
      return [.startSidecar]
    case .preStop:
      guard application == .preStopping else { return [] }
      application = .stopping
      return [.terminateApplication]
    case .sidecarPreStop: return sidecar == .preStopping ? terminateSidecar() : []
    case .drain: return sidecar == .stopping ? endSidecar() : []
    case .minimumDrain:
      guard sidecar == .stopping else { return [] }
      isWaitingForZero = true
      return open == 0 ? endSidecar() : []
    case .grace:
      guard isStopping, options.shortcut != .neverKills else { return [] }
      (sidecar, application) = (.off, .off)
      life += 1
      return [.sidecarEnded, .gone(isKilled: true)]
    }
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if startedTooSoon, application == .starting {
      return InvariantViolation(
        "order", witness: "the application starts before its sidecar was ready")
    }
    if options.form == .native, isApplicationUp, sidecar == .stopping {
      return InvariantViolation(
        "order", witness: "the sidecar is told to stop before the application is gone")
    }
    return nil
  }
}
