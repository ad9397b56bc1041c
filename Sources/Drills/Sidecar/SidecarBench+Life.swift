import Kernel
import Patterns
import Presentation

/// The life of the bench's pod, and what its sidecar gets from the control plane.
extension SidecarBench {
  static let lifeCommands = [
    BenchCommand("start", usage: "start", example: "start", "Starts the pod."),
    BenchCommand("stop", usage: "stop", example: "stop", "Tells the pod to stop."),
    BenchCommand("tick", usage: "tick TIME", example: "tick 3s", "Lets time pass."),
    BenchCommand(
      "send", usage: "send [COUNT]", example: "send 10",
      "Sends requests, each of which goes in and out through the sidecar."),
    BenchCommand(
      "stream", usage: "stream [COUNT]", example: "start; tick 20s; stream 2",
      "Sends requests that stay open until they are closed."),
    BenchCommand(
      "close", usage: "close [COUNT]", example: "close",
      "Lets open requests end; each makes a last call through the sidecar."),
    BenchCommand(
      "probe", usage: "probe", example: "probe",
      "Asks for readiness past the sidecar, through it, and of both containers."),
    BenchCommand(
      "control", usage: "control up|down", example: "control down",
      "Stops or starts the mesh's control plane."),
  ]

  mutating func step(_ input: PodLifecycle.Input) -> Document {
    var reply = Document()
    for output in life.step(input, at: now) { reply = reply + carryOut(output) }
    return reply
  }

  private mutating func carryOut(_ output: PodLifecycle.Output) -> Document {
    switch output {
    case .startInit:
      due.append((now + .seconds(1), .live(.initCalls)))
      return told("the init container is being started.")
    case .startSidecar:
      process += 1
      due.append((now + .milliseconds(100), .live(.sidecarRuns)))
      due.append((now + .seconds(3), .sidecarAsks(process: process)))
      return told("the sidecar is being started.")
    case .startApplication:
      due.append((now + .seconds(1), .live(.applicationCalls)))
      return told("the application is being started.")
    case .wakeMe(let span, let timer, let life):
      due.append((now + span, .live(.wake(timer, life: life))))
      return Document()
    case .died(let isInit, let wait):
      return told(
        (isInit ? "the init container's" : "the application's first")
          + " call finds no sidecar; it starts again "
          + (wait == .zero ? "at once." : "in \(wait)."))
    case .terminateApplication:
      let reply = told(
        counters.open == 0
          ? "the application is told to stop."
          : "the application is told to stop; it still has "
            + (counters.open == 1 ? "one request." : "\(counters.open) requests."))
      return counters.open == 0 ? reply + step(.applicationGone) : reply
    case .terminateSidecar:
      return told("the sidecar is told to stop.") + step(.connections(counters.open))
    case .sidecarEnded:
      process += 1
      proxy.died(CertificateAgent(mesh.agent, random: random))
      proxy.outbound?.forget()
      return told("the sidecar is gone.")
    case .ready:
      counters.readyAt = now
      return told("the pod is ready.")
    case .gone(let isKilled):
      counters.goneAt = now
      counters.cutOff += counters.open
      counters.open = 0
      if isKilled { counters.killed += 1 }
      return told(
        isKilled ? "the grace period is over: what still ran is killed." : "nothing runs any more.")
    }
  }

  private func told(_ what: String) -> Document { Document([.text("\(now): \(what)")]) }

  mutating func tick(_ span: TimeSpan) -> Document {
    let end = now + span
    var reply = Document()
    while let next = due.indices.min(by: { due[$0].at < due[$1].at }), due[next].at <= end {
      let (at, what) = due.remove(at: next)
      now = at
      switch what {
      case .live(let input): reply = reply + step(input)
      case .sidecarAsks(let process):
        guard process == self.process, life.sidecar == .running else { continue }
        reply = reply + carryOut(proxy.agent.step(.started, at: now))
      case .agent(let number, let process):
        guard process == self.process else { continue }
        reply = reply + carryOut(proxy.agent.step(.wake(number), at: now))
      }
    }
    now = end
    for ledger in ledgers.indices { renewLedger(ledger) }
    reply.add("It is \(now).")
    return reply
  }

