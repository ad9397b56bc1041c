/// The weighted round robin of HAProxy: servers wait at positions of a round as long as their
/// weights together, and a server's next position is that length over its own weight further on.
///
/// Weights can change at any time, because nothing is laid out in advance: a server that has had
/// its turns of this round waits for the next one, sorted by weight. Positions are exact; what the
/// division leaves over is carried along.
///
/// Source: HAProxy `src/lb_fwrr.c`. The trees are here three marks and a linear search.
public struct ElasticTree: Sendable, Equatable {
  private enum Wait: Sendable { case out, start, current, next, held }

  private struct Server: Sendable, Equatable {
    var weight: Int
    var wait = Wait.start
    /// The sort key among those that wait likewise, and who came first.
    var key = 0
    var stamp = 0
    var position = 0
    var lastPosition = 0
    var remainder = 0
  }

  private var servers: [Server] = []
  private var roundWeight = 0
  private var nextWeight = 0
  private var position = 0
  private var stamps = 0

  /// No servers.
  public init() {}

  /// Adds a server of the weight, in sixteenths, from the start or while others are served.
  public mutating func append(weight: Int, isLate: Bool = false) {
    servers.append(Server(weight: weight))
    let server = servers.count - 1
    if isLate {
      servers[server].wait = .out
      insert(server, weight: weight)
      return
    }
    nextWeight += weight
    roundWeight = nextWeight
    position = nextWeight
    queueByWeight(server, .start)
  }

  /// Takes a server in that was out.
  public mutating func insert(_ server: Int, weight: Int) {
    guard servers[server].wait == .out else { return }
    servers[server].weight = weight
    nextWeight += weight
    if roundWeight == 0 {
      roundWeight = nextWeight
      position = nextWeight
    }
    servers[server].position = position + (nextWeight + roundWeight - position) / weight
    queue(server)
  }

  /// Takes a server out.
  public mutating func remove(_ server: Int) {
    guard servers[server].wait != .out else { return }
    nextWeight -= servers[server].weight
    servers[server].wait = .out
  }

  /// Changes the weight, in sixteenths, of a server.
  public mutating func setWeight(_ server: Int, to weight: Int) {
    let old = servers[server].weight
    guard old != weight, servers[server].wait != .out else { return }
    nextWeight += weight - old
    servers[server].weight = weight
    if servers[server].wait == .start {
      queueByWeight(server, .start)
      return
    }
    if servers[server].wait == .next { servers[server].position += roundWeight }
    let step = nextWeight / weight
    let before = servers[server].position
    servers[server].position = min(servers[server].lastPosition + step, before)
    servers[server].remainder = 0
    if servers[server].position < position + 2 { servers[server].position = position + step }
    queue(server)
  }

  /// The next server, which has then had its turn and is held until `settle`; nil when none is left.
  public mutating func next() -> Int? {
    if roundWeight == 0 {
      roundWeight = nextWeight
      position = nextWeight
    }
    var server = first()
    if server == nil {
      switchRound()
      server = first()
    }
    guard let server else { return nil }
    advance(server)
    position += 1
    stamps += 1
    servers[server].wait = .held
    servers[server].stamp = stamps
    return server
  }

  /// Puts the servers that `next` gave out back: the one that was taken, then those passed over.
  ///
  /// Were they put back at once, a heavy server that is full would come again and again before a
  /// light one that is not.
  public mutating func settle() {
    while true {
      var latest = -1
      for server in servers.indices where servers[server].wait == .held {
        if latest < 0 || servers[server].stamp > servers[latest].stamp { latest = server }
      }
      guard latest >= 0 else { return }
      queue(latest)
    }
  }

  private func least(_ wait: Wait) -> Int? {
    var best = -1
    for server in servers.indices where servers[server].wait == wait {
      if best < 0 || servers[server].key < servers[best].key
        || (servers[server].key == servers[best].key
          && servers[server].stamp < servers[best].stamp)
      {
        best = server
      }
    }
    return best < 0 ? nil : best
  }

  private mutating func first() -> Int? {
    let current = least(.current)
    if let current, servers[current].position <= position { return current }
    guard let fresh = least(.start) else { return current }
    servers[fresh].position = 0
    servers[fresh].remainder = 0
    return fresh
  }

  private mutating func switchRound() {
    for server in servers.indices where servers[server].wait == .next {
      servers[server].wait = .start
    }
    roundWeight = nextWeight
    position = roundWeight
  }

  private mutating func advance(_ server: Int) {
    let weight = servers[server].weight
    if servers[server].position == 0 { servers[server].position = position }
    servers[server].lastPosition = servers[server].position
    servers[server].position += nextWeight / weight
    servers[server].remainder += nextWeight % weight
    if servers[server].remainder >= weight {
      servers[server].remainder -= weight
      servers[server].position += 1
    }
  }

  private mutating func queue(_ server: Int) {
    let place = servers[server].position
    if place >= 2 * roundWeight || place >= roundWeight + nextWeight {
      servers[server].position -= roundWeight
      queueByWeight(server, .next)
      return
    }
    let fine = (4_096 + servers[server].remainder - servers[server].weight) / 16
    enter(server, .current, key: 256 * place + fine)
  }

  private mutating func queueByWeight(_ server: Int, _ wait: Wait) {
    enter(server, wait, key: 4_096 - servers[server].weight)
  }

  private mutating func enter(_ server: Int, _ wait: Wait, key: Int) {
    stamps += 1
    servers[server].wait = wait
    servers[server].key = key
    servers[server].stamp = stamps
  }
}
