import Kernel
import Patterns
import Presentation

extension GatewayBench {
  mutating func get(_ line: BenchLine) throws(Diagnostic) -> Document {
    let consumer = try consumer(line)
    let path = try path(line, 1)
    let count = try line.count(2, of: "requests", upTo: 100_000)
    let before = counters
    counters.lastRequests = count
    counters.lastGood = 0
    counters.lastNew = 0
    for _ in 0..<count {
      counters.requests += 1
      let isKeyed = line.name == "keyed"
      request(
        .init(
          path: path, token: isKeyed ? nil : tokens[consumer],
          apiKey: isKeyed ? apiKeys[consumer] : nil), by: consumer, isForged: false)
    }
    counters.good += counters.lastGood
    return told(count, before)
  }

  mutating func forge(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard Self.forgeries.contains(word) else {
      throw .unknown("kind of forgery", word, known: Self.forgeries)
    }
    let count = try line.count(1, of: "requests", upTo: 100_000)
    let before = counters
    counters.lastRequests = count
    counters.lastGood = 0
    counters.lastNew = 0
    for number in 0..<count {
      var token = signed(for: 0)
      switch word {
      case "none": (token.algorithm, token.signedWith) = (.none, 0)
      case "key": (token.keyID, token.signedWith) = (1_000 + number, 7)
      case "audience": token.audience = 2
      case "expired":
        token.notBefore = now - .hours(2)
        token.expiresAt = now - .hours(1)
      default: token.signedWith = 7
      }
      counters.requests += 1
      request(.init(path: "/catalog/1", token: token), by: 0, isForged: true)
    }
    counters.good += counters.lastGood
    return told(count, before)
  }

  private func told(_ count: Int, _ before: Counters) -> Document {
    var reply = Document([
      .paragraph(
        Text("\(Unit.count.text(Double(count))) requests, ")
          + .strong("\(counters.lastGood) answered well") + ".")
    ])
    let kinds: [(Int, String)] = [
      (counters.unauthenticated - before.unauthenticated, "answered 401"),
      (counters.noKeys - before.noKeys, "answered 500: there are no keys"),
      (counters.throttled - before.throttled, "answered 429"),
      (counters.notFound - before.notFound, "answered 404"),
      (counters.hits - before.hits, "answered from the cache"),
      (counters.leaked - before.leaked, "given an answer that was made for another consumer"),
    ]
    for (count, what) in kinds where count > 0 { reply.add("\(count) \(what).") }
    return reply
  }

  private mutating func request(
    _ request: GatewayNode.Request, by consumer: Int, isForged: Bool
  ) {
    var admission = node.authenticate(request, again: false, wall: now, at: now)
    if node.takeFetch() { fetch() }
    if case .waitForKeys? = admission {
      fetch()
      admission = node.authenticate(request, again: true, wall: now, at: now)
    }
    let verdict =
      admission ?? node.limit(consumer, at: now) ?? node.forward(request, for: consumer, at: now)
    var upstream = "-"
    let status: Int
    switch verdict {
    case .notFound: (status, counters.notFound) = (404, counters.notFound + 1)
    case .unauthenticated: (status, counters.unauthenticated) = (401, counters.unauthenticated + 1)
    case .noKeys, .waitForKeys: (status, counters.noKeys) = (500, counters.noKeys + 1)
    case .throttled(let after):
      (status, counters.throttled) = (429, counters.throttled + 1)
      counters.retryAfter = after
    case .cached(let entry):
      (status, counters.hits) = (200, counters.hits + 1)
      if entry.isPrivate, entry.consumer != consumer { counters.leaked += 1 }
      upstream = "cache"
      answered(isForged)
    case .proxied(let match):
      status = 200
      upstream = sent(request, match, by: consumer)
      answered(isForged)
    }
    record(isForged ? "forged" : Self.consumers[consumer], request.path, status, upstream)
  }

  /// The request goes to its upstream, with the headers that the gateway leaves it.
  private mutating func sent(
    _ request: GatewayNode.Request, _ match: RouteTable.Match, by consumer: Int
  ) -> String {
    counters.upstream += GatewaySettings.partsOfRoute[match.route].count
    node.cache.keep(request.path, for: consumer, isPrivate: match.route == 1, at: now)
    let credential = request.apiKey == nil ? "authorization" : "apikey"
    let seen = transform.applied(
      to: [GatewayHeader(credential, "secret")], consumer: Self.consumers[consumer])
    if seen.contains(where: { HeaderTransform.credentials.contains($0.name) }) {
      counters.credentialsSeen += 1
    }
    guard match.route == 0 else { return match.route == 1 ? "accounts" : "catalog, prices" }
    let place = catalog.upstream(of: 0, at: random.below(1_000)) ?? 0
    if place == 1 { counters.lastNew += 1 }
    return catalog.routes[0].upstreams[place].name
  }

  private mutating func record(
    _ consumer: String, _ path: String, _ status: Int, _ upstream: String
  ) {
    counters.records += 1
    if log.count == 100 { log.removeFirst() }
    log.append(
      AccessRecord(at: now, consumer: consumer, path: path, status: status, upstream: upstream))
  }

