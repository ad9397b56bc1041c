import Drills
import Kernel
import Presentation

/// `metrics`: the figures of the last run, over time, by name or by query.
struct MetricsCommand: Command {
  let spec = CommandSpec(
    "metrics", .touching, arguments: [.init("QUERY", isOptional: true, isRest: true)],
    examples: [
      ("metrics", "all figures of the last run, and the series that can be asked for"),
      ("metrics max_over_time(p99[10s])", "a query in PromQL over the run, second by second"),
    ],
    isPromptOnly: true, "Shows figures of the last run, or answers a query in PromQL about it.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let inspected = try session.inspectedRun()
    let telemetry = RunTelemetry(inspected.outcome)
    guard !call.text.isEmpty else {
      return Reply(Document([inspected.heading]) + all(inspected.run, telemetry))
    }
    if let metric = inspected.run.scenario.metrics.first(where: { $0.name == call.text }),
      !telemetry.gauges.contains(where: { $0.name == call.text })
    {
      let text = inspected.outcome.measurement(metric.name)?.text ?? "none"
      return Reply(
        Text([
          .code(metric.name), .plain("  "), .strong(text), .toned("  \(metric.summary)", .quiet),
        ]))
    }
    return Reply(Document([inspected.heading]) + (try answer(call.text, inspected, telemetry)))
  }

  private func all(_ run: DrillRun, _ telemetry: RunTelemetry) -> Document {
    let rows = run.outcome.measurements.map { figure in
      [
        Text.code(figure.name), .strong(figure.text),
        .toned(run.scenario.metrics.first { $0.name == figure.name }?.summary ?? "", .quiet),
      ]
    }
    var document = Document([
      .table(Table([.init("figure"), .init("measured", .trailing), .init("")], rows))
    ])
    let names = telemetry.gauges.map(\.name) + [RunTelemetry.eventCounter]
    document.add(
      Text([.plain("Over time, for queries: "), .code(names.joined(separator: ", ")), .plain(".")]))
    return document
  }

  private func answer(
    _ query: String, _ inspected: InspectedRun, _ telemetry: RunTelemetry
  ) throws(Diagnostic) -> Document {
    var lines = try telemetry.graph(query)
    // A plain name keeps the unit of its series.
    if let gauge = telemetry.gauges.first(where: { $0.name == query }) { lines = [gauge.series] }
    guard !lines.isEmpty else {
      return Document([
        .text(
          "The query yields nothing at any second of the run. Names: "
            + (telemetry.gauges.map(\.name) + [RunTelemetry.eventCounter])
            .joined(separator: ", ") + ".")
      ])
    }
    let last = try telemetry.samples(query)
    var document = Document([RunView.chart(lines, lasting: inspected.outcome.duration)])
    guard lines.count > 1 || lines[0].unit == .ratio else { return document }
    let rows = last.prefix(12).map { sample in
      [
        Text.code(sample.labels),
        Text(sample.value.isNaN ? "NaN" : DecimalText.significant(sample.value, digits: 6)),
      ]
    }
    if !rows.isEmpty {
      document.add(.table(Table([.init("at the end"), .init("value", .trailing)], Array(rows))))
    }
    return document
  }
}
