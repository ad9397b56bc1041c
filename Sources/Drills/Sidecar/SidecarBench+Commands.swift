import Kernel
import Patterns
import Presentation

extension SidecarBench {
  mutating func step(_ input: PodLifecycle.Input) -> Document {
    var reply = Document()
    for output in life.step(input, at: now) {
      switch output {
      case .startSidecar:
        due.append((now + .seconds(3), .sidecarUp))
        reply.add("\(now): the sidecar is being started.")
      case .startApplication:
        due.append((now + .seconds(1), .applicationUp))
        reply.add("\(now): the application is being started.")
      case .retryAfter(let span):
        due.append((now + span, .backoffOver))
        reply.add("\(now): its first call finds no sidecar; it starts again in \(span).")
      case .stopApplication(let linger):
        takesUntil = now + linger
        due.append((now + linger, .applicationGone))
        reply.add("\(now): the application is told to stop; it takes requests for \(linger).")
      case .stopSidecar(let drain):
        due.append((now + drain, .sidecarGone))
        reply.add("\(now): the sidecar is told to stop; it goes on for \(drain).")
      case .ready:
        counters.readyAt = now
        reply.add("\(now): the pod is ready.")
      case .gone:
        due = []
        reply.add("\(now): nothing runs any more.")
      }
    }
    return reply
  }

  mutating func tick(_ span: TimeSpan) -> Document {
    let end = now + span
    var reply = Document()
    while let next = due.indices.min(by: { due[$0].at < due[$1].at }), due[next].at <= end {
      let (at, input) = due.remove(at: next)
      now = at
      reply = reply + step(input)
    }
    now = end
    reply.add("It is \(now).")
    return reply
  }

  mutating func send(_ count: Int) -> Document {
    let isTaken = life.isSidecarUp && life.isApplicationUp && now < takesUntil
    counters.requests += count
    counters.lastGood = isTaken ? count : 0
    counters.good += counters.lastGood
    return Document([.text("\(counters.lastGood) of \(count) requests are answered well.")])
  }

  mutating func borrow(_ count: Int) -> Document {
    for _ in 0..<count {
      counters.asked += 1
      switch pool.ask(counters.asked) {
      case .given: break
      case .waits: counters.waits += 1
      case .refused: counters.refused += 1
      }
    }
    return Document([
      .text("\(pool.inUse) connections are in use, \(pool.line.count) callers wait.")
    ])
  }

  mutating func giveBack(_ count: Int) -> Document {
    for _ in 0..<min(count, pool.inUse) { _ = pool.giveBack(isGood: true) }
    return Document([
      .text("\(pool.inUse) connections are in use, \(pool.line.count) callers wait.")
    ])
  }

  mutating func write(_ count: Int) -> Document {
    for _ in 0..<count {
      if adapter.write() == .blocked { counters.blocked += 1 }
      if isStoreUp { adapter.ship() }
    }
    return Document([
      .text(
        "\(adapter.shipped) lines are shipped, \(adapter.buffered) kept, \(adapter.lost) lost; "
          + "\(counters.blocked) times the application had to wait.")
    ])
  }

  func show() -> Document {
    func word(_ container: PodLifecycle.Container) -> Text {
      switch container {
      case .off: .toned("off", .quiet)
      case .starting: Text("starting")
      case .ready: .toned("ready", .good)
      case .stopping: Text("stopping")
      }
    }
    let rows = [
      [Text("sidecar"), word(life.sidecar)], [Text("application"), word(life.application)],
      [Text("ambassador"), Text("\(pool.inUse) of \(pool.size) connections in use")],
      [Text("adapter"), Text("\(adapter.buffered) of \(adapter.capacity) lines kept")],
    ]
    return Document([.table(Table([Table.Column(""), Table.Column("")], rows))])
  }
}
