import Kernel

/// What one member tells others about a member.
public enum Rumor: Sendable, Hashable {
  /// The node lives in this incarnation.
  case alive(NodeID, incarnation: Int)
  /// Somebody got no answer from the node in this incarnation.
  case suspect(NodeID, incarnation: Int, by: NodeID)
  /// The node is dead, or, when it says so itself, has left.
  case dead(NodeID, incarnation: Int, by: NodeID)

  /// Whom it is about.
  public var subject: NodeID {
    switch self {
    case .alive(let node, _), .suspect(let node, _, _), .dead(let node, _, _): node
    }
  }
}

/// What travels between members; every datagram carries rumours along.
public enum GossipMessage: Sendable, Hashable {
  /// A datagram: its purpose and what it carries along.
  case datagram(Purpose, rumors: [Rumor])
  /// A member's whole list over a stream; the receiver answers with its own.
  case pushPull([GossipMember], isAnswer: Bool)
  /// The ping over a stream that goes out beside the indirect ones.
  case streamPing(Int)
  /// The answer to a ping over a stream.
  case streamAck(Int)

  /// What a datagram is for.
  public enum Purpose: Sendable, Hashable {
    /// Answer with an ack of this number.
    case ping(Int)
    /// Ping that node on my behalf and pass its ack on under this number.
    case pingRequest(Int, target: NodeID)
    /// The node asked for lives.
    case ack(Int)
    /// I could not reach the node you asked for, but I am here.
    case nack(Int)
    /// Nothing but rumours.
    case gossip
  }

  /// Whether it goes over a stream (TCP), which loses nothing while the nodes can reach each other.
  public var isStream: Bool {
    switch self {
    case .datagram: false
    case .pushPull, .streamPing, .streamAck: true
    }
  }
}

/// What a member believes of one node.
public struct GossipMember: Sendable, Hashable {
  /// The state of a node as its peers see it.
  public enum State: String, Sendable, Hashable {
    /// It answers.
    case alive
    /// It did not answer; it has time to speak up.
    case suspect
    /// It did not speak up.
    case dead
    /// It said good-bye.
    case left
  }

  /// The node.
  public let node: NodeID
  /// Its state.
  public var state: State
  /// The incarnation that the state is of.
  public var incarnation: Int
  /// When the state was taken on, by the believer's clock.
  public var since: Instant

  /// A belief.
  public init(_ node: NodeID, _ state: State, incarnation: Int, since: Instant) {
    self.node = node
    self.state = state
    self.incarnation = incarnation
    self.since = since
  }

  /// Whether the node still takes part.
  public var isActive: Bool { state == .alive || state == .suspect }
}
