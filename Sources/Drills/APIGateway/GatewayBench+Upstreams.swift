import Kernel
import Patterns
import Presentation

/// Routes, and what stands behind them.
extension GatewayBench {
  /// The routes of the drills, and three by which hosts and longer paths can be tried.
  static let routes = RouteTable(
    GatewaySettings.routes.routes + [
      .init(path: "/catalog/search", upstreams: [.init("search")]),
      .init(host: "partner.shop", path: "/", upstreams: [.init("partners")]),
      .init(host: "*.partner.shop", path: "/", upstreams: [.init("partners")]),
    ])

  /// Everything that can be stopped.
  static let services = GatewaySettings.services + ["search", "partners"]

  /// The commands about routes and upstreams.
  static let routing = [
    BenchCommand(
      "match", usage: "match [HOST]PATH", example: "match partner.shop/catalog/1",
      "Shows which route takes a request, and what the upstream sees of its path."),
    BenchCommand(
      "split", usage: "split SHARE", example: "split 10%",
      "Sends this share of /catalog to the next version."),
    BenchCommand(
      "stop", usage: "stop SERVICE", example: "stop prices", "Takes a service away."),
    BenchCommand(
      "start", usage: "start SERVICE", example: "stop prices; start prices", "Brings it back."),
    BenchCommand(
      "page", usage: "page required|optional", example: "page optional",
      "Says whether /page needs its prices, or can do without them."),
  ]

  /// Sends an admitted request on; returns the status and what the access log says of it.
  mutating func upstream(
    of request: GatewayNode.Request, _ match: RouteTable.Match, by consumer: Int,
    seeing headers: [GatewayHeader]
  ) -> (status: Int, detail: String) {
    if headers.contains(where: HeaderTransform.carriesCredential) { counters.credentialsSeen += 1 }
    let route = node.routes.routes[match.route]
    var parts = route.upstreams.map(\.name)
    if match.route == 0 {
      let place = node.routes.upstream(of: 0, at: random.below(1_000)) ?? 0
      if place == 1 { counters.lastNew += 1 }
      parts = [route.upstreams[place].name]
    }
    counters.upstream += parts.count
    var collector = PartCollector(required: parts.map { $0 != "prices" || !isPriceOptional })
    for (place, part) in parts.enumerated() {
      _ = collector.ended(place, isGood: !stopped.contains(part))
    }
    switch collector.end {
    case .complete:
      node.cache.keep(request.cacheKey, for: consumer, isPrivate: match.route == 1, at: now)
      return (200, parts.joined(separator: ", "))
    case .partial(let missing):
      counters.partial += 1
      return (200, "without " + missing.map { parts[$0] }.joined(separator: ", "))
    case .failed, nil:
      counters.failed += 1
      return (502, parts.filter { stopped.contains($0) }.joined(separator: ", ") + " is not there")
    }
  }

  mutating func turn(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard Self.services.contains(word) else {
      throw .unknown(
        "service", word, known: Self.services,
        column: line.arguments.isEmpty ? nil : line.column(0))
    }
    stopped.removeAll { $0 == word }
    if line.name == "stop" { stopped.append(word) }
    return Document([.text("\(word) is \(line.name == "stop" ? "not there" : "there").")])
  }

  mutating func page(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard ["required", "optional"].contains(word) else {
      throw .unknown("word of page", word, known: ["required", "optional"])
    }
    isPriceOptional = word == "optional"
    return Document([.text("For /page, prices are \(word).")])
  }

  mutating func split(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = line.arguments.first ?? ""
    guard let share = Unit.fraction.value(from: text), (0...1).contains(share) else {
      throw Diagnostic(
        "'\(text)' is no share.", column: text.isEmpty ? nil : line.column(0), found: text,
        expected: "a share from 0 % to 100 %")
    }
    let weight = Int((share * 1_000).rounded())
    node.routes = node.routes.weighted(0, [1_000 - weight, weight])
    return Document([
      .text("The next version of catalog gets \(Unit.fraction.text(share)) of its requests.")
    ])
  }

  func path(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> String {
    let text = line.arguments.count > index ? line.arguments[index] : ""
    guard text.hasPrefix("/") else {
      throw Diagnostic(
        "'\(text)' is no path.", column: text.isEmpty ? nil : line.column(index), found: text,
        expected: "a path such as /catalog/1, /account or /page/home")
    }
    return text
  }

  /// A host and a path written as one word; without a host it is the gateway's own.
  func address(
    _ line: BenchLine, _ index: Int
  ) throws(Diagnostic) -> (host: String, path: String) {
    let text = line.arguments.count > index ? line.arguments[index] : ""
    guard let slash = text.firstIndex(of: "/") else {
      throw Diagnostic(
        "'\(text)' is no path.", column: text.isEmpty ? nil : line.column(index), found: text,
        expected: "a path such as /catalog/1, or with a host, partner.shop/catalog/1")
    }
    let host = String(text[..<slash])
    return (host.isEmpty ? GatewayNode.host : host, String(text[slash...]))
  }

  mutating func match(_ line: BenchLine) throws(Diagnostic) -> Document {
    let (host, path) = try address(line, 0)
    let match = node.routes.match(host: host, path: path, method: "GET")
    counters.route = match?.route
    counters.strippedLength = match?.path.count
    guard let match else { return Document([.text("No route takes \(host)\(path): 404.")]) }
    let route = node.routes.routes[match.route]
    let names = route.upstreams.filter { $0.weight > 0 }.map(\.name).joined(separator: " and ")
    return Document([
      .text(
        "Route \(match.route + 1) (\(route.host ?? "any host"), \(route.path)) takes it to "
          + "\(names); the path seen there is \(match.path).")
    ])
  }

  /// The routes, a row each.
  var routeTable: Table {
    let rows = node.routes.routes.enumerated().map { place, route in
      let names = route.upstreams.filter { $0.weight > 0 }.map { upstream in
        let share = Unit.fraction.text(Double(upstream.weight) / 1_000)
        return place == 0 && upstream.weight < 1_000 ? "\(upstream.name) \(share)" : upstream.name
      }
      return [
        Text("\(place + 1)"), Text(route.host ?? "any"), Text(route.path),
        Text(names.joined(separator: ", ")),
      ]
    }
    return Table(["route", "host", "path", "goes to"].map { Table.Column($0) }, rows)
  }
}
