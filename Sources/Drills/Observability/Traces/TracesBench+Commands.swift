import Kernel
import Patterns
import Presentation

extension TracesBench {
  /// What can be typed, besides `set`.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "call", usage: "call [COUNT]", example: "call 100",
        "Sends requests through edge, cart, payment and bank."),
      BenchCommand(
        "fail", usage: "fail [COUNT]", example: "fail 3", "Sends requests that the bank refuses."),
      BenchCommand(
        "mute", usage: "mute SERVICE", example: "mute cart",
        "A service no longer hands the header on."),
      BenchCommand(
        "unmute", usage: "unmute SERVICE", example: "unmute cart", "It hands the header on again."),
      BenchCommand(
        "find", usage: "find [SERVICE] [failed] [TIME]", example: "find payment 30ms",
        "Looks for traces with a service, a failure, a least length."),
      BenchCommand(
        "tree", usage: "tree [NUMBER]", example: "tree",
        "Shows the spans of a trace that was found, or of the newest."),
      BenchCommand(
        "header", usage: "header VALUE",
        example: "header 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "Says what a service makes of a header."),
      BenchCommand("show", usage: "show", example: "show", "Shows what is stored."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "call", "fail":
      let count = try line.count(0, of: "requests", upTo: 10_000)
      let before = kept
      for _ in 0..<count { call(isFailed: line.name == "fail") }
      return Document([
        .text("\(count) requests; of \(kept - before) something is stored."),
        .text("The last header was \(lastHeader)."),
      ])
    case "mute", "unmute":
      let name = line.arguments.first ?? ""
      guard Self.services.contains(name) else {
        throw .unknown("service", name, known: Self.services)
      }
      silent.removeAll { $0 == name }
      if line.name == "mute" { silent.append(name) }
      return Document([
        .text(
          line.name == "mute"
            ? "\(name) keeps the header to itself." : "\(name) hands the header on.")
      ])
    case "find": return try find(line)
    case "tree": return try tree(line)
    case "header": return try header(line)
    default:
      return Document([
        .text("\(calls) requests, \(store.count) traces with \(store.spanCount) spans."),
        .text(silent.isEmpty ? "Every service hands the header on." : "Silent: \(silent[0])."),
      ])
    }
  }

  private mutating func find(_ line: BenchLine) throws(Diagnostic) -> Document {
    var query = TraceStore.Query()
    for (place, word) in line.arguments.enumerated() {
      if Self.services.contains(word) {
        query.service = word
      } else if word == "failed" {
        query.isFailed = true
      } else if let span = TimeSpan(text: word), span >= .zero {
        query.atLeast = span
      } else {
        throw .unknown(
          "service", word, known: Self.services + ["failed"], column: line.column(place))
      }
    }
    found = store.search(query)
    let rows = found.prefix(10).enumerated().map { number, id -> [Text] in
      let spans = store.spans(id)
      return [
        Text("\(number + 1)"), Text(String(id.prefix(16))), Text("\(spans.count)"),
        Text("\(TraceStore.length(spans))"),
      ]
    }
    return Document([
      .table(
        Table(
          [
            Table.Column("", .trailing), Table.Column("trace"), Table.Column("spans", .trailing),
            Table.Column("length", .trailing),
          ], rows)),
      .text("\(found.count) traces."),
    ])
  }

  private func tree(_ line: BenchLine) throws(Diagnostic) -> Document {
    var id = store.ids.last
    if !line.arguments.isEmpty {
      let number = try line.count(0, of: "a trace that was found", upTo: 10_000)
      guard found.indices.contains(number - 1) else {
        throw Diagnostic(
          "There is no trace \(number).", column: line.column(0), found: line.arguments[0],
          expected: "a number that find has shown")
      }
      id = found[number - 1]
    }
    guard let id, let first = store.tree(id).first?.span else {
      return Document([.text("No trace is stored.")])
    }
    let rows = store.tree(id).map { depth, span -> [Text] in
      [
        Text(String(repeating: "  ", count: depth) + span.service),
        Text("\(span.start - first.start)"), Text("\(span.length)"),
        span.isFailed ? .toned("failed", .bad) : Text("ok"),
      ]
    }
    return Document([
      .table(
        Table(
          [
            Table.Column("span"), Table.Column("from", .trailing),
            Table.Column("length", .trailing), Table.Column("end"),
          ], rows)),
      .text("Trace \(id)."),
    ])
  }

  private mutating func header(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard let value = line.arguments.first else {
      throw Diagnostic("Say which header.", found: line.text, expected: "the value of a header")
    }
    let text: String
    if kind == .jaeger {
      let parent = TraceParent(header: value)
      readable = parent != nil
      text =
        parent.map {
          "Trace \($0.traceID), called by span \($0.parentID), "
            + ($0.isSampled ? "recorded." : "not recorded.")
        } ?? "It cannot be read: a new trace begins, and tracestate is ignored."
    } else {
      let b3 = B3Header(header: value)
      readable = b3 != nil
      text =
        b3.map {
          "Trace \($0.traceID ?? "none"), called by span \($0.spanID ?? "none"), state "
            + ($0.state == .defer ? "left open." : "\($0.state.rawValue).")
        } ?? "It cannot be read: a new trace begins."
    }
    return Document([.text(text)])
  }
}
