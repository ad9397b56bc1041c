import Kernel
import Patterns
import Presentation

extension ShardingBench {
  mutating func get(_ name: String) -> Document {
    guard let number = store.keys.number(name) else {
      return Document([.text("There is no key called \(name). 'put \(name)' makes it.")])
    }
    var trip = Trip()
    guard let node = send(number, isWrite: false, &trip) else { return report(trip, name) }
    if let version = store.rows.version(of: number, on: node) {
      trip.steps.append("\(store.roster.name(node)) answers: written \(times(version)).")
    } else {
      trip.steps.append("\(store.roster.name(node)) answers: no such key.")
    }
    let owner = store.owner(of: number)
    if node != owner {
      counters.wrongShardReads += 1
      trip.steps.append(
        "That is a read from the wrong shard: \(store.roster.name(owner)) owns \(name), and "
          + "nobody noticed.")
      trip.isWrong = true
    }
    return report(trip, name)
  }

  mutating func put(_ name: String) -> Document {
    let isNew = store.keys.number(name) == nil
    let number = store.addKey(name)
    if isNew { router.learnRow(of: store.keys.keys[number]) }
    var trip = Trip()
    guard let node = send(number, isWrite: true, &trip) else { return report(trip, name) }
    store.rows.write(number, on: node)
    store.rows.acknowledge(number)
    let key = store.keys.keys[number]
    if let move = store.map.move(of: key) {
      carryOut(store.resharding.step(.wrote(key: number, parcel: move.parcel), at: now))
    }
    let version = store.rows.version(of: number, on: node) ?? 0
    trip.steps.append("\(store.roster.name(node)) wrote it: \(times(version)) by now.")
    if node != store.owner(of: number) {
      trip.steps.append(
        "\(store.roster.name(store.owner(of: number))) owns the key and knows nothing of it.")
      trip.isWrong = true
    }
    return report(trip, name)
  }

  /// What happened on the way of one request.
  struct Trip {
    var steps: [String] = []
    var isWrong = false
  }

  /// The most redirections that a request follows.
  static let redirectLimit = 5

  /// Sends a request as the router and the shards have it; returns who did the work, if anybody.
  private mutating func send(_ number: Int, isWrite: Bool, _ trip: inout Trip) -> NodeID? {
    let key = store.keys.keys[number]
    if let preset, preset.needsAllShards(settings),
      let dead = members.first(where: { store.isDown[$0.node.index] })
    {
      counters.refused += 1
      trip.isWrong = true
      trip.steps.append("CLUSTERDOWN: \(dead.name) is down, and the whole cluster refuses work.")
      return nil
    }
    var target = router.target(of: key)
    for _ in 0...Self.redirectLimit {
      let name = store.roster.name(target.node)
      trip.steps.append(
        "The router (map epoch \(router.map.epoch)) asks \(name)\(target.isAsking ? ", ASKING" : "")."
      )
      guard !store.isDown[target.node.index] else {
        counters.refused += 1
        trip.isWrong = true
        trip.steps.append("\(name) is down: the request fails.")
        return nil
      }
      guard settings.flag("shard.check") else { return target.node }
      let answer = store.answer(
        of: target.node, for: number, isWrite: isWrite, isAsking: target.isAsking)
      switch answer {
      case .serve: return target.node
      case .wait:
        counters.refused += 1
        trip.steps.append("\(name) lets it wait: the key is being handed over. 'tick' and retry.")
        return nil
      case .moved(let node):
        counters.redirects += 1
        target = router.moved(key, to: node, by: store.map)
        trip.steps.append(
          "\(name) answers MOVED to \(store.roster.name(node)); the map is renewed.")
      case .ask(let node):
        counters.redirects += 1
        target = router.asked(key, to: node)
        trip.steps.append("\(name) answers ASK \(store.roster.name(node)), this once.")
      }
    }
    counters.refused += 1
    trip.isWrong = true
    trip.steps.append("Too many redirections: the request fails.")
    return nil
  }

  private func report(_ trip: Trip, _ name: String) -> Document {
    let items = trip.steps.map { [Block.text($0)] }
    return Document([
      trip.isWrong
        ? .aside(.warning, [.list(items, isOrdered: true)]) : .list(items, isOrdered: true)
    ])
  }

  private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  mutating func load(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = try word(line, "a number of requests")
    guard let count = Unit.count.value(from: text).flatMap({ Int(exactly: $0) }),
      (1...1_000_000).contains(count)
    else {
      throw Diagnostic(
        "'\(text)' is no number of requests.", column: line.column(0), found: text,
        expected: "a whole number from 1 to 1,000,000")
    }
    var skew = 1.0
    if line.arguments.count > 1 {
      guard let value = Double(line.arguments[1]), (0...3).contains(value) else {
        throw Diagnostic(
          "'\(line.arguments[1])' is no exponent.", column: line.column(1),
          found: line.arguments[1], expected: "a number from 0 (all keys alike) to 3")
      }
      skew = value
    }
    let law = KeyPopularity(count: store.keys.count, exponent: skew)
    var byNode = [Double](repeating: 0, count: store.roster.names.count)
    var byKey = [Int](repeating: 0, count: store.keys.count)
    var unreachable = 0
    for _ in 0..<count {
      let number = law.draw(&random)
      byKey[number] += 1
      let owner = store.owner(of: number)
      byNode[owner.index] += 1
      if store.isDown[owner.index] { unreachable += 1 }
    }
    counters.requests = members.map { byNode[$0.node.index] }
    let hottest = byKey.indices.max { byKey[$0] < byKey[$1] } ?? 0
    counters.hottest = (store.keys.names[hottest], Double(byKey[hottest]) / Double(count))
    counters.refused += unreachable
    counters.throttled = preset?.readLimit(settings).map { limit in
      counters.requests.reduce(0) { $0 + max(0, $1 - Double(limit)) }
    }
    return loadReport(count: count, unreachable: unreachable)
  }

  private func loadReport(count: Int, unreachable: Int) -> Document {
    let limit = preset?.readLimit(settings)
    let bars = zip(members, counters.requests).map { member, requests in
      let isOver = limit.map { requests > Double($0) } ?? false
      return BarChart.Bar(
        member.name, requests, text: Unit.count.text(requests),
        tone: isOver || store.isDown[member.node.index] ? .bad : nil)
    }
    let skew = ShardBalance(counters.requests).skew.map { DecimalText.fixed($0, decimals: 3) }
    var reply = Document([.bars(BarChart(bars, caption: "requests, max/mean \(skew ?? "none")"))])
    if let hottest = counters.hottest {
      reply.add(
        Text("The hottest key, \(hottest.name), got \(Unit.fraction.text(hottest.share)) of them."))
    }
    if unreachable > 0 {
      reply.add(.aside(.warning, [.text("\(unreachable) requests found their shard down.")]))
    }
    if let limit, let excess = counters.throttled {
      reply.add(
        Text(
          "Sent within one second, \(Unit.count.text(excess)) of them are over the limit of "
            + "\(Unit.count.text(Double(limit))) reads a partition."))
    }
    return reply
  }
}
