import Blueprints
import Kernel

/// A design as lines of its short form, the parts first.
enum SketchView {
  static func lines(_ design: Blueprint) -> String {
    var lines = ["regions \(design.regions.joined(separator: " "))"]
    for component in design.components {
      guard component.load == nil else {
        let rate = Unit.perSecond.text((component.load?.rate ?? 0))
        lines.append("\(component.name) send \(rate)")
        continue
      }
      let shards = component.shards > 1 ? " shards \(component.shards)" : ""
      lines.append(
        "\(component.name): \(component.kind.name)\(shards) x\(component.replicas), "
          + "\(component.concurrency) places, \(component.work)")
    }
    for call in design.calls { lines.append(self.line(call, design)) }
    return lines.joined(separator: "\n")
  }

  private static func line(_ call: Call, _ design: Blueprint) -> String {
    var parts: [String] = []
    if !call.operations.isEmpty { parts.append("for \(call.operations.joined(separator: ", "))") }
    if call.isAfterMiss { parts.append("after miss") }
    if let timeout = call.timeout { parts.append("timeout \(timeout)") }
    if call.attempts > 1 { parts.append("retries \(call.attempts - 1)") }
    if call.breaker != nil { parts.append("breaker") }
    if call.hasFallback { parts.append("fallback") }
    if call.isAsync { parts.append("async") }
    let rest = parts.isEmpty ? "" : " " + parts.joined(separator: " ")
    return design.name(of: call).replacing("->", with: " -> ") + rest
  }

  /// The rules with how often each objects: `no-timeout 4, single-point 2`.
  static func rules(_ lints: [Lint]) -> String {
    var counts: [(rule: String, count: Int)] = []
    for lint in lints {
      if let known = counts.firstIndex(where: { $0.rule == lint.rule }) {
        counts[known].count += 1
      } else {
        counts.append((lint.rule, 1))
      }
    }
    return counts.map { $0.count > 1 ? "\($0.rule) \($0.count) times" : $0.rule }
      .joined(separator: ", ")
  }
}
