import Kernel
import Patterns
import Testing

@Suite struct SidecarPartsTests {
  /// Random orders of events under every way to set the pod up: its invariants hold after each, a pod
  /// that was told to stop is gone in the end, and nothing outlives the grace period.
  @Test(arguments: 0..<200 as Range<UInt64>) func ordersHold(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "pod")
    var options = PodLifecycle.Options()
    options.form = random.chance(0.5) ? .native : .container
    options.holdsApplication = random.chance(0.5)
    options.hasStartupProbe = random.chance(0.7)
    options.hasSetup = random.chance(0.4)
    options.setupCalls = random.chance(0.5)
    options.sidecarBeforeSetup = random.chance(0.5)
    options.preStop = random.chance(0.5) ? .seconds(2) : .zero
    options.exitsOnZero = random.chance(0.5)
    var pod = PodLifecycle(options)
    var pending: [PodLifecycle.Input] = []
    var isGone = false
    func take(_ outputs: [PodLifecycle.Output]) {
      for output in outputs {
        switch output {
        case .startInit: pending.append(.initCalls)
        case .startSidecar: pending += [.sidecarRuns, .sidecarReady]
        case .startApplication: pending.append(.applicationCalls)
        case .wakeMe(_, let timer, let life): pending.append(.wake(timer, life: life))
        case .terminateApplication: pending.append(.applicationGone)
        case .ready: #expect(pod.sidecar == .ready && pod.applicationTakesNew)
        case .gone: isGone = true
        case .died, .terminateSidecar, .sidecarEnded: break
        }
      }
    }
    take(pod.step(.started, at: .zero))
    var hasStopped = false
    for _ in 0..<80 where !isGone {
      if !hasStopped, random.chance(0.1) {
        hasStopped = true
        take(pod.step(.stopAsked, at: .zero))
      } else if random.chance(0.05) {
        take(pod.step(.sidecarDied, at: .zero))
      } else if !pending.isEmpty {
        let next = pending.remove(at: random.below(pending.count))
        // Nothing but the kubelet's own clock ends a grace period.
        if case .wake(.grace, _) = next, random.chance(0.8) {
          pending.append(next)
        } else {
          take(pod.step(next, at: .zero))
        }
      }
      #expect(pod.checkInvariants() == nil)
    }
    if !hasStopped { take(pod.step(.stopAsked, at: .zero)) }
    while !pending.isEmpty, !isGone { take(pod.step(pending.removeFirst(), at: .zero)) }
    #expect(isGone && pod.sidecar == .off && pod.application == .off)
  }

  /// At once, then 10 s doubled up to five minutes: the kubelet's back-off.
  @Test func backoffDoublesToFiveMinutes() {
    var pod = PodLifecycle()
    _ = pod.step(.started, at: .zero)
    var waits: [TimeSpan] = []
    for _ in 0..<8 {
      for case .died(_, let span) in pod.step(.applicationCalls, at: .zero) { waits.append(span) }
      _ = pod.step(.wake(.backoff, life: pod.life), at: .zero)
    }
    #expect(waits == [0, 10, 20, 40, 80, 160, 300, 300].map { TimeSpan.seconds($0) })
  }

  /// Without a startup probe a native sidecar counts as started when its process runs.
  @Test(arguments: [true, false]) func aProcessIsNotAReadySidecar(hasProbe: Bool) {
    var options = PodLifecycle.Options()
    options.form = .native
    options.hasStartupProbe = hasProbe
    var pod = PodLifecycle(options)
    _ = pod.step(.started, at: .zero)
    #expect(pod.step(.sidecarRuns, at: .zero) == (hasProbe ? [] : [.startApplication]))
    #expect(pod.step(.sidecarReady, at: .zero) == (hasProbe ? [.startApplication] : []))
  }

  /// An init container that makes a call gets through only behind a native sidecar.
  @Test(arguments: [
    (PodLifecycle.Form.native, true, true), (.native, false, false),
    (.container, true, false),
  ])
  func initContainersNeedTheirSidecar(
    _ form: PodLifecycle.Form, _ isFirst: Bool, _ getsThrough: Bool
  ) {
    var options = PodLifecycle.Options()
    (options.form, options.sidecarBeforeSetup) = (form, isFirst)
    (options.hasSetup, options.setupCalls) = (true, true)
    var pod = PodLifecycle(options)
    _ = pod.step(.started, at: .zero)
    _ = pod.step(.sidecarRuns, at: .zero)
    _ = pod.step(.sidecarReady, at: .zero)
    let outputs = pod.step(.initCalls, at: .zero)
    #expect(outputs.contains(.startApplication) == getsThrough)
    #expect(pod.initDeaths == (getsThrough ? 0 : 1))
  }

  @Test func whatStatsDWritesIsExposedInBaseUnits() throws {
    var adapter = MetricsAdapter()
    let lines = ["orders.placed:3|c", "orders.placed:2|c", "queue.depth:7|g", "db.latency:320|ms"]
    for line in lines {
      let isTaken = adapter.take(line)
      #expect(isTaken)
    }
    for line in ["", "x", "x:1", "x:1|h", "X:1|c", "x:-1|c", "x:nan|c", "x:1|c|@0.1", "a:b:1|c"] {
      let isTaken = adapter.take(line)
      #expect(!isTaken, "\(line)")
    }
    let report = ExpositionReport(checking: adapter.text)
    #expect(report.exit == 0, "\(report.messages)")
    let samples = try ExpositionParser.families(adapter.text).flatMap(\.samples)
    func value(_ name: String) -> Double? {
      samples.first { $0.labels[MetricLabels.nameLabel] == name }?.value
    }
    #expect(value("orders_placed_total") == 5 && value("queue_depth") == 7)
    #expect(value("db_latency_seconds_sum") == 0.32 && value("db_latency_seconds_count") == 1)
    #expect(adapter.taken == 4 && adapter.refused == 9)
  }

  /// The pool against a plain count, over random asks, returns and leaves.
  @Test(arguments: 0..<40 as Range<UInt64>) func poolServesInOrder(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "pool")
    var pool = AmbassadorPool(size: 3, places: 4)
    var inUse = 0
    var line: [Int] = []
    for caller in 0..<300 {
      switch random.below(3) {
      case 0:
        let answer = pool.ask(caller)
        if inUse < 3 {
          #expect(answer == .given)
          inUse += 1
        } else if line.count < 4 {
          #expect(answer == .waits)
          line.append(caller)
        } else {
          #expect(answer == .refused)
        }
      case 1 where inUse > 0:
        let next = pool.giveBack(isGood: random.chance(0.5))
        #expect(next == line.first)
        if line.isEmpty { inUse -= 1 } else { line.removeFirst() }
      default:
        let who = line.randomElement(using: &random)
        if let who {
          let left = pool.leave(who)
          #expect(left)
          line.removeAll { $0 == who }
        }
      }
      #expect(pool.inUse == inUse && pool.line == line && pool.inUse <= 3)
    }
  }

  @Test(arguments: [true, false]) func linesAddUp(isDropping: Bool) {
    var adapter = LogAdapter(capacity: 10, isDropping: isDropping)
    var blocked = 0
    for number in 0..<100 {
      if adapter.write() == .blocked { blocked += 1 }
      if number % 3 == 0 { adapter.ship() }
      #expect(adapter.checkLines() == nil)
    }
    #expect(isDropping ? adapter.lost > 0 && blocked == 0 : adapter.lost == 0 && blocked > 0)
    #expect(adapter.written + blocked == 100)
  }
}

extension Array {
  fileprivate func randomElement(using random: inout RandomStream) -> Element? {
    isEmpty ? nil : self[random.below(count)]
  }
}
