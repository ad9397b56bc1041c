import Kernel
import Patterns
import Simulation

/// Drives a simulated Raft cluster: clients propose, read, change members, all drawn from a seed;
/// then everything heals and the cluster must get somewhere.
struct RaftDrive: ~Copyable {
  var cluster: Cluster<RaftFamily>
  private var random: RandomStream
  private var applied: [[Int]]
  private var nextCommand = 1
  private var nextRead = 1
  /// What was known to be committed when each open read was asked for.
  private var floors: [RaftReadID: Int] = [:]
  private(set) var readsAnswered = 0
  private(set) var failure: String?
  private let changesMembers: Bool
  private let size: Int

  init(
    seed: UInt64, plan: FaultPlan, size: Int, joining: Int = 0,
    options: RaftOptions, network: LinkQuality, syncLatency: Distribution
  ) {
    self.size = size + joining
    random = RandomStream(seed: seed, name: "clients")
    let roster = Roster((1...(size + joining)).map { "n\($0)" })
    let founders = RaftMembership(voters: (0..<size).map(NodeID.init))
    let environment = Environment(roster, network: Network(network, seed: seed))
    cluster = Cluster(
      RaftFamily(founders: founders, options: options, seed: seed), in: environment,
      faults: plan, options: ClusterOptions(syncLatency: syncLatency), seed: seed)
    applied = Array(repeating: [], count: size + joining)
    changesMembers = joining > 0
  }

  /// Lets clients work until `end`, about one request every `pace`.
  mutating func work(until end: Instant, pace: TimeSpan) {
    cluster.setAlarm(0, at: cluster.now + pace)
    while failure == nil {
      switch cluster.run(until: end, budget: 200_000) {
      case .answered(let answer, by: let node, _): take(answer, node)
      case .alarm:
        act()
        cluster.setAlarm(0, at: cluster.now + pace)
      case .violated(let violation, by: let node): failure = "at \(node): \(violation)"
      case .spentBudget: failure = "it never comes to the end"
      case .received: break
      case .reachedLimit: return
      }
    }
  }

  private mutating func act() {
    let node = NodeID(random.below(size))
    switch random.below(20) {
    case 0..<12: propose(at: node)
    case 12..<16:
      floors[nextRead] = cluster.family.audit.committedCount
      cluster.submit(.read(nextRead), to: node)
      nextRead += 1
    case 16..<18:
      guard let machine = cluster.participants[node.index] else { return }
      // The host's image is of what was handed to it; the disk may still hold that back.
      let image = machine.log.entries.isEmpty ? nil : imageOfApplied(machine)
      if let image { cluster.submit(.imaged(upTo: machine.applied, image), to: node) }
    case 18: cluster.submit(.transferred(to: NodeID(random.below(size))), to: node)
    default: if changesMembers { change(at: node) }
    }
  }

  private mutating func propose(at node: NodeID) {
    cluster.submit(.proposed(nextCommand), to: node)
    nextCommand += 1
  }

  private mutating func change(at node: NodeID) {
    let other = NodeID(random.below(size))
    let isLarge = (cluster.participants[node.index]?.log.membership.voters.count ?? 0) > 2
    let change: RaftMembershipChange =
      switch random.below(3) {
      case 0 where isLarge: .remove(other)
      case 1 where isLarge: .addLearner(other)
      default: .addVoter(other)
      }
    cluster.submit(.changed(change), to: node)
  }

  /// The state machine as of what a node has applied, from the entries known to be committed.
  private func imageOfApplied(_ node: RaftFamily.Node) -> [Int]? {
    var image: [Int] = []
    for index in stride(from: 1, through: node.applied, by: 1) {
      guard let entry = cluster.family.audit.committedEntry(at: index) else { return nil }
      if let command = entry.command { image.append(command) }
    }
    return image
  }

  private mutating func take(_ answer: RaftFamily.Answer, _ node: NodeID) {
    switch answer {
    case .applied(let entry):
      // A node without a snapshot begins anew after a restart.
      if entry.index == 1 { applied[node.index] = [] }
      if let command = entry.command { applied[node.index].append(command) }
    case .restored(let snapshot): applied[node.index] = snapshot.image
    case .readReady(let id, let index):
      guard let floor = floors.removeValue(forKey: id) else { return }
      readsAnswered += 1
      if index < floor { failure = "read \(id) at \(index), when \(floor) was committed" }
    }
  }

  /// Heals everything and keeps proposing a last command until all members have applied it; a
  /// cluster that has not got there after `patience` does not live.
  mutating func live(patience: TimeSpan) {
    guard failure == nil else { return }
    cluster.add(TimedFault(at: cluster.now, .heal))
    let deadline = cluster.now + patience
    var last = -1
    var problem = "no leader after healing"
    while failure == nil, cluster.now < deadline {
      let slice = cluster.now + .milliseconds(300)
      work(until: slice, pace: patience * 2)
      guard failure == nil, let leader else { continue }
      let members = leader.log.membership.all.map(\.index)
      let behind = members.filter { applied[$0] != applied[leader.id.index] }
      if let first = behind.first {
        problem = "n\(first + 1) has not applied what the leader has"
      } else if let final = applied[leader.id.index].last, final < 0 {
        return
      }
      cluster.submit(.proposed(last), to: leader.id)
      last -= 1
    }
    failure = failure ?? problem
  }

  var leader: RaftFamily.Node? {
    cluster.participants.compactMap { $0 }.filter { $0.role == .leader }
      .max { $0.term < $1.term }
  }

  var committedCount: Int { cluster.family.audit.committedCount }
}
