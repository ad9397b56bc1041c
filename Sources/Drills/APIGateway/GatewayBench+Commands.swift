import Kernel
import Patterns
import Presentation

/// Requests, and what becomes of them.
extension GatewayBench {
  mutating func get(_ line: BenchLine) throws(Diagnostic) -> Document {
    let consumer = try consumer(line)
    let (host, path) = try address(line, 1)
    let count = try line.count(2, of: "requests", upTo: 100_000)
    let before = begin(count)
    let isKeyed = line.name == "keyed"
    for _ in 0..<count {
      send(
        .init(
          host: host, path: path, token: isKeyed ? nil : tokens[consumer],
          apiKey: isKeyed ? apiKeys[consumer] : nil), by: consumer)
    }
    return told(count, before)
  }

  mutating func forge(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard let kind = Forgery(rawValue: word) else {
      throw .unknown("kind of forgery", word, known: Self.forgeries)
    }
    let count = try line.count(1, of: "requests", upTo: 10_000)
    let before = begin(count)
    for number in 0..<count {
      let token = issuer.forged(
        kind, number: number, for: Self.consumers[0], life: Self.tokenLife, wall: now, at: now)
      send(.init(path: "/catalog/1", token: token), by: 0, isForged: true)
    }
    return told(count, before)
  }

  /// Begins to count a command's requests; returns what was counted before.
  mutating func begin(_ count: Int) -> Counters {
    let before = counters
    counters.lastRequests = count
    counters.lastGood = 0
    counters.lastNew = 0
    counters.lastReason = nil
    return before
  }

  func told(_ count: Int, _ before: Counters) -> Document {
    var reply = Document([
      .paragraph(
        Text("\(Unit.count.text(Double(count))) request\(count == 1 ? "" : "s"), ")
          + .strong("\(Unit.count.text(Double(counters.lastGood))) answered well") + ".")
    ])
    let reason = counters.lastReason.map { " (\($0))" } ?? ""
    let kinds: [(Int, String)] = [
      (counters.unauthenticated - before.unauthenticated, "answered 401" + reason),
      (counters.noKeys - before.noKeys, "answered 500: there are no keys"),
      (counters.throttled - before.throttled, "answered 429"),
      (counters.notFound - before.notFound, "answered 404"),
      (counters.failed - before.failed, "answered 502: an upstream is not there"),
      (counters.partial - before.partial, "answered in part"),
      (counters.hits - before.hits, "answered from the cache"),
      (counters.leaked - before.leaked, "given an answer that was made for another consumer"),
    ]
    for (count, what) in kinds where count > 0 { reply.add("\(count) \(what).") }
    return reply
  }

  /// Sends a request with further headers; returns what the upstream saw, nil when it saw nothing.
  @discardableResult mutating func send(
    _ request: GatewayNode.Request, by sender: Int, headers: [GatewayHeader] = [],
    isForged: Bool = false
  ) -> [GatewayHeader]? {
    counters.requests += 1
    var admission = node.authenticate(request, again: false, wall: now, at: now)
    if node.takeFetch() { fetch() }
    switch admission {
    case .waitForKeys:
      fetch()
      admission = node.authenticate(request, again: true, wall: now, at: now)
    case .waitForAPIKey(let key):
      counters.keyLookups += 1
      node.apiKeys.answered(key, keyTable.consumer(of: key), askedAt: now)
      admission = node.authenticate(request, again: true, wall: now, at: now)
    case .notFound, .unauthenticated, .noKeys, .identified, .throttled, .cached, .proxied: break
    }
    var consumer = sender
    if case .identified(let found) = admission {
      consumer = found ?? sender
      admission =
        node.limit(consumer, at: now) ?? node.forward(request, for: consumer, at: now)
    }
    var detail = ""
    var seen: [GatewayHeader]?
    let status: Int
    switch admission {
    case .notFound: (status, counters.notFound) = (404, counters.notFound + 1)
    case .unauthenticated(let objection):
      (status, counters.unauthenticated) = (401, counters.unauthenticated + 1)
      counters.lastReason = objection.detail
      detail = objection.reason.rawValue
    case .noKeys, .waitForKeys, .waitForAPIKey, .identified:
      (status, counters.noKeys) = (500, counters.noKeys + 1)
    case .throttled(let after):
      (status, counters.throttled) = (429, counters.throttled + 1)
      counters.retryAfter = after
    case .cached(let entry):
      (status, counters.hits) = (200, counters.hits + 1)
      if entry.isPrivate, entry.consumer != consumer { counters.leaked += 1 }
      detail = "cache"
    case .proxied(let match):
      let all = [GatewayHeader(request.apiKey == nil ? "authorization" : "apikey", "...")] + headers
      seen = design.transform.applied(
        to: all, consumer: design.verifier == nil ? nil : Self.consumers[consumer])
      (status, detail) = upstream(of: request, match, by: consumer, seeing: seen ?? [])
    }
    counters.lastStatus = status
    if status == 200 {
      counters.good += 1
      counters.lastGood += 1
      if isForged { counters.forgedTaken += 1 }
    }
    let time = now
    log.note(
      AccessLog.Record(
        at: time, gateway: 0, consumer: isForged ? "forged" : Self.consumers[consumer],
        path: request.cacheKey, status: status, detail: detail, took: .zero),
      status: status, draw: 0)
    return seen
  }

