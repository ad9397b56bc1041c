import Kernel
import Patterns

/// The settings of a run, read once.
struct CallSettings: Sendable {
  // The caller.
  let breaker: CircuitBreaker.Options?
  let forcing: CircuitBreaker.Forcing
  let isBreakerPerInstance: Bool
  let policy: RetryPolicy
  let budget: RetryBudget.Rule
  let retryShortcut: RetryShortcut?
  let timeouts: TimeoutPolicy
  /// A call with less than this left of its deadline is not worked on.
  let leastLeft: TimeSpan
  let balance: String
  let isSkippingOpen: Bool
  let ejection: OutlierDetector.Options?
  // The load and the surroundings.
  let rate: Double
  let isPoisson: Bool
  let duration: TimeSpan
  let callers: Int
  let instances: Int
  let slots: Int
  let service: Distribution
  let serviceMean: TimeSpan
  let queueLimit: Int
  /// Calls in line at which an instance dies; 0 for never.
  let fatalLine: Int
  let network: TimeSpan
  let errorRate: Double
  let errorTime: TimeSpan
  let coldFactor: Double
  let coldCalls: Int

  /// `mutant` is the id of the deliberate bug that one of the caller's parts is to have.
  init(_ settings: Settings, tool: CallTool, mutant: String? = nil) {
    var breaker = settings.flag("breaker") ? tool.breaker(settings) : nil
    breaker?.shortcut = mutant.flatMap(BreakerShortcut.init(rawValue:))
    self.breaker = breaker
    forcing = tool.forcing(settings)
    isBreakerPerInstance = settings.word("breaker.scope") == "instance"
    retryShortcut = mutant.flatMap(RetryShortcut.init(rawValue:))
    var policy = RetryPreset.plain.policy(settings)
    policy.shortcut = retryShortcut
    self.policy = policy
    budget = RetryPreset.plain.budget(settings)
    let perTry = settings.span("timeout")
    let total = settings.span("deadline")
    var timeouts = TimeoutPolicy(
      perTry: perTry == .zero ? nil : perTry, total: total == .zero ? nil : total,
      isPropagated: settings.flag("deadline.sent"),
      isCancelling: settings.flag("timeout.cancels"))
    timeouts.shortcut = mutant.flatMap(TimeoutShortcut.init(rawValue:))
    self.timeouts = timeouts
    leastLeft = settings.span("deadline.least")
    balance = settings.word("balance")
    isSkippingOpen = settings.flag("balance.skips")
    var ejection = tool.ejection(settings)
    ejection?.shortcut = mutant.flatMap(OutlierShortcut.init(rawValue:))
    self.ejection = ejection
    rate = settings.number("rate")
    isPoisson = settings.word("arrivals") == "poisson"
    duration = settings.span("duration")
    callers = settings.integer("callers")
    instances = settings.integer("instances")
    slots = settings.integer("slots")
    serviceMean = settings.span("service")
    service = Self.distribution(settings.word("service.shape"), mean: serviceMean)
    queueLimit = settings.integer("queue")
    fatalLine = settings.integer("queue.fatal")
    network = settings.span("network")
    errorRate = settings.number("errors")
    errorTime = settings.span("errors.time")
    coldFactor = settings.number("cold")
    coldCalls = settings.integer("cold.calls")
  }

  private static func distribution(_ shape: String, mean: TimeSpan) -> Distribution {
    switch shape {
    case "constant": .constant(mean)
    case "exponential": .exponential(mean: mean)
    default: .gamma(shape: 4, mean: mean)
    }
  }

  /// The calls a second that the whole dependency can work off when nothing is wrong.
  var capacity: Double { Double(instances * slots) / serviceMean.seconds }

  /// The names of the dependency's instances.
  var instanceNames: [String] {
    instances == 1 ? ["payments"] : (1...instances).map { "payments-\($0)" }
  }

  /// The name of caller number `index`, from 0.
  func callerName(_ index: Int) -> String { callers == 1 ? "checkout" : "checkout-\(index + 1)" }

  /// The name of a breaker of a caller; with one a service the caller says it all.
  func breakerName(_ caller: Int, _ breaker: Int) -> String {
    let base = "\(callerName(caller)) breaker"
    return isBreakerPerInstance && instances > 1 ? "\(base) for \(instanceNames[breaker])" : base
  }
}
