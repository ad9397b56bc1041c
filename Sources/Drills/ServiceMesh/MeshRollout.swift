import Kernel
import Patterns

/// A part of the configuration on its way to a sidecar.
struct MeshPush: Sendable {
  let proxy: Int
  let part: MeshPart
  let version: Int
}

/// A certificate on its way to a sidecar.
struct MeshIssue: Sendable {
  let node: Int
  let certificate: WorkloadCertificate
}

/// What operators change while the mesh runs, step by step.
struct MeshRollout: Sendable {
  enum Action: Sendable {
    case push(MeshPart, to: [Int]?)
    case sign(withRoot: Int)
  }

  struct Step: Sendable {
    let at: TimeSpan
    let action: Action
    let story: String
  }

  private(set) var changes: [Step] = []
  let isStaged: Bool
  /// Steps that came while the control plane was down.
  var missed: [Int] = []
  /// When the present change was handed to the control plane; nil when everybody has it.
  var pendingSince: Instant?
  /// Whether the canary was taken out again.
  var isCanaryOut = false
  /// What every proxy had before, to go back to, and where it was pushed.
  private(set) var undo: [(part: MeshPart, to: [Int]?)] = []
  /// What the other zones get when the first has done well.
  private(set) var rest: [(part: MeshPart, to: [Int]?)] = []

  init(_ settings: MeshSettings, _ plan: [MeshNode.Plan]) {
    isStaged = settings.isStaged && settings.change != .none && settings.change != .rotateRoot
    let fronts = plan.indices.filter { plan[$0].service == 1 }
    let stocks = plan.indices.filter { plan[$0].service == 3 }
    let at = settings.changeAt
    let gap = isStaged ? TimeSpan.zero : settings.changeGap
    switch settings.change {
    case .none: break
    case .strict:
      add(.peers(.strict), nil, at, "strict mutual TLS", plan)
      undo = [(.peers(settings.design.mode), nil)]
    case .authz:
      let policy = AuthorizationPolicy(allowed: settings.allowed)
      add(.authorization(policy), stocks, at, "a policy for stock", plan)
      undo = [(.authorization(AuthorizationPolicy()), stocks)]
    case .typo:
      add(.routes(MeshRoutes([.init(9, 1_000)])), fronts, at, "routes to subset v9", plan)
      undo = [(.routes(MeshRoutes([.init(1, 1_000)])), fronts)]
    case .canary:
      let clusters = (MeshPart.clusters([1, 2]), "the cluster of v2")
      let routes = (MeshPart.routes(Self.canaryRoutes(settings)), "routes to v2")
      let order = settings.isRoutesFirst ? [routes, clusters] : [clusters, routes]
      add(order[0].0, fronts, at, order[0].1, plan)
      add(order[1].0, fronts, at + gap, order[1].1, plan)
      undo = [(.routes(MeshRoutes([.init(1, 1_000)])), fronts)]
    case .rotateRoot:
      add(.trust([1, 2]), nil, at, "root 2 is trusted besides root 1", plan)
      let signed = at + settings.rootOverlap
      changes.append(
        Step(at: signed, action: .sign(withRoot: 2), story: "certificates are signed with root 2"))
      add(.trust([2]), nil, signed + settings.rootKeep, "root 1 is trusted no more", plan)
    }
  }

  private mutating func add(
    _ part: MeshPart, _ scope: [Int]?, _ at: TimeSpan, _ story: String, _ plan: [MeshNode.Plan]
  ) {
    guard isStaged else {
      changes.append(Step(at: at, action: .push(part, to: scope), story: story))
      return
    }
    let all = scope ?? Array(plan.indices)
    let first = all.filter { plan[$0].zone == 0 }
    changes.append(
      Step(at: at, action: .push(part, to: first), story: story + ", in zone a first"))
    rest.append((part, all.filter { plan[$0].zone != 0 }))
  }

  private static func canaryRoutes(_ settings: MeshSettings) -> MeshRoutes {
    let weight = Int((settings.canaryWeight * 1_000).rounded())
    guard settings.mirrorShare > 0 else {
      return MeshRoutes([.init(1, 1_000 - weight), .init(2, weight)])
    }
    return MeshRoutes([.init(1, 1_000)], mirror: 2, mirrorShare: settings.mirrorShare)
  }
}
