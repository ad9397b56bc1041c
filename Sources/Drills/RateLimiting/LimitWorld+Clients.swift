import Kernel
import Patterns
import Simulation

/// What the clients do: send, give up, try again.
extension LimitWorld {
  mutating func scheduleHonest(in queue: inout EventQueue<Event>) {
    let pages = Double(settings.tenants) * settings.rate / Double(settings.page)
    let gap = TimeSpan(seconds: arrivalRandom.exponential() / (pages * environment.loadFactor))
    queue.schedule(.honest, after: max(gap, .nanoseconds(1)))
  }

  /// How many requests make up a window's or a batch's worth of the greedy client.
  private func portion(_ span: TimeSpan) -> Int {
    max(2, Int((settings.greedy * span.seconds).rounded()))
  }

  mutating func scheduleGreedy(in queue: inout EventQueue<Event>) {
    guard settings.greedy > 0 else { return }
    switch settings.shape {
    case .steady:
      let rate = settings.greedy * environment.loadFactor
      let gap = TimeSpan(seconds: greedyRandom.exponential() / rate)
      queue.schedule(.greedy, after: max(gap, .nanoseconds(1)))
    case .edge:
      // A window's worth within 200 ms, half of it before the edge and half of it behind.
      let window = settings.limiter.rate.period
      let count = portion(window)
      let reach = min(TimeSpan.milliseconds(200), window / 2)
      let start = Instant.zero + window * (greedySent / count + 1) - reach / 2
      let place = Int64(greedySent % count) * 2 + 1
      queue.schedule(
        .greedy, at: start + .nanoseconds(reach.nanoseconds / Int64(count * 2) * place))
    case .batch:
      queue.schedule(.greedy, at: .zero + settings.greedyEvery * (greedySent + 1))
    }
  }

  mutating func sendGreedily(at now: Instant, in queue: inout EventQueue<Event>) {
    let size = portion(
      settings.shape == .batch ? settings.greedyEvery : settings.limiter.rate.period)
    if settings.shape == .batch || settings.shape == .edge && greedySent % size == 0 {
      noteBatch(size, at: now)
    }
    greedySent += 1
    let count = settings.shape == .batch ? size : 1
    for _ in 0..<count { send(from: settings.greedySender, at: now, in: &queue) }
    scheduleGreedy(in: &queue)
  }

  /// A new request of a sender.
  mutating func send(from sender: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    requests.append(Request(sender: sender, arrivedAt: now))
    tally.requested(isHonest: sender != settings.greedySender)
    makeTry(requests.count - 1, at: now, in: &queue)
  }

  func isHonest(_ number: Int32) -> Bool {
    requests[tries[Int(number)].request].sender != settings.greedySender
  }

  /// The address that a request comes from: tenants behind the shared one are the first.
  func address(of sender: Int) -> Int32 { Int32(sender < settings.nat ? 0 : sender) }

  /// The key that a request counts for.
  private mutating func key(of sender: Int) -> Int32 {
    if settings.shortcut == .sharesKeys { return 0 }
    if settings.keying == .address { return address(of: sender) }
    guard sender == settings.greedySender, settings.greedyIDs > 1 else { return Int32(sender) }
    return Int32(sender + identityRandom.below(settings.greedyIDs))
  }

  /// The gateway for a sender among those that run, nil when none does.
  private mutating func gateway(for sender: Int) -> Int? {
    let count = settings.gateways
    let first = settings.isSticky ? Int(Self.mixed(UInt64(sender)) % UInt64(count)) : nextGateway
    nextGateway = (nextGateway + 1) % count
    for step in 0..<count {
      let place = (first + step) % count
      if environment.processes.runs(NodeID(place)) { return place }
    }
    return nil
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func makeTry(_ request: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let sender = requests[request].sender
    let key = key(of: sender)
    let number = Int32(tries.count)
    tally.tried(isHonest: sender != settings.greedySender, at: now)
    guard let gateway = gateway(for: sender) else {
      // Nobody takes it; it is over as soon as it began.
      let seat = Seat(gateway: 0, life: -1, key: key)
      tries.append(Try(request: request, seat: seat, sentAt: now, state: .shed))
      tally.unreachable += 1
      return fail(number, .refused, at: now, in: &queue)
    }
    let seat = Seat(gateway: Int32(gateway), life: lives[gateway], key: key)
    tries.append(Try(request: request, seat: seat, sentAt: now))
    guard inProgress[gateway].peek(at: now).isAdmitted else {
      return shed(number, at: now, in: &queue)
    }
    consider(number, at: now, in: &queue)
    if !tries[Int(number)].isOver {
      queue.schedule(.giveUp(number), after: settings.timeout)
    }
  }

  /// A try failed: perhaps another follows.
  mutating func fail(
    _ number: Int32, _ failure: CallFailure, retryAfter: TimeSpan? = nil, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    guard !tries[Int(number)].isOver else { return }
    tries[Int(number)].isOver = true
    let place = tries[Int(number)].request
    guard isHonest(number) else {
      requests[place].isEnded = true
      return
    }
    let decision = requests[place].sequence.failed(
      failure, retryAfter: retryAfter, at: now, policy: settings.retry, budget: &budget,
      random: &retryRandom)
    switch decision {
    case .giveUp:
      requests[place].isEnded = true
      tally.failed()
    case .retry(let at):
      let spread =
        settings.spread > .zero ? retryRandom.span(.zero, to: settings.spread) : .zero
      queue.schedule(.retry(Int32(place)), at: max(at + spread, now + .nanoseconds(1)))
    }
  }

  /// A try got a good answer.
  mutating func succeed(_ number: Int32, at now: Instant) {
    guard !tries[Int(number)].isOver else { return }
    tries[Int(number)].isOver = true
    let place = tries[Int(number)].request
    requests[place].isEnded = true
    if isHonest(number) { tally.succeeded(after: now - requests[place].arrivedAt, at: now) }
  }
}
