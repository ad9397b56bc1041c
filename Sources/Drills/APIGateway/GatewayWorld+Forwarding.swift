import Kernel
import Patterns
import Simulation

/// What a gateway does with a request that is past all gates, until its client has an answer.
extension GatewayWorld {
  /// An answer that is kept, or calls to upstreams.
  mutating func forward(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let visit = visits[number]
    let gateway = visit.gateway
    let counter = gateways[gateway].node.counter(of: visit.consumer)
    checks.admitted(counter, at: gateway, settings, now: now)
    if visit.consumer == 2, visit.sender == .consumer { tally.crowAdmitted += 1 }
    if settings.design.verifier != nil {
      checkToken(visit, at: now)
      checkKey(visit, at: now)
    }
    switch gateways[gateway].node.forward(visit.request, for: visit.consumer, at: now) {
    case .cached(let entry):
      tally.hits += 1
      if entry.isPrivate, entry.consumer != visit.consumer { noteLeak(entry, visit, at: now) }
      end(number, .answered(from: "cache"), at: now, in: &queue)
    case .proxied(let match): proxy(number, match, at: now, in: &queue)
    case .notFound, .unauthenticated, .noKeys, .waitForKeys, .waitForAPIKey, .identified,
      .throttled:
      end(number, .refused(404, "no route"), at: now, in: &queue)
    }
  }

  /// The issuer's own books know each token that counts, whatever it says.
  private mutating func checkToken(_ visit: GatewayVisit, at now: Instant) {
    guard let token = visit.request.token else { return }
    let wall = environment.clock(NodeID(visit.gateway)).wall(at: visit.arrivedAt)
    let leeway = (settings.design.verifier?.leeway ?? .zero) + .seconds(2)
    guard !issuer.isGenuine(token, leeway: leeway, wall: wall) else { return }
    checks.violated(
      "authenticated", at: now,
      "\(name(NodeID(visit.gateway))) lets a token through that counts not")
  }

  private mutating func proxy(
    _ number: Int, _ match: RouteTable.Match, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    visits[number].match = match
    changeHeaders(number, at: now)
    if match.route == 0 { chooseVersion(number) }
    var services = GatewaySettings.partsOfRoute[match.route]
    if visits[number].isCanary { services = [GatewaySettings.nextVersion] }
    if match.route == 2 { tally.pages += visits[number].sender == .consumer ? 1 : 0 }
    visits[number].parts = PartCollector(
      required: services.indices.map { $0 == 0 || !settings.isPriceOptional })
    if match.route == 2, settings.pageTimeout > .zero {
      visits[number].timer = queue.schedule(
        .pageIsOver(Int32(number)), after: settings.pageTimeout)
    }
    // Counted before the first is sent: a part may end at once, and the visit must outlive the others.
    visits[number].holders += services.count
    for (place, service) in services.enumerated() {
      let part = parts.add(GatewayPart(visit: number, place: place, service: service))
      send(part, at: now, in: &queue)
    }
  }

  /// What the upstream gets to see of the headers, and whom it then thinks it serves.
  private mutating func changeHeaders(_ number: Int, at now: Instant) {
    let visit = visits[number]
    var seen = visit.headers
    let consumer = GatewaySettings.consumers[visit.consumer]
    if settings.design.verifier != nil {
      seen = settings.design.transform.applied(to: seen, consumer: consumer)
      let identities = seen.filter { $0.isCalled(HeaderTransform.identity) }
      if settings.design.transform.stripsIdentity, identities.map(\.value) != [consumer] {
        checks.violated(
          "identity", at: now,
          "an upstream sees " + identities.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
        )
      }
    }
    if seen.contains(where: HeaderTransform.carriesCredential) { tally.credentialsSeen += 1 }
    visits[number].believed = HeaderTransform.believed(seen)
  }

  /// The version of catalog that answers, by request or by client.
  private mutating func chooseVersion(_ number: Int) {
    let gateway = visits[number].gateway
    let client = visits[number].client
    guard settings.canaryWeight > 0 else { return }
    let place =
      settings.sticksToClient
      ? Int(KeyHash.xxh64.hash("client-\(client)") % 1_000)
      : gateways[gateway].splitRandom.below(1_000)
    let isCanary = gateways[gateway].node.routes.upstream(of: 0, at: place) == 1
    visits[number].isCanary = isCanary
    guard visits[number].sender == .consumer else { return }
    if let last = lastVersions[client], last != isCanary, !isCanaryOut { tally.flips += 1 }
    lastVersions[client] = isCanary
  }

