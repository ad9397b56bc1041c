import Kernel
import Testing

@testable import Patterns

/// Three nodes, an operator who moves the lead, and links that lose messages and keep their order.
private struct LogWorld {
  var nodes: [FailoverNode]
  var now = Instant.zero
  var leader = 0
  var token = 0
  /// Requests that were answered as done.
  var answered: [Int] = []
  var complaints: [String] = []
  private var links: [[[FailoverMessage]]]
  private var due: [Instant?]
  private var random: RandomStream
  private var hasFaults = true
  private var next = 1
  private var dropped: [Int] = []
  static let client = NodeID(9)

  init(_ random: RandomStream, acks: Int) {
    self.random = random
    links = Array(repeating: Array(repeating: [], count: 3), count: 3)
    due = [nil, nil, nil]
    // An operator decides who leads here: the cluster itself has no quorum and only goes on.
    let cluster = ClusterElectionOptions(
      votes: 9, noQuorumPolicy: .freeze, isFencing: false, preferred: NodeID(0))
    nodes = (0...2).map { me in
      let peers = (0...2).filter { $0 != me }.map { NodeID($0) }
      let options = FailoverNodeOptions(
        election: .cluster(cluster), peers: peers, stores: [], clients: [Self.client],
        resource: nil, acks: acks, openingTime: .milliseconds(100), standsBack: .zero,
        checksLease: false, failback: nil, shortcut: nil)
      return FailoverNode(NodeID(me), log: [], carts: [], options: options, at: .zero)
    }
    for place in nodes.indices { feed(place, .started) }
    lead(0)
  }

  private mutating func feed(_ place: Int, _ input: FailoverNode.Input) {
    for output in nodes[place].step(input, at: now) {
      switch output {
      case .send(.written(let request, nil), Self.client): answered.append(request)
      case .send(.written(let request, .some), Self.client): dropped.append(request)
      case .send(let message, let to) where to != Self.client:
        links[place][to.index].append(message)
      case .wakeMe(let at): due[place] = at
      case .send, .persist, .fence, .fact: break
      }
    }
    if let violation = nodes[place].checkInvariants() { complaints.append(violation.witness) }
    check()
  }

  /// A standby has what it says it has, of the leader's log.
  private mutating func check() {
    let log = nodes[leader].log
    for (place, node) in nodes.enumerated() where place != leader && node.matched.token == token {
      let length = node.matched.length
      if length > log.count || node.log.prefix(length) != log.prefix(length) {
        complaints.append("node \(place) says \(length) and has other entries")
      }
    }
  }

  /// The lead goes to `place`; who had it before is told first.
  mutating func lead(_ place: Int) {
    if token > 0 { feed(leader, .received(.deactivate, from: NodeID(8))) }
    token += 1
    leader = place
    feed(place, .received(.activate(token: token), from: NodeID(8)))
  }

  /// The better of two nodes: with one acknowledgement one of any two has every answered write.
  mutating func failOver() {
    let one = random.below(3)
    let other = (one + 1 + random.below(2)) % 3
    func rank(_ place: Int) -> (Int, Int) {
      (nodes[place].log.last?.token ?? 0, nodes[place].log.count)
    }
    lead(rank(one) > rank(other) ? one : other)
  }

  mutating func turn() {
    switch random.below(20) {
    case 0..<5:
      // Now and then something is sent again that a leader before did not take over.
      let again = dropped.isEmpty || random.chance(0.7)
      let request = again ? next : dropped.removeFirst()
      if again { next += 1 }
      feed(leader, .received(.write(request: request, key: 1), from: Self.client))
    case 5 where random.chance(0.2): failOver()
    case 6..<9: pass(.milliseconds(Int64(random.below(300))))
    default:
      for _ in 0..<4 {
        let full = (0..<9).filter { !links[$0 / 3][$0 % 3].isEmpty }
        guard !full.isEmpty else { return }
        let link = full[random.below(full.count)]
        deliver(link / 3, link % 3)
      }
    }
  }

  private mutating func deliver(_ from: Int, _ to: Int) {
    guard !links[from][to].isEmpty else { return }
    let message = links[from][to].removeFirst()
    if hasFaults, random.chance(0.03) { return }
    feed(to, .received(message, from: NodeID(from)))
  }

