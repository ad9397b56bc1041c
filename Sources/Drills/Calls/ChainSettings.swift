import Kernel
import Patterns

/// The settings of a run, read once; hop 0 is the client's call to edge, 1 edge's to middle, 2
/// middle's to the store.
struct ChainSettings: Sendable {
  let policies: [RetryPolicy]
  let timeouts: [TimeoutPolicy]
  let budget: RetryBudget.Rule
  let retryShortcut: RetryShortcut?
  let isUnsafe: Bool
  let leastLeft: TimeSpan
  let hedging: Hedger.Options?
  let hedgeCancel: String
  let keyScope: String
  let keys: IdempotencyStore.Options
  /// Whether the learner has the store insert keys before the work.
  let isInsertingFirst: Bool
  let rate: Double
  let isPoisson: Bool
  let duration: TimeSpan
  let isWriting: Bool
  let doubleShare: Double
  let reusedShare: Double
  let instances: Int
  let slots: Int
  let threads: Int
  let service: Distribution
  let serviceTime: TimeSpan
  let queueLimit: Int
  let network: TimeSpan
  let errorRate: Double
  let errorTime: TimeSpan

  /// `mutant` is the id of the deliberate bug that one of the parts is to have.
  init(_ given: Settings, mutant: String? = nil) {
    let unused = RetryPreset.plain.tool.knobs.filter { knob in
      !ChainKnobs.all.contains { $0.name == knob.name }
    }
    var all = Settings(ChainKnobs.all + unused)
    for (knob, setting) in given.all {
      do { try all.set(knob.name, setting.description) } catch {
        preconditionFailure("knob \(knob.name) does not read its own value")
      }
    }
    let settings = all
    retryShortcut = mutant.flatMap(RetryShortcut.init(rawValue:))
    var policy = RetryPreset.plain.policy(settings)
    policy.shortcut = retryShortcut
    let place = settings.word("retry.at")
    policies = ["client", "edge", "middle"].map {
      place == "all" || place == $0 ? policy : .never
    }
    timeouts = Self.timeouts(settings, mutant: mutant)
    budget = RetryPreset.plain.budget(settings)
    isUnsafe = settings.flag("retry.unsafe")
    leastLeft = settings.span("deadline.least")
    hedging = Self.hedging(settings, mutant: mutant)
    let keepsLosers = mutant == HedgeShortcut.keepsLosers.rawValue
    hedgeCancel = keepsLosers ? "none" : settings.word("hedge.cancel")
    keyScope = settings.word("key")
    keys = Self.keys(settings, mutant: mutant)
    isInsertingFirst = settings.word("key.lock") == "insert-first"
    rate = settings.number("rate")
    isPoisson = settings.word("arrivals") == "poisson"
    duration = settings.span("duration")
    isWriting = settings.flag("writes")
    doubleShare = settings.number("double")
    reusedShare = settings.number("key.reused")
    instances = settings.integer("instances")
    slots = settings.integer("slots")
    threads = settings.integer("threads")
    serviceTime = settings.span("service")
    service = Self.distribution(settings.word("service.shape"), serviceTime)
    queueLimit = settings.integer("queue")
    network = settings.span("network")
    errorRate = settings.number("errors")
    errorTime = settings.span("errors.time")
  }

  private static func timeouts(_ settings: Settings, mutant: String?) -> [TimeoutPolicy] {
    let total = settings.span("deadline")
    return ["client", "edge", "middle"].map { name in
      let perTry = settings.span("timeout.\(name)")
      var policy = TimeoutPolicy(
        perTry: perTry == .zero ? nil : perTry,
        total: name == "client" && total > .zero ? total : nil,
        isPropagated: settings.flag("deadline.sent"),
        isCancelling: settings.flag("timeout.cancels"))
      policy.shortcut = mutant.flatMap(TimeoutShortcut.init(rawValue:))
      return policy
    }
  }

  private static func hedging(_ settings: Settings, mutant: String?) -> Hedger.Options? {
    let share = settings.number("hedge.budget")
    let delay: Hedger.Options.Delay
    switch settings.word("hedge") {
    case "fixed": delay = .fixed(settings.span("hedge.delay"))
    case "percentile": delay = .quantile(settings.number("hedge.percentile"))
    default: return nil
    }
    return Hedger.Options(
      delay: delay, maxHedges: settings.integer("hedge.copies"), budget: share > 0 ? share : nil,
      shortcut: mutant.flatMap(HedgeShortcut.init(rawValue:)))
  }

  private static func keys(_ settings: Settings, mutant: String?) -> IdempotencyStore.Options {
    let isLate = settings.word("key.lock") == "after-work"
    return IdempotencyStore.Options(
      lifetime: settings.span("key.lifetime"), lockTime: settings.span("key.lock.time"),
      isBodyCompared: settings.flag("key.compares"), isErrorKept: settings.flag("key.errors"),
      shortcut: mutant.flatMap(IdempotencyShortcut.init(rawValue:))
        ?? (isLate ? .storesAfterwards : nil))
  }

  private static func distribution(_ shape: String, _ time: TimeSpan) -> Distribution {
    switch shape {
    case "constant": .constant(time)
    case "exponential": .exponential(mean: time)
    case "tail": .lognormal(p50: time, p99: time * 10)
    default: .gamma(shape: 4, mean: time)
    }
  }

  /// The names of the servers: edge, middle, then the replicas of the store.
  var serverNames: [String] {
    ["edge", "middle"] + (instances == 1 ? ["store"] : (1...instances).map { "store-\($0)" })
  }

  /// The servers from this number on are replicas of the store.
  static let storeFrom = 2

  /// Who makes the calls of a hop.
  static let callerNames = ["client", "edge", "middle"]
}
