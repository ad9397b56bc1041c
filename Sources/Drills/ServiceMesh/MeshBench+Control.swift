import Kernel
import Patterns
import Presentation

/// The control plane of the bench, and what time does.
extension MeshBench {
  mutating func carryOut(_ outputs: [CertificateAgent.Output], of party: Int) {
    for output in outputs {
      switch output {
      case .wakeMe(let span, let number):
        parties[party].timer = now + span
        parties[party].timerNumber = number
      case .request:
        guard isControlUp else { continue }
        let certificate = authority.sign(parties[party].identity, at: now)
        carryOut(parties[party].proxy.agent.step(.issued(certificate), at: now), of: party)
      }
    }
  }

  mutating func tick(_ span: TimeSpan) -> Document {
    let end = now + span
    while true {
      let due = (parties.compactMap(\.timer) + (isControlUp ? controlWakes : [])).min()
      guard let due, due <= end else { break }
      now = max(now, due)
      if isControlUp, controlWakes.contains(where: { $0 <= now }) {
        controlWakes.removeAll { $0 <= now }
        tellControl(.wake)
      }
      for index in parties.indices {
        guard let timer = parties[index].timer, timer <= now else { continue }
        parties[index].timer = nil
        carryOut(
          parties[index].proxy.agent.step(.wake(parties[index].timerNumber), at: now), of: index)
      }
    }
    now = end
    var reply = Document([.text("It is \(now).")])
    let dead = parties.filter { $0.proxy.agent.certificate.map { now >= $0.notAfter } ?? false }
    if !dead.isEmpty {
      reply.add("\(dead.count) of \(parties.count - 1) certificates have run out.")
    }
    return reply
  }

  mutating func tellControl(_ input: ControlPlane.Input) {
    for output in control.step(input, at: now) {
      switch output {
      case .wakeMe(let at): controlWakes.append(at)
      case .push(let proxy, let part, let version):
        parties[proxy].proxy.adopt(part)
        tellControl(.acknowledged(proxy: proxy, rank: part.rank, version: version))
      case .rejected, .settled: break
      }
    }
  }

  mutating func ask(_ part: MeshPart, at scope: [Int]?) throws(Diagnostic) -> Document {
    let input = ControlPlane.Input.changed(part, at: scope)
    guard isControlUp else {
      held.append(input)
      return Document([.text("The control plane is down: the change waits for it.")])
    }
    tellControl(input)
    return Document([
      .text(
        "The control plane has the change and pushes it in \(design.control.debounceAfter). "
          + "Let time pass with tick.")
    ])
  }

  mutating func turnControl(on isOn: Bool) -> Document {
    isControlUp = isOn
    guard isOn else {
      return Document([
        .text("The control plane is down. Sidecars go on with what they have.")
      ])
    }
    for input in held { tellControl(input) }
    held = []
    return Document([.text("The control plane is up. Agents find out when they ask again.")])
  }

  mutating func turnRoot(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.arguments.first {
    case "trust": return try ask(.trust([1, 2]), at: nil)
    case "drop": return try ask(.trust([2]), at: nil)
    case "sign":
      authority.activate(root: 2)
      return Document([.text("New certificates are signed with root 2 from now on.")])
    default:
      let word = line.arguments.first ?? ""
      throw .unknown("step of a rotation", word, known: ["trust", "sign", "drop"])
    }
  }

  func mode(_ line: BenchLine) throws(Diagnostic) -> PeerMode {
    let word = line.arguments.first ?? ""
    guard let mode = PeerMode(rawValue: word) else {
      throw .unknown("mode", word, known: PeerMode.allCases.map(\.rawValue))
    }
    return mode
  }

  func policy(_ line: BenchLine) throws(Diagnostic) -> AuthorizationPolicy {
    var allowed: [Int] = []
    for (index, word) in line.arguments.enumerated() where word != "nobody" {
      guard let place = Self.callers.firstIndex(of: word) else {
        throw .unknown(
          "caller", word, known: Self.callers + ["nobody"], column: line.column(index))
      }
      allowed.append(parties[place].identity)
    }
    guard !line.arguments.isEmpty else {
      throw Diagnostic("Whom is it to allow?", expected: "nobody, or one or more callers")
    }
    return AuthorizationPolicy(allowed: allowed)
  }

  func routes(_ line: BenchLine) throws(Diagnostic) -> MeshRoutes {
    let share = try share(line, 0)
    let weight = Int((share * 1_000).rounded())
    return line.name == "mirror"
      ? MeshRoutes([.init(1, 1_000)], mirror: share > 0 ? 2 : nil, mirrorShare: share)
      : MeshRoutes([.init(1, 1_000 - weight), .init(2, weight)])
  }

  func share(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> Double {
    let text = line.arguments.count > index ? line.arguments[index] : ""
    guard let share = Unit.fraction.value(from: text), (0...1).contains(share) else {
      throw Diagnostic(
        "'\(text)' is no share.", column: text.isEmpty ? nil : line.column(index), found: text,
        expected: "a share from 0 % to 100 %")
    }
    return share
  }

  mutating func makeBad(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard let endpoint = Self.endpointNames.firstIndex(of: word) else {
      throw .unknown("endpoint", word, known: Self.endpointNames)
    }
    let share = try share(line, 1)
    badness[endpoint] = share
    return Document([.text("\(word) fails \(Unit.fraction.text(share)) of its calls now.")])
  }

  func show() -> Document {
    let columns = ["workload", "sidecar", "certificate", "root", "trusts", "mode", ""]
    let rows = parties.indices.map { row($0) }
    var reply = Document([.table(Table(columns.map { Table.Column($0) }, rows))])
    let weights: [MeshRoutes.Weight] = parties[0].proxy.outbound?.routes?.weights ?? []
    let routes: [String] = weights.map {
      "v\($0.subset) \(Unit.fraction.text(Double($0.weight) / 1_000))"
    }
    let subsets: [String] = (parties[0].proxy.outbound?.subsets ?? []).map { "v\($0)" }
    reply.add(
      "orders routes to \(routes.joined(separator: ", ")) "
        + "and knows the clusters \(subsets.joined(separator: ", ")).")
    reply.add(isControlUp ? "The control plane is up." : "The control plane is down.")
    return reply
  }

  private func row(_ index: Int) -> [Text] {
    let party = parties[index]
    var life = Text("none")
    if let certificate = party.proxy.agent.certificate {
      let left = certificate.notAfter - now
      life = left > .zero ? Text("\(left)") : .toned("has run out", .bad)
    }
    let root = party.proxy.agent.certificate.map { "\($0.root)" } ?? "-"
    let trusts: String = party.proxy.inbound.trusted.map { "\($0)" }.joined(separator: "+")
    let endpoint = index - Self.callers.count
    let isOut = endpoint >= 0 && !(parties[0].proxy.outbound?.isHealthy(endpoint) ?? true)
    let mode = endpoint < 0 ? "" : party.proxy.inbound.mode.rawValue
    return [
      Text(party.name), Text(party.proxy.hasSidecar ? "yes" : "no"), life, Text(root), Text(trusts),
      Text(mode), Text(isOut ? "out" : ""),
    ]
  }
}
