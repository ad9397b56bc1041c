import Kernel
import Patterns
import Presentation

extension CachingBench {
  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "get", usage: "get KEY [COUNT]", example: "get a 20",
        "Reads a key that often at once; ids that begin with no- do not exist."),
      BenchCommand(
        "put", usage: "put KEY", example: "put a",
        "Puts the origin's version into the cache, without a load."),
      BenchCommand(
        "write", usage: "write KEY", example: "write a",
        "Changes a key at the origin, then deletes it from the cache."),
      BenchCommand(
        "change", usage: "change KEY", example: "change a",
        "Changes a key at the origin and tells the cache nothing."),
      BenchCommand(
        "expire", usage: "expire KEY", example: "expire a", "Ends the TTL of a key now."),
      BenchCommand(
        "tick", usage: "tick TIME", example: "tick 200ms",
        "Lets time pass; loads that are due come back."),
      BenchCommand(
        "break", usage: "break", example: "break", "Lets every load under way fail now."),
      BenchCommand(
        "scan", usage: "scan COUNT", example: "scan 20",
        "Reads that many keys that nobody asks for again; they are loaded at once."),
      BenchCommand(
        "trace", usage: "trace [CAPACITY]", example: "trace 100",
        "Compares all policies on 20,000 reads: Zipf, with a scan every now and then."),
      BenchCommand("show", usage: "show", example: "show", "Shows the cache."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "get": return get(try key(line), try count(line, 1, standard: 1, most: 10_000))
    case "put":
      let key = try key(line)
      act(.put(key, version: versions[Int(key)]))
      return Document([.text("\(names[Int(key)]) is in, as version \(versions[Int(key)]).")])
    case "write", "change":
      let key = try key(line)
      versions[Int(key)] += 1
      if line.name == "write" { act(.delete(key)) }
      return Document([
        .text(
          "The origin has version \(versions[Int(key)]) of \(names[Int(key)])"
            + (line.name == "write" ? "; the cache forgets it." : "; the cache is not told."))
      ])
    case "expire":
      let key = try key(line)
      cache.expire(key, at: now)
      return Document([.text("The TTL of \(names[Int(key)]) is over.")])
    case "tick": return tick(try span(line))
    case "break":
      let failing = loads
      loads.removeAll()
      for load in failing { act(.failed(load.load)) }
      return Document([.text(failing.count == 1 ? "1 load fails." : "\(failing.count) loads fail.")]
      )
    case "scan": return scan(try count(line, 0, standard: 20, most: 10_000))
    case "trace": return trace(try count(line, 0, standard: 100, most: 1_000))
    default: return show()
    }
  }

  private mutating func key(_ line: BenchLine) throws(Diagnostic) -> UInt64 {
    guard let name = line.arguments.first, name.count <= 20, names.count < 1_000 else {
      throw Diagnostic("Which key?", expected: "a short name, such as a or user-7")
    }
    return number(of: name)
  }

  private func count(
    _ line: BenchLine, _ index: Int, standard: Int, most: Int
  ) throws(Diagnostic) -> Int {
    guard index < line.arguments.count else { return standard }
    let text = line.arguments[index]
    guard let value = Unit.count.value(from: text), value >= 1, value <= Double(most),
      value == value.rounded()
    else {
      throw Diagnostic(
        "'\(text)' is no number.", column: line.column(index), found: text,
        expected: "a whole number from 1 to \(most)")
    }
    return Int(value)
  }

  private func span(_ line: BenchLine) throws(Diagnostic) -> TimeSpan {
    try line.span(upTo: .hours(24), expected: "a time up to 24h, such as 200ms")
  }

  private mutating func act(_ input: LoadingCache.Input) {
    for output in cache.step(input, at: now) {
      switch output {
      case .serve(let request, let version, let freshness):
        switch freshness {
        case .fresh: counters.hits += 1
        case .stale: counters.stale += 1
        case .loaded: break
        }
        let key = Int(requests[request])
        if key < versions.count, (version ?? 0) != versions[key] { counters.old += 1 }
      case .fail: counters.failed += 1
      case .load(let key, let load):
        counters.loads += 1
        let version = Int(key) < versions.count ? versions[Int(key)] : 1
        loads.append(
          PendingLoad(
            key: key, load: load, version: version == 0 ? nil : version,
            due: now + settings.span("load")))
      case .evicted: counters.evictions += 1
      }
    }
  }

  private mutating func get(_ key: UInt64, _ count: Int) -> Document {
    let before = counters
    for _ in 0..<count {
      requests.append(key)
      act(.get(key, request: requests.count - 1))
    }
    let hits = counters.hits + counters.stale - before.hits - before.stale
    counters.misses += count - hits
    counters.lastHits = hits
    counters.lastLoads = counters.loads - before.loads
    let name = names[Int(key)]
    var text = "\(name): \(hits) of \(count) answered from the cache"
    if counters.stale > before.stale { text += ", \(counters.stale - before.stale) of them stale" }
    if counters.lastLoads > 0 {
      text += counters.lastLoads == 1 ? "; 1 load begins" : "; \(counters.lastLoads) loads begin"
    }
    if counters.old > before.old { text += "; \(counters.old - before.old) got an old version" }
    return Document([.text(text + ".")])
  }

  private mutating func tick(_ span: TimeSpan) -> Document {
    let end = now + span
    var done = 0
    while let place = loads.indices.min(by: { loads[$0].due < loads[$1].due }),
      loads[place].due <= end
    {
      let load = loads.remove(at: place)
      now = max(now, load.due)
      act(.loaded(load.load, version: load.version, took: settings.span("load")))
      done += 1
    }
    now = end
    return Document([
      .text(
        "It is \(now)."
          + (done > 0
            ? (done == 1 ? " 1 load has come back." : " \(done) loads have come back.") : ""))
    ])
  }

  private mutating func scan(_ count: Int) -> Document {
    let before = counters.evictions
    for _ in 0..<count {
      scanned += 1
      act(.put(scanned, version: 1))
    }
    counters.misses += count
    return Document([
      .text("\(count) keys are read once; \(counters.evictions - before) keys had to go.")
    ])
  }

  /// All policies on one stream of keys: Zipf, and after each 2,000 reads a scan of 200 keys.
  private mutating func trace(_ capacity: Int) -> Document {
    var random = RandomStream(seed: nextTrace(), name: "bench/trace")
    let law = ZipfKeys(count: 1_000, exponent: 1)
    var keys: [UInt64] = []
    var scanned: UInt64 = 1_000_000
    while keys.count < 20_000 {
      if keys.count % 2_200 == 2_000 {
        for _ in 0..<200 {
          scanned += 1
          keys.append(scanned)
        }
      } else {
        keys.append(UInt64(law.draw(&random)))
      }
    }
    var rows: [[Text]] = []
    for policy in EvictionPolicy.allCases {
      var cache = KeyCache(policy: policy, capacity: capacity, seed: 1)
      var hits = 0
      for key in keys {
        if cache.access(key) { hits += 1 } else { _ = cache.insert(key) }
      }
      let ratio = Double(hits) / Double(keys.count)
      if policy == self.cache.options.policy { counters.traceRatio = ratio }
      rows.append([Text(policy.rawValue), Text(Unit.fraction.text(ratio))])
    }
    let best = OptimalEviction.hits(in: keys, capacity: capacity).count { $0 }
    counters.optimum = Double(best) / Double(keys.count)
    rows.append([Text("optimum"), Text(Unit.fraction.text(counters.optimum ?? 0))])
    return Document([
      .table(Table([Table.Column("policy"), Table.Column("hit ratio", .trailing)], rows))
    ])
  }

  private func show() -> Document {
    let rows = names.indices.map { number -> [Text] in
      let state: String
      if let entry = cache.entry(UInt64(number)) {
        let left = entry.freshUntil - now
        let version = entry.version.map { "version \($0)" } ?? "not found"
        state =
          left > .zero ? "\(version), fresh for \(left)" : "\(version), over since \(.zero - left)"
      } else {
        state = "absent"
      }
      let isLoading = cache.isLoading(UInt64(number)) ? "loading" : ""
      return [
        Text(names[number]), Text(state), Text(isLoading), Text("version \(versions[number])"),
      ]
    }
    let table = Table(
      [
        Table.Column("key"), Table.Column("cache"), Table.Column("load"), Table.Column("origin"),
      ], rows)
    var reply = Document(
      rows.isEmpty
        ? [.text("No key was asked for yet: 'get a 20' lets twenty readers ask for one.")]
        : [.table(table)])
    for list in cache.keys.contents {
      let words = list.keys.prefix(12).map { key in
        Int(key) < names.count ? names[Int(key)] : "once-\(key - (1 << 32))"
      }
      let line = words.isEmpty ? "-" : words.joined(separator: " ")
      reply.add(Text("\(list.name), newest first: \(line)"))
    }
    reply.add(Text("It is \(now)."))
    return reply
  }
}
