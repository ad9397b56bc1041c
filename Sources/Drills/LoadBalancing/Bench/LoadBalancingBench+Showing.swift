import Kernel
import Patterns
import Presentation

/// What a learner sees.
extension LoadBalancingBench {
  /// Where the requests of the last command went.
  func reply() -> Document {
    var reply = Document()
    let shown = order.prefix(30).map { hosts[$0].name }.joined(separator: " ")
    if !order.isEmpty { reply.add(Text(order.count > 30 ? "\(shown) ..." : shown)) }
    let tries = hosts.filter { $0.last > 0 }.map { "\($0.name) \($0.last)" }
    if order.count > 10 { reply.add(Text("Tries: \(tries.joined(separator: ", ")).")) }
    if counters.lastFailed > 0 {
      reply.add(
        .toned(
          "\(counters.lastFailed) of \(counters.lastSent) got no good answer.", .bad))
    }
    return reply
  }

  func show() -> Document {
    let rows = hosts.indices.map { host -> [Text] in
      let known = balancer.hosts[host]
      return [
        Text(hosts[host].name), Text("\(known.weight)"), state(host), Text("\(known.inflight)"),
        Text("\(hosts[host].total)"), Text(hosts[host].behaviour.rawValue),
      ]
    }
    let columns = [
      Table.Column("host"), Table.Column("weight", .trailing), Table.Column("balancer"),
      Table.Column("under way", .trailing), Table.Column("tries", .trailing),
      Table.Column("in truth"),
    ]
    var reply = Document([.table(Table(columns, rows))])
    let panic = balancer.isPanicking ? " Panic: health is ignored." : ""
    reply.add(Text("It is \(now).\(panic)"))
    return reply
  }

  private func state(_ host: Int) -> Text {
    let known = balancer.hosts[host]
    if known.condition == .draining { return "drains" }
    if detector?.isActive(NodeID(host)) == false { return .toned("ejected", .bad) }
    if known.condition == .unhealthy { return .toned(hosts[host].health.status, .bad) }
    if balancer.isTakenOut(host, at: now) { return .toned("out, \(known.fails) fails", .bad) }
    let ramped = balancer.ramped(host, at: now)
    let full = known.weight * (setup.options.slowStart > .zero ? 100 : 1)
    if ramped < full { return Text("in, at \(100 * ramped / full) %") }
    return .toned(known.fails > 0 ? "in, \(known.fails) fails" : "in", .good)
  }
}
