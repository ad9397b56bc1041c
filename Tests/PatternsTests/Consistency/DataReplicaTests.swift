import Kernel
import Testing

@testable import Patterns

/// Three replicas and a network that loses, repeats and reorders.
private struct GossipLab {
  typealias Replica = DataReplica<UpDownCounter>
  var replicas: [Replica]
  var network: [(message: Replica.Message, from: NodeID, to: NodeID)] = []
  var random: RandomStream
  var now = Instant.zero
  var disks: [UpDownCounter]
  let sendsDeltas: Bool
  var sent = 0

  static func options(_ place: Int, _ sendsDeltas: Bool) -> Replica.Options {
    Replica.Options(
      peers: (0..<3).filter { $0 != place }.map(NodeID.init), sendsDeltas: sendsDeltas,
      bufferLimit: 5)
  }

  init(seed: UInt64, sendsDeltas: Bool, bySum: Bool = false) {
    random = RandomStream(seed: seed, name: "gossip")
    self.sendsDeltas = sendsDeltas
    disks = [UpDownCounter](repeating: UpDownCounter(), count: 3)
    replicas = (0..<3).map { place in
      Replica(
        NodeID(place), value: UpDownCounter(), life: 0, options: Self.options(place, sendsDeltas)
      ) { mine, theirs in
        if bySum { mine.mergeBySum(theirs) } else { mine.merge(theirs) }
      }
    }
    for place in 0..<3 { step(place, .started) }
  }

  mutating func step(_ place: Int, _ input: Replica.Input) {
    for output in replicas[place].step(input, at: now) {
      switch output {
      case .send(let message, let target):
        sent += 1
        network.append((message, NodeID(place), target))
      case .wakeMe: break
      case .persist(let value): disks[place] = value
      }
    }
    #expect(replicas[place].checkInvariants() == nil)
  }

  mutating func deliver(loss: Double) {
    guard !network.isEmpty else { return }
    let place = random.below(network.count)
    let letter = network[place]
    // One in five stays for another delivery.
    if !random.chance(0.2) { network.remove(at: place) }
    if random.chance(loss) { return }
    step(letter.to.index, .received(letter.message, from: letter.from))
  }

  mutating func round() {
    now += .milliseconds(200)
    for place in 0..<3 { step(place, .wake) }
  }
}

@Suite("Replicas of data gossip until all have the same")
struct DataReplicaTests {
  @Test(
    "nothing counted is lost or counted twice, over a bad network and restarts",
    arguments: [true, false], UInt64(1)...6)
  func converges(sendsDeltas: Bool, seed: UInt64) {
    var lab = GossipLab(seed: seed, sendsDeltas: sendsDeltas)
    var total = 0
    for turn in 0..<300 {
      let place = lab.random.below(3)
      let amount = lab.random.below(7) - 3
      total += amount
      lab.step(place, .apply(.add(amount)))
      if turn % 5 == 0 { lab.round() }
      for _ in 0..<3 { lab.deliver(loss: 0.3) }
      if turn % 60 == 59 {
        lab.replicas[place] = DataReplica(
          NodeID(place), value: lab.disks[place], life: turn,
          options: GossipLab.options(place, sendsDeltas))
        lab.step(place, .started)
      }
    }
    for _ in 0..<10 {
      lab.round()
      for _ in 0..<60 { lab.deliver(loss: 0) }
    }
    #expect(lab.replicas.map(\.value.value) == [total, total, total])
  }

  @Test("deltas stop when everybody has confirmed; whole values never do")
  func quiet() {
    for sendsDeltas in [true, false] {
      var lab = GossipLab(seed: 1, sendsDeltas: sendsDeltas)
      lab.step(0, .apply(.add(1)))
      for _ in 0..<10 {
        lab.round()
        while !lab.network.isEmpty { lab.deliver(loss: 0) }
      }
      let before = lab.sent
      lab.round()
      #expect((lab.sent == before) == sendsDeltas)
    }
  }

  @Test("a merge by sum counts twice")
  func mergeBySum() {
    var lab = GossipLab(seed: 1, sendsDeltas: false, bySum: true)
    lab.step(0, .apply(.add(1)))
    for _ in 0..<5 {
      lab.round()
      for _ in 0..<20 { lab.deliver(loss: 0) }
    }
    #expect(lab.replicas[1].value.value > 1)
  }
}
