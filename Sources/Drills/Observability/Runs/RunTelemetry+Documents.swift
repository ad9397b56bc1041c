import Kernel
import Patterns
import Presentation

/// What is shown of a run's telemetry.
extension RunTelemetry {
  private static let most = 30

  /// The series there are, or what a query of them gives at the end of the run.
  public func metrics(_ query: String) throws(Diagnostic) -> Document {
    guard !query.isEmpty else {
      let rows = names.map { [Text.code($0.name), Text("\($0.count)")] }
      return Document([
        .table(Table([Table.Column("metric"), Table.Column("series", .trailing)], rows)),
        .text(
          "A query is evaluated at the end of the run, as in 'metrics "
            + "sum by (part) (events_total)' or 'metrics max_over_time("
            + "\(names.first?.name ?? "events_total")[1h])'."),
      ])
    }
    let samples: [PromSample]
    do {
      samples = try self.samples(query)
    } catch {
      var complaint = error
      if complaint.message.last != "." { complaint.message += "." }
      throw complaint
    }
    guard !samples.isEmpty else { return Document([.text("Nothing: no series fits.")]) }
    let rows = samples.prefix(Self.most).map {
      [Text.code($0.labels.selector), Text(GoText.general($0.value))]
    }
    return Document([
      .table(Table([Table.Column("series"), Table.Column("value", .trailing)], rows))
    ])
  }

  /// The lines of the run's log that hold all of `words`; `part=NAME`, `weight=harm` and
  /// `kind=NAME` ask for labels.
  public func logs(_ words: String) -> Document {
    let all = words.split(whereSeparator: \.isWhitespace).map(String.init)
    let pairs = all.filter { $0.contains("=") }.map { word -> (String, String) in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    let query = LogQuery(
      labels: MetricLabels(pairs), words: all.filter { !$0.contains("=") })
    let found = log.search(query).lines
    guard !found.isEmpty else { return Document([.text("No line holds all of that.")]) }
    let moments = found.prefix(Self.most).map { line in
      Moment(
        time: "\(Instant(nanoseconds: line.at * 1_000_000))", part: line.labels["part"],
        text: Text(line.text), tone: line.labels["weight"] == "harm" ? .bad : nil)
    }
    var reply = Document([.timeline(moments)])
    if found.count > Self.most {
      reply.add(.text("And \(found.count - Self.most) more; another word narrows it."))
    }
    return reply
  }

  /// The traces of the run, longest first, or the spans of one of them.
  public func traces(_ number: String) throws(Diagnostic) -> Document {
    let ids = spans.ids.sorted { spans.spans($0).count > spans.spans($1).count }
    guard !ids.isEmpty else { return Document([.text("The run has told of nothing.")]) }
    guard !number.isEmpty else {
      let rows = ids.prefix(10).enumerated().map { place, id -> [Text] in
        let all = spans.spans(id)
        let first = all.first.flatMap { event(of: $0) }
        let harm = all.count(where: \.isFailed)
        return [
          Text("\(place + 1)"), Text("\(first?.at ?? .zero)"),
          Text("\(first?.part ?? ""): \(first?.kind ?? "")"), Text("\(all.count)"),
          Text("\(harm)"),
        ]
      }
      return Document([
        .table(
          Table(
            [
              Table.Column("", .trailing), Table.Column("began", .trailing),
              Table.Column("with"), Table.Column("spans", .trailing),
              Table.Column("harm", .trailing),
            ], rows)),
        .text("'traces 1' shows what followed from what."),
      ])
    }
    guard let place = Int(number), ids.indices.contains(place - 1) else {
      throw Diagnostic(
        "There is no trace '\(number)'.", found: number,
        expected: "a number from 1 to \(ids.count)")
    }
    let rows = spans.tree(ids[place - 1]).prefix(Self.most).map { depth, span -> [Text] in
      let event = event(of: span)
      let name = String(repeating: "  ", count: min(depth, 8)) + span.service
      return [
        Text("\(span.start)"), span.isFailed ? .toned(name, .bad) : Text(name),
        Text(event?.kind ?? ""), Text("\(span.length)"),
      ]
    }
    return Document([
      .table(
        Table(
          [
            Table.Column("at", .trailing), Table.Column("part"), Table.Column("event"),
            Table.Column("lasted", .trailing),
          ], rows))
    ])
  }

  /// When the one alert that every run has began to fire and when it ended.
  public func alerts() -> Document {
    var reply = Document([.text("Harm: \(Self.alertQuery)")])
    guard !alertChanges.isEmpty else {
      reply.add(.text("It never fired."))
      return reply
    }
    reply.add(
      .timeline(
        alertChanges.prefix(Self.most).map { at, change in
          Moment(
            time: "\(at)", part: change.labels["part"], text: Text(change.event.rawValue),
            tone: change.event == .firing ? .bad : .good)
        }))
    return reply
  }
}
