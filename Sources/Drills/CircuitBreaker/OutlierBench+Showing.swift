import Kernel
import Patterns
import Presentation

extension OutlierBench {
  /// Adds what happened to hosts to a reply, and counts it.
  mutating func tell(_ events: [OutlierDetector.Event], in reply: inout Document) {
    for event in events {
      let name = parts[event.host.index]
      switch event.change {
      case .ejected(let kind, let span):
        counters.ejections += 1
        reply.add(
          Text("\(event.at)   \(name) is ") + .toned("ejected", .bad)
            + Text(" for \(span): \(kind.rawValue)"))
      case .overflowed(let kind):
        counters.overflows += 1
        reply.add(
          Text("\(event.at)   \(name) is an outlier (\(kind.rawValue)) but ")
            + .toned("stays in", .bad) + ": too many would be out")
      case .spared(let kind):
        reply.add(
          Text("\(event.at)   \(name) is an outlier (\(kind.rawValue)) but is let off by chance"))
      case .returned:
        reply.add(Text("\(event.at)   \(name) is ") + .toned("back", .good))
      }
    }
  }

  /// Every host with how it stands.
  func show() -> Document {
    let rows = detector.hosts.enumerated().map { index, host -> [Text] in
      let state: Text =
        if let since = host.ejectedAt {
          .toned("out until \(since + host.ejectedFor) or the sweep after", .bad)
        } else {
          Text("in")
        }
      return [
        Text(parts[index]), state,
        Text(badness[index] == 0 ? "" : Unit.fraction.text(badness[index])),
        Text("\(host.calls)"), Text("\(host.calls - host.successes)"),
        Text("\(host.serverErrorsInRow)"), Text("\(host.ejections)"),
      ]
    }
    let columns = [
      Table.Column("host"), Table.Column("state"), Table.Column("fails", .trailing),
      Table.Column("calls", .trailing), Table.Column("failed", .trailing),
      Table.Column("in a row", .trailing), Table.Column("ejections", .trailing),
    ]
    return Document([
      .table(Table(columns, rows)),
      .text(
        "It is \(now), the next sweep is at \(detector.nextSweepAt). Calls and failures are since "
          + "the last sweep."),
    ])
  }
}
