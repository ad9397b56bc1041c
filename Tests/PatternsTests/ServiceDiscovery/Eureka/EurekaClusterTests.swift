import Kernel
import Testing

@testable import Patterns

/// Servers and clients joined by a wire with a fixed delay, for tests only.
struct EurekaCluster {
  var servers: [NodeID: EurekaServer] = [:]
  var clients: [NodeID: EurekaClient] = [:]
  var mail: [(at: Instant, from: NodeID, to: NodeID, message: EurekaMessage)] = []
  var now = Instant.zero
  var cut: Set<NodeID> = []

  mutating func server(_ node: NodeID, _ outputs: [EurekaServer.Output]) {
    for case .send(let message, let target) in outputs { post(message, from: node, to: target) }
  }

  mutating func client(_ node: NodeID, _ outputs: [EurekaClient.Output]) {
    for case .send(let message, let target) in outputs { post(message, from: node, to: target) }
  }

  private mutating func post(_ message: EurekaMessage, from source: NodeID, to target: NodeID) {
    mail.append((now + .milliseconds(2), source, target, message))
  }

  mutating func run(for span: TimeSpan) {
    let end = now + span
    while now < end {
      now += .milliseconds(50)
      let due = mail.filter { $0.at <= now }
      mail.removeAll { $0.at <= now }
      for letter in due where !cut.contains(letter.from) && !cut.contains(letter.to) {
        let server = servers[letter.to]?.step(
          .received(letter.message, from: letter.from), at: now)
        let client = clients[letter.to]?.step(
          .received(letter.message, from: letter.from), at: now)
        self.server(letter.to, server ?? [])
        self.client(letter.to, client ?? [])
      }
      for node in servers.keys.sorted() {
        server(node, servers[node]?.step(.wake, at: now) ?? [])
        #expect(servers[node]?.checkInvariants() == nil)
      }
      for node in clients.keys.sorted() {
        client(node, clients[node]?.step(.wake, at: now) ?? [])
        #expect(clients[node]?.checkInvariants() == nil)
      }
    }
  }
}

@Suite("Eureka cluster")
struct EurekaClusterTests {
  static let left = NodeID(10)
  static let right = NodeID(11)

  /// Two peers, `count` instances that register at the first, and one caller at the second.
  static func cluster(_ count: Int) -> EurekaCluster {
    var cluster = EurekaCluster()
    for node in [left, right] {
      var options = EurekaServerOptions.springCloud
      options.registrySyncRetries = 0
      cluster.servers[node] = EurekaServer(
        node, peers: [left, right], options: options,
        random: RandomStream(seed: 3, name: "\(node)"))
      cluster.server(node, cluster.servers[node]?.step(.started, at: .zero) ?? [])
    }
    for index in 0..<count {
      var options = EurekaClientOptions.netflix
      options.fetchRegistry = false
      cluster.clients[NodeID(index)] = EurekaClient(
        NodeID(index), service: ServiceID(0), servers: [left, right], options: options)
    }
    var options = EurekaClientOptions.netflix
    options.registerWithEureka = false
    cluster.clients[NodeID(20)] = EurekaClient(
      NodeID(20), service: ServiceID(0), servers: [right], options: options)
    for node in cluster.clients.keys.sorted() {
      cluster.client(node, cluster.clients[node]?.step(.started, at: .zero) ?? [])
    }
    return cluster
  }

  @Test("What registers at one peer is seen by a caller of the other, and cancels as well")
  func replicates() {
    var cluster = Self.cluster(3)
    cluster.run(for: .seconds(150))
    let caller = NodeID(20)
    #expect(cluster.clients[caller]?.instances(of: ServiceID(0)).map(\.index) == [0, 1, 2])
    #expect(cluster.servers[Self.left]?.instances == cluster.servers[Self.right]?.instances)
    cluster.client(NodeID(1), cluster.clients[NodeID(1)]?.step(.shutDown, at: cluster.now) ?? [])
    cluster.run(for: .seconds(70))
    #expect(cluster.clients[caller]?.instances(of: ServiceID(0)).map(\.index) == [0, 2])
  }

  @Test("A peer that missed everything is repaired by the next heartbeats")
  func repairs() {
    var cluster = Self.cluster(3)
    cluster.cut = [Self.right]
    cluster.run(for: .seconds(120))
    #expect(cluster.servers[Self.right]?.instances.isEmpty == true)
    cluster.cut = []
    cluster.run(for: .seconds(60))
    #expect(cluster.servers[Self.right]?.instances.count == 3)
  }

  @Test("A caller that loses the registry keeps its copy; one that loses a server takes the next")
  func keepsLastKnown() {
    var cluster = Self.cluster(3)
    cluster.run(for: .seconds(150))
    cluster.cut = [Self.right]
    cluster.run(for: .seconds(300))
    #expect(cluster.clients[NodeID(20)]?.instances(of: ServiceID(0)).count == 3)
    cluster.cut = [Self.left]
    cluster.run(for: .seconds(300))
    #expect(cluster.servers[Self.right]?.instances.count == 3)
  }
}