  private mutating func carryOut(_ outputs: [CertificateAgent.Output]) -> Document {
    var reply = Document()
    for output in outputs {
      switch output {
      case .wakeMe(let span, let number):
        due.append((now + span, .agent(number, process: process)))
      case .request:
        guard isControlUp else {
          if !proxy.isReady {
            reply = reply + told("the sidecar asks for a certificate, and nobody answers.")
          }
          continue
        }
        let isNew = !proxy.isReady
        let issued = authority.sign(0, at: now)
        reply = reply + carryOut(proxy.agent.step(.issued(issued), at: now))
        if isNew { configure() }
        if proxy.isReady, life.sidecar == .running {
          reply =
            reply + told("the sidecar has its certificate and its configuration.")
            + step(.sidecarReady)
        }
      }
    }
    return reply
  }

  /// The control plane sends a proxy that has nothing all parts in their order.
  private mutating func configure() {
    var outputs = control.step(.connected(proxy: 0), at: now)
    while !outputs.isEmpty {
      var next: [ControlPlane.Output] = []
      for case .push(let party, let part, let version) in outputs {
        proxy.adopt(part)
        next += control.step(
          .acknowledged(proxy: party, rank: part.rank, version: version), at: now)
      }
      outputs = next
    }
  }

  mutating func turnControl(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard word == "up" || word == "down" else {
      throw .unknown("state of the control plane", word, known: ["up", "down"])
    }
    isControlUp = word == "up"
    return Document([.text("The control plane is \(word).")])
  }

  mutating func send(_ count: Int) -> Document {
    let isTaken = life.sidecarTakesNew && life.applicationTakesNew
    counters.requests += count
    counters.lastGood = isTaken ? count : 0
    counters.good += counters.lastGood
    return Document([.text("\(counters.lastGood) of \(count) requests are answered well.")])
  }

  mutating func stream(_ count: Int) -> Document {
    guard life.sidecarTakesNew, life.applicationTakesNew else {
      return Document([.text("Nobody takes them.")])
    }
    counters.requests += count
    counters.open += count
    return Document([.text("\(counters.open) requests are open.")])
      + step(
        .connections(counters.open))
  }

  mutating func close(_ count: Int) -> Document {
    let ending = min(count, counters.open)
    let isGood = life.sidecarTakesNew && life.isApplicationUp
    counters.open -= ending
    counters.lastGood = isGood ? ending : 0
    if isGood { counters.good += ending } else { counters.cutOff += ending }
    let reply = Document([
      .text("\(counters.lastGood) of \(ending) requests end well; \(counters.open) are open.")
    ])
    let isLast = counters.open == 0 && life.application == .stopping
    return reply + step(.connections(counters.open))
      + (isLast ? step(.applicationGone) : Document())
  }

  /// What a readiness probe says that goes this way.
  func isAnswering(_ way: SidecarSettings.Probe) -> Bool {
    switch way {
    case .application: life.applicationTakesNew
    case .through:
      life.applicationTakesNew && life.isSidecarUp && proxy.inbound.verdict(on: nil) == .accepted
    case .both: life.applicationTakesNew && life.sidecar == .ready
    }
  }

  func probe() -> Document {
    func word(_ way: SidecarSettings.Probe) -> Text {
      isAnswering(way) ? .toned("answers", .good) : .toned("fails", .bad)
    }
    return Document([
      .table(
        Table(
          [Table.Column("the probe goes"), Table.Column("")],
          [
            [Text("past the sidecar, to the application"), word(.application)],
            [Text("through the sidecar, without a certificate"), word(.through)],
            [Text("to both containers"), word(.both)],
          ]))
    ])
  }
}