  func records() -> Document {
    guard !log.isEmpty else { return Document([.text("The access log is empty.")]) }
    let rows: [[Text]] = log.suffix(10).map { record in
      [
        Text("\(record.at)"), Text(record.consumer), Text(record.path), Text("\(record.status)"),
        Text(record.upstream),
      ]
    }
    let columns = ["at", "consumer", "path", "status", "upstream"].map { Table.Column($0) }
    return Document([.table(Table(columns, rows))])
  }

  /// A request that says in its headers that it comes from somebody else.
  mutating func spoof(_ line: BenchLine) throws(Diagnostic) -> Document {
    let consumer = try consumer(line)
    let claim = line.arguments.count > 1 ? line.arguments[1] : ""
    guard Self.consumers.contains(claim) else {
      throw .unknown("consumer", claim, known: Self.consumers)
    }
    let before = counters
    let name = Self.consumers[consumer]
    counters.requests += 1
    counters.lastRequests = 1
    counters.lastGood = 0
    counters.lastNew = 0
    request(.init(path: "/account", token: tokens[consumer]), by: consumer, isForged: false)
    counters.good += counters.lastGood
    var reply = told(1, before)
    guard counters.upstream > before.upstream else { return reply }
    let seen = transform.applied(
      to: [GatewayHeader(HeaderTransform.identity, claim)], consumer: name)
    let identities = seen.filter { $0.name == HeaderTransform.identity }
    // A service that reads the first of two such headers believes the client.
    if identities.first?.value != name { counters.spoofed += 1 }
    for header in identities { reply.add("The upstream sees \(header.name): \(header.value).") }
    return reply
  }

  mutating func split(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = line.arguments.first ?? ""
    guard let share = Unit.fraction.value(from: text), (0...1).contains(share) else {
      throw Diagnostic(
        "'\(text)' is no share.", column: text.isEmpty ? nil : line.column(0), found: text,
        expected: "a share from 0 % to 100 %")
    }
    let weight = Int((share * 1_000).rounded())
    catalog = catalog.weighted(0, [1_000 - weight, weight])
    return Document([
      .text("The next version of catalog gets \(Unit.fraction.text(share)) of its requests.")
    ])
  }

  private mutating func fetch() {
    if isIssuerUp { node.keys.fetched(published, at: now) } else { node.keys.fetchFailed() }
  }

  private mutating func answered(_ isForged: Bool) {
    counters.lastGood += 1
    if isForged { counters.forgedTaken += 1 }
  }

  private func path(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> String {
    let text = line.arguments.count > index ? line.arguments[index] : ""
    guard text.hasPrefix("/") else {
      throw Diagnostic(
        "'\(text)' is no path.", column: text.isEmpty ? nil : line.column(index), found: text,
        expected: "a path such as /catalog/1, /account or /page/home")
    }
    return text
  }

  mutating func match(_ line: BenchLine) throws(Diagnostic) -> Document {
    let path = try path(line, 0)
    let match = node.routes.match(host: "api.shop", path: path, method: "GET")
    counters.route = match?.route
    counters.strippedLength = match?.path.count
    guard let match else { return Document([.text("No route takes \(path): 404.")]) }
    let route = node.routes.routes[match.route]
    let names = route.upstreams.map(\.name).joined(separator: " and ")
    return Document([
      .text(
        "Route \(match.route + 1) (\(route.path)) takes it to \(names), which see \(match.path).")
    ])
  }

  mutating func rotate(_ line: BenchLine) throws(Diagnostic) -> Document {
    let next = SigningKey(id: 2, secret: 202)
    switch line.arguments.first {
    case "publish":
      if !published.contains(next) { published.append(next) }
      return Document([.text("The issuer publishes keys 1 and 2, and signs with \(signing.id).")])
    case "sign":
      if !published.contains(next) { published.append(next) }
      signing = next
      tokens = Self.consumers.indices.map { signed(for: $0) }
      return Document([.text("The issuer signs with key 2; every consumer has a new token.")])
    case "retire":
      published = [next]
      return Document([.text("The issuer publishes key 2 only.")])
    default:
      throw .unknown(
        "step of a rotation", line.arguments.first ?? "", known: ["publish", "sign", "retire"])
    }
  }

  func show() -> Document {
    let known = node.keys.keys.map { "\($0.id)" }.joined(separator: ", ")
    let rows: [[Text]] = Self.consumers.enumerated().map { place, name in
      let left = tokens[place].expiresAt - now
      return [
        Text(name), Text("\(tokens[place].keyID)"),
        left > .zero ? Text("\(left)") : .toned("has run out", .bad),
      ]
    }
    var reply = Document([
      .table(Table(["consumer", "key of its token", "counts for"].map { Table.Column($0) }, rows))
    ])
    let keys = published.map { "\($0.id)" }.joined(separator: ", ")
    reply.add(
      "The issuer publishes key \(keys) and signs with \(signing.id); it is "
        + (isIssuerUp ? "up." : "down."))
    reply.add("The gateway knows " + (known.isEmpty ? "no key yet." : "key \(known)."))
    reply.add("Routes: /catalog, /account, /page. Answers kept: \(node.cache.entries.count).")
    return reply
  }
}
