import Kernel
import Patterns
import Simulation

/// Everything that a run of the circuit breaker scenarios changes.
struct CallWorld: ScenarioWorld, Sendable {
  /// What can happen; the numbers name calls, requests and callers.
  enum Event: ScenarioEvent, Sendable {
    case arrival
    case callArrives(Int32)
    case workEnds(Int32)
    case answerArrives(Int32)
    case patienceEnds(Int32)
    case retryIsDue(Int32)
    case cancelArrives(Int32)
    case faultIsDue
    case instanceRestarts(Int32)
    case sweepIsDue(Int32)
    case breakerIsDue(Int32)
    case watch
  }

  let settings: CallSettings
  var environment: Environment
  var schedule: FaultSchedule
  var callers: [Caller]
  var instances: [DependencyInstance]
  var requests = Slab<ClientRequest>()
  var calls = Slab<DependencyCall>()
  var tally: CallTally
  var watch: CallWatch
  var checks = CallChecks()
  private var arrivalRandom: RandomStream
  private var callerRandom: RandomStream

  init(
    _ settings: CallSettings, roster: Roster, faults: FaultPlan, seed: UInt64, traceCapacity: Int
  ) {
    self.settings = settings
    let link = LinkQuality(latency: .constant(settings.network))
    environment = Environment(
      roster, network: Network(link, seed: seed), traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    callers = (0..<settings.callers).map { Caller($0, settings, seed: seed) }
    instances = (0..<settings.instances).map { DependencyInstance($0, settings, seed: seed) }
    tally = CallTally(settings, faults)
    watch = CallWatch()
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    callerRandom = RandomStream(seed: seed, name: "clients")
  }

  /// Schedules what begins a run.
  mutating func begin(in queue: inout EventQueue<Event>) {
    scheduleArrival(in: &queue)
    beginWatch(every: CallTally.step, in: &queue)
    for (number, caller) in callers.enumerated() {
      if let detector = caller.detector {
        queue.schedule(.sweepIsDue(Int32(number)), at: detector.nextSweepAt)
      }
    }
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      takeRequest(at: now, in: &queue)
      scheduleArrival(in: &queue)
    case .callArrives(let call): callArrives(Int(call), at: now, in: &queue)
    case .workEnds(let call): workEnds(Int(call), at: now, in: &queue)
    case .answerArrives(let call): answerArrives(Int(call), at: now, in: &queue)
    case .patienceEnds(let call): patienceEnds(Int(call), at: now, in: &queue)
    case .retryIsDue(let request): call(for: Int(request), at: now, in: &queue)
    case .cancelArrives(let call): cancelArrives(Int(call), at: now, in: &queue)
    case .instanceRestarts(let instance): restart(Int(instance), at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .sweepIsDue(let caller): sweep(Int(caller), at: now, in: &queue)
    case .breakerIsDue(let caller): advanceBreakers(of: Int(caller), at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  /// The node that stands for all callers in the network and in fault lines.
  var checkout: NodeID { NodeID(settings.instances) }

  private mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let rate = settings.rate * environment.loadFactor
    let gap = settings.isPoisson ? arrivalRandom.exponential() / rate : 1 / rate
    queue.schedule(.arrival, after: max(TimeSpan(seconds: gap), .nanoseconds(1)))
  }

  private mutating func takeRequest(at now: Instant, in queue: inout EventQueue<Event>) {
    let caller = callerRandom.below(settings.callers)
    let deadline = settings.timeouts.request(at: now)
    let request = requests.add(
      ClientRequest(
        arrivedAt: now, caller: caller, isInHealthyTime: !isFaultInForce,
        sequence: RetrySequence(deadline: deadline.at)))
    tally.requestArrived(at: now)
    guard environment.processes.runs(checkout) else {
      finish(request, failure: .refused, at: now)
      return
    }
    call(for: request, at: now, in: &queue)
  }

  /// Ends a request; nil for a good answer.
  mutating func finish(_ request: Int, failure: CallFailure?, at now: Instant) {
    let ended = requests[request]
    tally.requestEnded(ended, failure: failure, at: now)
    checks.ended(ended, policy: settings.policy, isGood: failure == nil, at: now)
    requests.remove(request)
  }

  /// Lets one party of a call go; the last one frees its number.
  mutating func release(_ call: Int) {
    calls[call].holders -= 1
    if calls[call].holders == 0 { calls.remove(call) }
  }
}
