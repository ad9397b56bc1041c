import Kernel
import Patterns

/// A cluster in the hands of chance, drawn from a seed: size, options and every step.
struct RaftChaos {
  var lab: RaftLab
  var random: RandomStream
  private var nextCommand = 1
  private var nextRead = 1
  /// For each read still open, how much was known to be committed when it was asked for.
  private var openReads: [(id: Int, node: Int, floor: Int)] = []
  private(set) var staleRead: String?
  private var hasChangedMembers = false

  init(seed: UInt64, shortcuts: Set<RaftShortcut> = [], reads: RaftReadMode = .quorum) {
    random = RandomStream(seed: seed, name: "chaos")
    let count = [1, 2, 3, 3, 3, 4, 5, 5][random.below(8)]
    let options = RaftOptions(
      preVote: random.chance(0.7), checkQuorum: random.chance(0.7),
      maxEntriesPerAppend: 1 + random.below(4), maxInflightAppends: 1 + random.below(4),
      trailingEntries: random.below(4), reads: reads, shortcuts: shortcuts)
    let voters = max(1, count - random.below(2))
    lab = RaftLab(count, voters: voters, seed: seed, options: options)
  }

  mutating func disturb(steps: Int) {
    for _ in 0..<steps where lab.violation == nil && staleRead == nil { act() }
  }

  private mutating func act() {
    let node = random.below(lab.nodes.count)
    switch random.below(100) {
    case 0..<55: deliver()
    case 55..<60: if !lab.wire.isEmpty { lab.wire.remove(at: random.below(lab.wire.count)) }
    case 60..<64: if let message = lab.wire.last { lab.wire.append(message) }
    case 64..<76: ring(node)
    case 76..<88: propose(node)
    case 88..<91: read(node)
    case 91..<93: lab.crash(node)
    case 93..<96: if lab.nodes[node] == nil { lab.restart(node) }
    case 96: change(node)
    case 97: lab.step(node, .transferred(to: NodeID(random.below(lab.nodes.count))))
    case 98:
      if let upTo = lab.nodes[node]?.applied {
        lab.step(node, .imaged(upTo: upTo, lab.applied[node]))
      }
    default: lab.step(node, .campaigned)
    }
    settleReads(of: node)
  }

  private mutating func deliver() {
    guard !lab.wire.isEmpty else { return }
    let place = random.chance(0.7) ? 0 : random.below(lab.wire.count)
    let target = lab.wire[place].target.index
    lab.deliver(at: place)
    settleReads(of: target)
  }

  private mutating func ring(_ node: Int) {
    guard let wake = lab.wakes[node] else { return }
    lab.now = max(lab.now, wake)
    lab.step(node, .wake)
  }

  private mutating func propose(_ node: Int) {
    lab.step(node, .proposed(nextCommand))
    nextCommand += 1
  }

  private mutating func read(_ node: Int) {
    guard lab.nodes[node] != nil else { return }
    openReads.append((nextRead, node, lab.audit.committedCount))
    lab.step(node, .read(nextRead))
    nextRead += 1
  }

  private mutating func change(_ node: Int) {
    hasChangedMembers = true
    let other = NodeID(random.below(lab.nodes.count))
    let change: RaftMembershipChange =
      switch random.below(3) {
      case 0: .addVoter(other)
      case 1: .addLearner(other)
      default: .remove(other)
      }
    lab.step(node, .changed(change))
  }

  /// A read that is answered must see all that was committed when it was asked for.
  private mutating func settleReads(of node: Int) {
    for fact in lab.facts[node] {
      guard case .readReady(let id, let index) = fact,
        let place = openReads.firstIndex(where: { $0.id == id })
      else { continue }
      let read = openReads.remove(at: place)
      if index < read.floor {
        staleRead = "read \(id) at \(index) after \(read.floor) was committed"
      }
    }
    lab.forgetFacts()
  }

  /// Ends all faults: everybody runs, nothing is lost, time passes, a last command is proposed.
  mutating func heal() {
    for node in lab.nodes.indices where lab.nodes[node] == nil { lab.restart(node) }
    lab.run(for: .seconds(12))
    lab.propose(-1)
    lab.run(for: .seconds(3))
  }

  /// Why the healed cluster cannot be said to live, or nil.
  var failureToLive: String? {
    if let violation = lab.violation { return violation.description }
    if let staleRead { return staleRead }
    // Without pre-vote and check-quorum a server that was removed and does not know it may disturb
    // the others for ever (thesis, section 4.2.3).
    if hasChangedMembers && !(lab.options.preVote && lab.options.checkQuorum) { return nil }
    guard let leader = lab.leader, let members = lab.nodes[leader]?.log.membership else {
      return "no leader"
    }
    for member in members.all where lab.applied[member.index] != lab.applied[leader] {
      return "\(member) has applied \(lab.applied[member.index]), the leader \(lab.applied[leader])"
    }
    return lab.applied[leader].last == -1 ? nil : "the last command was not applied"
  }
}
