import Kernel
import Simulation

/// Faults of every kind at random, for properties over plans.
struct RandomFaults {
  /// How many nodes the faults speak of.
  static let count = 6

  /// A fault at any time, in any unit.
  static func fault(_ random: inout RandomStream, roster: Roster) -> TimedFault {
    let verb = FaultVerb.allCases[random.below(FaultVerb.allCases.count)]
    let duration: TimeSpan? = verb.lasts && random.chance(0.5) ? span(&random, from: 1) : nil
    return TimedFault(
      at: .zero + span(&random, from: 0), fault(verb, &random), for: duration)
  }

  static func fault(_ verb: FaultVerb, _ random: inout RandomStream) -> Fault {
    let share = Double(random.below(1_000_001)) / 1e6
    let factor = 1 + Double(random.below(8_000)) / 1_000
    let node = NodeID(random.below(count))
    let step = span(&random, from: -1_000_000_000_000)
    switch verb {
    case .crash: return .crash(node)
    case .restart: return .restart(node)
    case .pause: return .pause(node)
    case .resume: return .resume(node)
    case .slow:
      if random.chance(0.5) { return .slow(node, by: factor) }
      var sides = sides(&random)
      return .slowLink(.oneWay(from: sides.removeLast(), to: sides[0]), by: factor)
    case .partition:
      let sides = sides(&random)
      return random.chance(0.5) ? .partition(sides) : .block(from: sides[0], to: sides[1])
    case .drop: return .drop(share, scope(&random))
    case .delay: return .delay(span(&random, from: 0), scope(&random))
    case .duplicate: return .duplicate(share, scope(&random))
    case .reorder: return .reorder(span(&random, from: 0), scope(&random))
    case .skew: return .skew(node, by: step)
    case .jump: return .jump(node, by: step)
    case .drift: return .drift(node, rate: factor)
    case .fill: return .fill(node)
    case .lose: return .lose(node)
    case .load: return .load(factor)
    case .errors: return .errors(node, share)
    case .heal: return .heal
    }
  }

  static func scope(_ random: inout RandomStream) -> LinkScope {
    let sides = sides(&random)
    switch random.below(3) {
    case 0: return .everywhere
    case 1: return .oneWay(from: sides[0], to: sides[1])
    default: return .bothWays(sides[0], sides[1])
    }
  }

  static func sides(_ random: inout RandomStream) -> [[NodeID]] {
    var nodes = (0..<count).map(NodeID.init)
    random.shuffle(&nodes)
    return [Array(nodes[0..<2]), Array(nodes[2..<3 + random.below(3)])]
  }

  static func span(_ random: inout RandomStream, from least: Int64) -> TimeSpan {
    let scale: Int64 = [1, 1_000, 1_000_000, 500_000_000][random.below(4)]
    let count = Int64(random.below(1_000_000))
    return TimeSpan(
      nanoseconds: max(least, least + (least < 0 ? count * 2_000_000 : count * scale)))
  }
}
