import Blueprints
import Drills
import Kernel
import Presentation

/// A design as a tree of who calls whom, each part with what it is, or with how hot it ran.
enum TopologyView {
  /// The parts as they are designed.
  static func table(_ design: Blueprint) -> Table {
    let rows = branches(design).map { branch -> [Text] in
      let component = design.components[branch.place]
      guard !branch.isRepeated else { return [label(branch, component), "", "", ""] }
      return [
        label(branch, component), Text(component.kind.name), Text(instances(component)),
        Text(capacity(component)),
      ]
    }
    return Table(
      [.init("part"), .init("kind"), .init("instances", .trailing), .init("places, time of work")],
      rows)
  }

  /// The parts as they ran; the hottest stand out.
  static func table(_ design: Blueprint, _ outcome: Outcome) -> Table {
    let rows = branches(design).map { branch -> [Text] in
      let component = design.components[branch.place]
      guard !branch.isRepeated else { return [label(branch, component), "", "", "", ""] }
      let use = outcome.measurement("\(component.name).use")
      let refused = outcome.measurement("\(component.name).refused")?.value ?? 0
      let tone: Tone = (use?.value ?? 0) > 0.9 || refused > 0 ? .bad : .good
      return [
        label(branch, component), Text(instances(component)),
        use.flatMap(\.value).map { .toned(Unit.fraction.text($0), tone) } ?? "",
        Text(outcome.measurement("\(component.name).waiting")?.text ?? ""),
        note(component, outcome),
      ]
    }
    return Table(
      [
        .init("part"), .init("instances", .trailing), .init("in use", .trailing),
        .init("most waiting", .trailing), .init(""),
      ], rows)
  }

  private static func note(_ component: Component, _ outcome: Outcome) -> Text {
    func figure(_ name: String) -> Measurement? {
      outcome.measurement("\(component.name).\(name)").flatMap { $0.value == nil ? nil : $0 }
    }
    var parts: [String] = []
    if let ratio = figure("hit_ratio") { parts.append("hits \(ratio.text)") }
    if let refused = figure("refused"), refused.value != 0 {
      parts.append("refused \(refused.text)")
    }
    if let backlog = figure("backlog") { parts.append("left \(backlog.text)") }
    return Text(parts.joined(separator: ", "))
  }

  /// One line of the tree.
  private struct Branch {
    let place: Int
    let trunk: String
    let isRepeated: Bool
  }

  /// Depth first from the sources; a part that several call is told once.
  private static func branches(_ design: Blueprint) -> [Branch] {
    var branches: [Branch] = []
    var told = Set<Int>()
    func add(_ place: Int, _ trunk: String, _ below: String) {
      let isRepeated = !told.insert(place).inserted
      branches.append(Branch(place: place, trunk: trunk, isRepeated: isRepeated))
      guard !isRepeated else { return }
      var next: [Int] = []
      for (_, call) in design.calls(from: place) where !next.contains(call.target) {
        next.append(call.target)
      }
      next += design.components.indices.filter { design.components[$0].consumes == place }
      for (number, target) in next.enumerated() {
        let isLast = number == next.count - 1
        add(target, below + (isLast ? "└ " : "├ "), below + (isLast ? "  " : "│ "))
      }
    }
    for (place, component) in design.components.enumerated() where component.load != nil {
      add(place, "", "")
    }
    for place in design.components.indices where !told.contains(place) { add(place, "", "") }
    return branches
  }

  private static func label(_ branch: Branch, _ component: Component) -> Text {
    Text([
      .toned(branch.trunk, .quiet), .plain(component.name),
      .toned(branch.isRepeated ? " (above)" : "", .quiet),
    ])
  }

  private static func instances(_ component: Component) -> String {
    guard component.load == nil else { return "" }
    let scaled = component.scaling.map { " to \($0.maximum)" } ?? ""
    return component.shards > 1
      ? "\(component.shards)×\(component.replicas)" : "\(component.replicas)\(scaled)"
  }

  private static func capacity(_ component: Component) -> String {
    if let load = component.load { return Unit.perSecond.text(load.rate * load.curve.peak) }
    if let cache = component.cache {
      return "\(cache.policyName), \(Unit.count.text(Double(cache.capacity))) entries"
    }
    return "\(Unit.count.text(Double(component.concurrency))), \(component.work)"
  }

  /// The calls with their guards, one item each.
  static func calls(_ design: Blueprint) -> Block {
    .list(
      design.calls.map { call in
        let when = when(call)
        let guards = guards(call)
        return [
          .paragraph(
            Text([
              .plain(name(call, design)), .toned(when.isEmpty ? "" : "  \(when)", .quiet),
              .plain(guards.isEmpty ? "" : ": \(guards)"),
            ]))
        ]
      }, isOrdered: false)
  }

  private static func name(_ call: Call, _ design: Blueprint) -> String {
    "\(design.components[call.source].name) -> \(design.components[call.target].name)"
  }

  private static func when(_ call: Call) -> String {
    var parts: [String] = []
    if !call.operations.isEmpty { parts.append(call.operations.joined(separator: ", ")) }
    if call.share < 1 { parts.append(Unit.fraction.text(call.share)) }
    if call.isAfterMiss { parts.append("after a miss") }
    if call.fanOut > 1 { parts.append("\(call.need ?? call.fanOut) of \(call.fanOut)") }
    if call.isAsync { parts.append("without waiting") }
    return parts.joined(separator: ", ")
  }

  private static func guards(_ call: Call) -> String {
    var parts: [String] = []
    for option in CallOption.all where option.without != nil {
      let setting = option.value(call)
      guard setting != option.without, option.name != "jitter" || call.attempts > 1 else {
        continue
      }
      if case .flag = setting {
        parts.append(option.name)
      } else {
        parts.append("\(option.name) \(setting)")
      }
    }
    return parts.joined(separator: ", ")
  }
}