  private mutating func pass(_ span: TimeSpan) {
    now += span
    for place in nodes.indices {
      if let at = due[place], at <= now {
        due[place] = nil
        feed(place, .wake)
      }
    }
  }

  mutating func settle() {
    hasFaults = false
    for _ in 0..<60 {
      pass(.milliseconds(200))
      for from in 0...2 {
        for to in 0...2 {
          for _ in links[from][to].indices { deliver(from, to) }
        }
      }
    }
  }
}

@Suite struct FailoverLogTests {
  /// Whatever is lost and whoever leads: an answered write stays, once, and all logs become one.
  @Test(arguments: UInt64(1)...20) func answeredWritesStay(seed: UInt64) {
    var world = LogWorld(RandomStream(seed: seed, name: "logs"), acks: 1)
    for _ in 0..<900 { world.turn() }
    world.settle()
    #expect(world.complaints == [])
    let requests = world.nodes[world.leader].log.map(\.request)
    #expect(Set(requests).count == requests.count)
    #expect(Set(world.answered).subtracting(requests) == [])
    #expect(world.nodes.allSatisfy { $0.log == world.nodes[world.leader].log })
    #expect(world.answered.count > 20)
  }

  private func leader(acks: Int) -> FailoverNode {
    let cluster = ClusterElectionOptions(
      votes: 9, noQuorumPolicy: .freeze, isFencing: false, preferred: NodeID(0))
    let options = FailoverNodeOptions(
      election: .cluster(cluster), peers: [NodeID(1), NodeID(2)], stores: [],
      clients: [NodeID(9)], resource: nil, acks: acks, openingTime: .milliseconds(100),
      standsBack: .zero, checksLease: false, failback: nil, shortcut: nil)
    var node = FailoverNode(NodeID(0), log: [], carts: [], options: options, at: .zero)
    _ = node.step(.started, at: .zero)
    _ = node.step(.received(.activate(token: 3), from: NodeID(1)), at: .zero)
    return node
  }

  private func answers(_ outputs: [FailoverNode.Output]) -> [FailoverMessage] {
    outputs.compactMap { output in
      if case .send(let message, NodeID(9)) = output { message } else { nil }
    }
  }

  @Test func aWriteWaitsForSoManyPeersAndNoLess() {
    for acks in 0...2 {
      var node = leader(acks: acks)
      let write = FailoverNode.Input.received(.write(request: 5, key: 1), from: NodeID(9))
      // Elected, but not open yet.
      #expect(answers(node.step(write, at: .zero)) == [.written(request: 5, refusal: .opening)])
      let open = Instant.zero + .milliseconds(100)
      _ = node.step(.wake, at: open)
      var found = answers(node.step(write, at: open)).count
      for peer in 1...2 {
        #expect(found == (peer > acks ? 1 : 0))
        // What another leader's entries were taken for says nothing.
        let stray = FailoverMessage.shipped(token: 2, length: 1, isMatch: true)
        #expect(answers(node.step(.received(stray, from: NodeID(peer)), at: open)).isEmpty)
        let taken = FailoverMessage.shipped(token: 3, length: 1, isMatch: true)
        found += answers(node.step(.received(taken, from: NodeID(peer)), at: open)).count
      }
      #expect(found == 1)
    }
  }

  @Test func aLeaderThatStopsRefusesWhatWaitsAndAnswersItNoMore() {
    var node = leader(acks: 1)
    let open = Instant.zero + .milliseconds(100)
    _ = node.step(.wake, at: open)
    _ = node.step(.received(.write(request: 5, key: 1), from: NodeID(9)), at: open)
    let stopped = node.step(.received(.deactivate, from: NodeID(1)), at: open)
    #expect(answers(stopped) == [.written(request: 5, refusal: .notLeading)])
    let again = node.step(.received(.deactivate, from: NodeID(1)), at: open)
    #expect(answers(again).isEmpty)
    _ = node.step(.received(.activate(token: 4), from: NodeID(1)), at: open)
    let late = FailoverMessage.shipped(token: 4, length: 1, isMatch: true)
    #expect(answers(node.step(.received(late, from: NodeID(1)), at: open)).isEmpty)
  }
}
