import Kernel
import Patterns
import Simulation

/// Requests as they come: those of consumers, and those that nobody has asked for.
extension GatewayWorld {
  mutating func scheduleArrival(_ consumer: Int, in queue: inout EventQueue<Event>) {
    let rate =
      settings.rate * (consumer == 2 ? settings.flood : 1) * max(environment.loadFactor, 1e-6)
    guard rate > 0 else { return }
    let gap = TimeSpan(seconds: arrivalRandoms[consumer].exponential() / rate)
    queue.schedule(.arrival(Int32(consumer)), after: max(gap, .nanoseconds(1)))
  }

  mutating func scheduleStranger(_ stranger: Stranger, in queue: inout EventQueue<Event>) {
    let rate =
      switch stranger {
      case .forger: settings.forgedRate
      case .thief: settings.thiefRate
      case .spoofer: settings.spoofRate
      case .insider: settings.insideRate
      }
    guard rate > 0 else { return }
    let gap = TimeSpan(seconds: strangerRandoms[stranger.rawValue].exponential() / rate)
    queue.schedule(.stranger(stranger), after: max(gap, .nanoseconds(1)))
  }

  mutating func takeRequest(
    _ consumer: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let draw = kindRandom.unit()
    let path: String
    if draw < settings.accountShare {
      path = "/account"
    } else if draw < settings.accountShare + settings.pageShare {
      path = "/page/home"
    } else {
      path = Self.catalogPaths[kindRandom.below(50)]
    }
    let client = kindRandom.below(Self.clientsOfConsumer)
    if settings.keyedShare > 0, keyedRandom.chance(settings.keyedShare) {
      return arrive(
        consumer, .consumer, client, .init(path: path, token: nil, apiKey: keysInUse[consumer]),
        Self.keyHeaders, at: now, in: &queue)
    }
    refresh(consumer, client, at: now)
    arrive(
      consumer, .consumer, client, .init(path: path, token: tokens[consumer][client]),
      Self.tokenHeaders, at: now, in: &queue)
  }

  private static let catalogPaths = (0..<50).map { "/catalog/\($0)" }
  private static let tokenHeaders = [GatewayHeader("Authorization", "Bearer")]
  private static let keyHeaders = [GatewayHeader("apikey", "key")]

  /// A token of `consumer`, by the issuer's clock.
  mutating func token(for consumer: Int, wall: Instant, at now: Instant) -> CompactToken {
    issuer.token(
      for: GatewaySettings.consumers[consumer], life: settings.tokenLife, wall: wall, at: now)
  }

  /// A client fetches its next token when a fifth of the present one's life is left.
  private mutating func refresh(_ consumer: Int, _ client: Int, at now: Instant) {
    guard !environment.processes.isDown(issuerNode) else { return }
    let wall = environment.clock(issuerNode).wall(at: now)
    guard wall >= tokenEnds[consumer][client] - settings.tokenLife / 5 else { return }
    tokens[consumer][client] = token(for: consumer, wall: wall, at: now)
    tokenEnds[consumer][client] = wall + settings.tokenLife
  }

  mutating func take(
    _ stranger: Stranger, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let number = strangers[stranger.rawValue]
    strangers[stranger.rawValue] += 1
    switch stranger {
    case .forger:
      // Every kind in its turn.
      let kinds = Forgery.allCases
      let token = issuer.forged(
        kinds[number % kinds.count], number: number, for: GatewaySettings.consumers[0],
        life: settings.tokenLife, wall: environment.clock(issuerNode).wall(at: now), at: now)
      arrive(
        0, .forger, 0, .init(path: "/catalog/1", token: token), Self.tokenHeaders, at: now,
        in: &queue)
    case .thief:
      arrive(
        0, .thief, 0, .init(path: "/account", token: nil, apiKey: leakedKey), Self.keyHeaders,
        at: now, in: &queue)
    case .spoofer:
      refresh(2, 0, at: now)
      let name = number % 2 == 0 ? HeaderTransform.identity : "X-Consumer-Username"
      arrive(
        2, .spoofer, 0, .init(path: "/account", token: tokens[2][0]),
        Self.tokenHeaders + [GatewayHeader(name, GatewaySettings.consumers[0])], at: now,
        in: &queue)
    case .insider: callFromInside(number, at: now)
    }
  }

  /// A job inside calls an instance of accounts by its own address.
  private mutating func callFromInside(_ number: Int, at now: Instant) {
    let target = upstreamNode(GatewaySettings.accounts, number % settings.instances)
    guard !environment.processes.isDown(target) else { return }
    let verdict = settings.inbound?.verdict(on: GatewaySettings.batchJob) ?? .accepted
    guard verdict == .accepted else { return }
    tally.insideTaken += 1
    noteInside(target, at: now)
  }

  private mutating func arrive(
    _ consumer: Int, _ sender: GatewaySender, _ client: Int, _ request: GatewayNode.Request,
    _ headers: [GatewayHeader], at now: Instant, in queue: inout EventQueue<Event>
  ) {
    tally.arrived(consumer, sender, at: now)
    // Clients take the gateways in turn and pass over those that are down.
    var gateway = turn % gateways.count
    for offset in 0..<gateways.count {
      gateway = (turn + offset) % gateways.count
      if !environment.processes.isDown(NodeID(gateway)) { break }
    }
    turn += 1
    openVisits += 1
    let visit = visits.add(
      GatewayVisit(
        consumer: consumer, sender: sender, client: consumer * Self.clientsOfConsumer + client,
        request: request, headers: headers, gateway: gateway, arrivedAt: now))
    guard !environment.processes.isDown(NodeID(gateway)) else {
      return end(visit, .refused(503, "no gateway is up"), at: now, in: &queue)
    }
    guard gateways[gateway].inProgress < settings.workers else {
      tally.overloaded += 1
      noteOverloaded(gateway, at: now)
      return end(visit, .refused(503, "no worker is free"), at: now, in: &queue)
    }
    gateways[gateway].inProgress += 1
    visits[visit].isHeld = true
    tally.openPeak = max(tally.openPeak, gateways[gateway].inProgress)
    admit(visit, at: now, in: &queue)
  }
}
