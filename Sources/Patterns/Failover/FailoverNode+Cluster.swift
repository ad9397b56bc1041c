import Kernel

/// A member of a cluster with fencing.
extension FailoverNode {
  mutating func lookAtCluster(at now: Instant, _ outputs: inout [Output]) {
    guard case .cluster(var cluster) = role else { return }
    let silent = cluster.silence(at: now)
    let actions = cluster.look(at: now)
    role = .cluster(cluster)
    if actions.contains(where: { $0.isRecovery }) {
      outputs.append(.fact(.suspects(silent: silent)))
    }
    carryOut(actions, at: now, &outputs)
    for peer in options.peers {
      outputs.append(.send(.member(cluster.sign(at: now)), to: peer))
    }
    timers.set(.advert, at: now + cluster.options.token / 10)
  }

  mutating func hearCluster(
    _ message: FailoverMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard case .cluster(var cluster) = role else { return }
    var actions: [ClusterElection.Action] = []
    if case .member(let sign) = message { cluster.heard(sign, from: sender, at: now) }
    if case .activate(let token) = message { actions = cluster.ordered(token: token) }
    if case .deactivate = message { actions = cluster.stop("the coordinator says so") }
    role = .cluster(cluster)
    carryOut(actions, at: now, &outputs)
  }

  mutating func fenced(_ lost: NodeID) {
    guard case .cluster(var cluster) = role else { return }
    cluster.confirmed(lost)
    role = .cluster(cluster)
  }

  mutating func checked(_ isGood: Bool, at now: Instant, _ outputs: inout [Output]) {
    guard isGood else { return failed(.monitor, at: now, &outputs) }
    guard case .cluster(var cluster) = role else { return }
    cluster.succeeded()
    role = .cluster(cluster)
  }

  mutating func failed(
    _ operation: FailCount.Operation, at now: Instant, _ outputs: inout [Output]
  ) {
    guard case .cluster(var cluster) = role else { return }
    let actions = cluster.failed(operation, at: now)
    role = .cluster(cluster)
    carryOut(actions, at: now, &outputs)
  }

  mutating func carryOut(
    _ actions: [ClusterElection.Action], at now: Instant, _ outputs: inout [Output]
  ) {
    for action in actions {
      switch action {
      case .activate(let token): elected(token, at: now, &outputs)
      case .stop(let why): stop(why, &outputs)
      case .restart(let token, let failures):
        outputs.append(.fact(.restarts(failures: failures)))
        stop("it is started again in place, failure \(failures)", &outputs)
        elected(token, at: now, &outputs)
      case .fence(let node): outputs.append(.fence(node))
      case .tellActivate(let node, let token):
        outputs.append(.send(.activate(token: token), to: node))
      case .tellStop(let node): outputs.append(.send(.deactivate, to: node))
      }
    }
  }
}

extension ClusterElection.Action {
  /// Whether it is part of taking something over.
  fileprivate var isRecovery: Bool {
    switch self {
    case .activate, .fence, .tellActivate: true
    case .stop, .tellStop, .restart: false
    }
  }
}