  func records() -> Document {
    guard !log.last.isEmpty else { return Document([.text("The access log is empty.")]) }
    let rows: [[Text]] = log.last.suffix(10).map { record in
      [
        Text("\(record.at)"), Text(record.consumer), Text(record.path), Text("\(record.status)"),
        Text(record.detail),
      ]
    }
    let columns = ["at", "consumer", "path", "status", "upstream, or why not"]
    return Document([.table(Table(columns.map { Table.Column($0) }, rows))])
  }

  /// A request that says in its headers that it comes from somebody else.
  mutating func spoof(_ line: BenchLine) throws(Diagnostic) -> Document {
    let consumer = try consumer(line)
    let claim = line.arguments.count > 1 ? line.arguments[1] : ""
    guard Self.consumers.contains(claim) else {
      throw .unknown("consumer", claim, known: Self.consumers)
    }
    let before = begin(1)
    let seen = send(
      .init(path: "/account", token: tokens[consumer]), by: consumer,
      headers: [GatewayHeader("X-Consumer-Username", claim)])
    var reply = told(1, before)
    guard let seen else { return reply }
    // A service that reads the first of two such headers believes the client.
    if let believed = HeaderTransform.believed(seen), believed != Self.consumers[consumer] {
      counters.spoofed += 1
    }
    for header in seen where header.isCalled(HeaderTransform.identity) {
      reply.add("The upstream sees \(header.name): \(header.value).")
    }
    return reply
  }

  private mutating func fetch() {
    guard isIssuerUp, let keys = try? KeySetDocument.keys(of: issuer.document(at: now)) else {
      return node.keys.fetchFailed()
    }
    node.keys.fetched(keys, at: now)
  }

  func show() -> Document {
    let known = node.keys.keys.map(\.id).joined(separator: ", ")
    let rows: [[Text]] = Self.consumers.enumerated().map { place, name in
      let left = tokenEnds[place] - now
      let key = (try? DecodedToken(tokens[place]))?.keyID ?? "-"
      return [
        Text(name), Text(key), left > .zero ? Text("\(left)") : .toned("has run out", .bad),
      ]
    }
    var reply = Document([
      .table(Table(["consumer", "key of its token", "counts for"].map { Table.Column($0) }, rows))
    ])
    let keys = issuer.keys(at: now).map(\.id).joined(separator: ", ")
    reply.add(
      "The issuer publishes key \(keys) and signs with \(issuer.signer(at: now).key.id) "
        + "(\(design.signs.rawValue)); it is " + (isIssuerUp ? "up." : "down."))
    reply.add("The gateway knows " + (known.isEmpty ? "no key yet." : "key \(known)."))
    reply.blocks.append(.table(routeTable))
    if !stopped.isEmpty { reply.add("Not there: \(stopped.joined(separator: ", ")).") }
    reply.add("Answers kept: \(node.cache.entries.count).")
    return reply
  }
}
