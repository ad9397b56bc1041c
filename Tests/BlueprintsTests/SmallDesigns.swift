import Blueprints
import Kernel

/// Designs of a few parts whose behaviour is known from theory.
enum SmallDesigns {
  /// Clients without network before one pool of `servers` places: M/M/c or M/G/c.
  static func pool(
    rate: Double, servers: Int, work: Distribution, seconds: Int64
  ) throws -> Blueprint {
    var design = try empty(seconds)
    design.components.append(try clients(rate))
    design.components.append(try server("pool", places: servers, work))
    design.calls = [Call(from: 0, to: 1)]
    return design
  }

  static func empty(_ seconds: Int64) throws -> Blueprint {
    var design = Blueprint(id: "test", title: "test")
    design.zones = [Zone(region: "r", letter: "a")]
    design.duration = .seconds(seconds)
    design.warmUp = .seconds(seconds / 20)
    design.latencies.withinZone = .zero
    design.latencies.fromClients = .zero
    return design
  }

  static func clients(_ rate: Double, keys: Int = 0) throws -> Component {
    var clients = Component("clients", try .named("clients"))
    clients.load?.rate = rate
    clients.load?.keys = keys
    return clients
  }

  static func server(
    _ name: String, places: Int, _ work: Distribution, kind: String = "async-service"
  ) throws -> Component {
    var server = Component(name, try .named(kind))
    server.concurrency = places
    server.queue = 10_000_000
    server.work = work
    server.zones = [0]
    return server
  }
}

/// Erlang C: the probability that a customer of M/M/c waits.
func erlangC(servers: Int, load: Double) -> Double {
  var blocking = 1.0
  for count in 1...servers { blocking = load * blocking / (Double(count) + load * blocking) }
  let use = load / Double(servers)
  return blocking / (1 - use * (1 - blocking))
}
