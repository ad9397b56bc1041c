import Kernel
import Patterns
import Presentation

extension MemcachedBench {
  /// The commands of the text protocol that the server knows.
  private static let protocolWords = [
    "get", "gets", "gat", "gats", "set", "add", "replace", "append", "prepend", "cas", "incr",
    "decr", "touch", "delete", "stats", "flush_all",
  ]

  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "client", usage: "client COMMAND...", example: "client set a 0 60 5 hello",
        "Sends a line of memcached's protocol; a store's data follows its BYTES."),
      BenchCommand(
        "fill", usage: "fill COUNT BYTES [EXPTIME]", example: "fill 1000 100",
        "Sends that many sets of new keys with values of that size."),
      BenchCommand(
        "chunks", usage: "chunks", example: "chunks",
        "Lists the slab classes and their chunk sizes, as memcached -vv does."),
      BenchCommand(
        "tick", usage: "tick TIME", example: "tick 10s",
        "Lets time pass; the server's clock ticks once a second."),
      BenchCommand(
        "show", usage: "show", example: "show", "Shows the classes that have pages, and their LRU."),
    ]
  }

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "client": return try client(line)
    case "fill": return try fill(line)
    case "chunks": return chunks()
    case "tick":
      now = now + (try line.span(upTo: .hours(24 * 365), expected: "a time, such as 10s"))
      return Document([.text("It is \(now); the server's clock says \(store.clock(at: now)).")])
    default: return show()
    }
  }

  private mutating func client(_ line: BenchLine) throws(Diagnostic) -> Document {
    let name = try line.need(0, "client COMMAND, as in 'client set a 0 60 5 hello'")
    guard Self.protocolWords.contains(name) else {
      throw .unknown("memcached command", name, known: Self.protocolWords, column: line.column(0))
    }
    // What follows the header is the data block, which a client sends on the next line.
    let header: Int? =
      switch name {
      case "set", "add", "replace", "append", "prepend": 5
      case "cas": 6
      default: nil
      }
    var text = line.arguments.joined(separator: " ")
    var data: String?
    if let header {
      guard line.arguments.count >= header else {
        let usage = "\(name) KEY FLAGS EXPTIME BYTES\(name == "cas" ? " UNIQUE" : "") DATA"
        throw Diagnostic(
          "'\(line.text)' needs more.", column: line.text.count + 1, found: "the end of the line",
          expected: "client \(usage), as in 'client set a 0 60 5 hello'")
      }
      text = line.arguments.prefix(header).joined(separator: " ")
      data = line.arguments.dropFirst(header).joined(separator: " ")
    }
    let before = store.counts.getHits
    let reply = store.perform(text, data: data, at: now)
    lastIsHit = store.counts.getHits > before
    if name == "cas", reply == ["EXISTS"] { casFailed += 1 }
    if line.arguments.count > 1, name != "stats", name != "flush_all", parts.count < 100 {
      let key = line.arguments[name.hasPrefix("gat") && line.arguments.count > 2 ? 2 : 1]
      if !parts.contains(key) { parts.append(key) }
    }
    return Document([.code(reply.joined(separator: "\n"), language: nil)])
  }

  private mutating func fill(_ line: BenchLine) throws(Diagnostic) -> Document {
    _ = try line.need(0, "fill COUNT BYTES, as in 'fill 1000 100'")
    _ = try line.need(1, "fill COUNT BYTES, as in 'fill 1000 100'")
    let count = try line.count(0, of: "items", upTo: 50_000)
    let bytes = try line.count(1, of: "bytes", upTo: 2_000_000)
    var exptime = 0
    if line.arguments.count > 2 { exptime = try line.count(2, of: "seconds", upTo: 2_592_000) }
    let data = String(repeating: "x", count: bytes)
    fillCount += 1
    lastIsHit = false
    lastFill = (1...count).map { "f\(fillCount)-\($0)" }
    filled = 0
    var refusal: String?
    for key in lastFill {
      let reply = store.perform("set \(key) 0 \(exptime) \(bytes)", data: data, at: now).first
      if reply == "STORED" { filled += 1 } else { refusal = reply }
    }
    let kept = lastFill.count { store.peek($0) != nil }
    var reply = Document([
      .text(
        "\(filled) of \(count) are stored, f\(fillCount)-1 to f\(fillCount)-\(count); \(kept) of "
          + "them are there now.")
    ])
    if let refusal { reply.add(.code(refusal, language: nil)) }
    return reply
  }

  private func chunks() -> Document {
    let sizes = MemcachedSlabs.chunkSizes(store.memory.options)
    let rows = sizes.enumerated().map { place, size in
      [Text("\(place + 1)"), Text("\(size)"), Text("\(MemcachedSlabs.pageSize / size)")]
    }
    return Document([
      .table(
        Table(
          [
            .init("class", .trailing), .init("chunk size", .trailing),
            .init("perslab", .trailing),
          ], rows)),
      .text("An item takes 56 bytes of header, its key and 1, its value and 2."),
    ])
  }

  private func show() -> Document {
    let rows = store.memory.report.map { one -> [Text] in
      [
        "\(one.id)", "\(one.chunkSize)", "\(one.pages)",
        "\(one.usedChunks) of \(one.pages * one.perPage)", "\(one.counts[0])", "\(one.counts[1])",
        "\(one.counts[2])", "\(one.evicted)",
      ].map { Text($0) }
    }
    let columns = ["class", "chunk", "pages", "chunks used", "HOT", "WARM", "COLD", "evicted"]
    var reply = Document(
      rows.isEmpty
        ? [.text("Nothing is stored, so no class has a page.")]
        : [.table(Table(columns.map { Table.Column($0, .trailing) }, rows))])
    let pages = "\(store.memory.pageCount) pages of 1 MB of \(settings.integer("memory-limit"))"
    let counts = store.counts
    let counted =
      "\(counts.getHits) hits, \(counts.getMisses) misses, \(counts.refused) refused"
    reply.add(.text("It is \(now). \(store.count) items, \(pages); \(counted)."))
    return reply
  }
}