  mutating func pageIsOver(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    visits[number].timer = nil
    guard !visits[number].isEnded, let result = visits[number].parts?.timeIsOver() else { return }
    finish(number, result, at: now, in: &queue)
  }

  /// A part has ended, and with it perhaps the whole.
  mutating func partEnded(
    _ part: Int, isGood: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let (number, place) = (parts[part].visit, parts[part].place)
    parts.remove(part)
    if !visits[number].isEnded,
      let result = visits[number].parts?.ended(place, isGood: isGood)
    {
      finish(number, result, at: now, in: &queue)
    }
    release(number)
  }

  private mutating func finish(
    _ number: Int, _ result: PartCollector.End, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let visit = visits[number]
    compareVersions(visit, isGood: result == .complete, at: now)
    switch result {
    case .complete:
      gateways[visit.gateway].node.cache.keep(
        visit.request.cacheKey, for: visit.consumer, isPrivate: visit.match?.route == 1, at: now)
      let believes = visit.believed ?? GatewaySettings.consumers[visit.consumer]
      if visit.match?.route == 1, believes != GatewaySettings.consumers[visit.consumer] {
        tally.spoofed += 1
        noteSpoofed(visit, believes, at: now)
      }
      end(number, .answered(from: "upstream"), at: now, in: &queue)
    case .partial:
      tally.partial += visit.sender == .consumer ? 1 : 0
      end(number, .answered(from: "upstream, in part"), at: now, in: &queue)
    case .failed:
      tally.failed += 1
      end(number, .failed(502, "upstream"), at: now, in: &queue)
    }
  }

  /// Holds the next version against the one beside it, request by request.
  private mutating func compareVersions(_ visit: GatewayVisit, isGood: Bool, at now: Instant) {
    guard visit.match?.route == 0, settings.canaryWeight > 0 else { return }
    if visit.isCanary {
      tally.canaryCalls += 1
      tally.canaryErrors += isGood ? 0 : 1
      comparison.canaryCalls += 1
      comparison.canaryErrors += isGood ? 0 : 1
      if !isGood { noteCanary(at: now) }
    } else {
      comparison.stableCalls += 1
      comparison.stableErrors += isGood ? 0 : 1
    }
    guard settings.isCanaryWatched, !isCanaryOut, comparison.isWorse else { return }
    isCanaryOut = true
    for gateway in gateways.indices {
      gateways[gateway].node.routes = gateways[gateway].node.routes.weighted(0, [1_000, 0])
    }
    noteCanaryOut(at: now)
  }

  /// The client has its answer, and the access log its record.
  mutating func end(
    _ number: Int, _ ending: GatewayEnding, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let visit = visits[number]
    visits[number].isEnded = true
    if let timer = visit.timer { queue.cancel(timer) }
    if visit.isHeld { gateways[visit.gateway].inProgress -= 1 }
    openVisits -= 1
    if !(ending.isRefused && settings.shortcut == .logsOnlyProxied) {
      let draw = settings.log.sample < 1 ? logRandom.unit() : 0
      log.note(
        AccessLog.Record(
          at: now, gateway: visit.gateway,
          consumer: GatewaySettings.consumers[visit.consumer], path: visit.request.path,
          status: ending.status, detail: ending.detail, took: now - visit.arrivedAt),
        status: ending.status, draw: draw)
    }
    if visit.sender == .thief, ending.isGood, let revokedAt {
      tally.stolenTaken += 1
      tally.revokedLate = max(tally.revokedLate, now - revokedAt)
      noteStolen(visit, now - revokedAt, at: now)
    }
    tally.ended(visit, isGood: ending.isGood, isRefused: ending.isRefused, at: now)
    release(number)
  }

  mutating func release(_ visit: Int) {
    visits[visit].holders -= 1
    if visits[visit].holders == 0 { visits.remove(visit) }
  }
}
