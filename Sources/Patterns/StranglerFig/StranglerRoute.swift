import Kernel

/// One route of a facade that stands before an old system and a new one, on its way from the one to
/// the other.
///
///     legacy ──▶ shadow ──▶ canary ──▶ new
///        ◀──────────◀──────────◀──────── rollback, at every stage
///
/// In shadow the old system answers, and a copy of each read goes to the new one to be compared.
/// **A write is never copied**: it would have its effects twice. In canary a share is answered by
/// the new system.
///
/// Source: Microsoft, Strangler fig pattern,
/// https://learn.microsoft.com/en-us/azure/architecture/patterns/strangler-fig; for comparing,
/// github.com/github/scientist README.md @0171cdd57900.
public struct StranglerRoute: Sendable, Hashable {
  /// How far the route has come.
  public enum Stage: String, Sendable, Hashable, CaseIterable {
    /// The old system answers.
    case legacy
    /// The old system answers; copies of reads are compared.
    case shadow
    /// A share is answered by the new system.
    case canary
    /// The new system answers.
    case new
  }

  /// One of the two systems.
  public enum System: String, Sendable, Hashable, CaseIterable {
    /// The one that is to go.
    case legacy
    /// The one that is to stay.
    case new
  }

  /// What a canary's share is a share of.
  public enum Unit: String, Sendable, Hashable, CaseIterable {
    /// Users: one of them always meets the same system.
    case user
    /// Requests: one user meets now this system, now that.
    case request
  }

  /// How a route is set.
  public struct Options: Sendable, Hashable {
    /// The share of the canary, from 0 to 1.
    public var share: Double
    /// What it is a share of.
    public var unit: Unit
    /// The share of reads that is copied in shadow.
    public var mirrorShare: Double
    /// Whether writes are copied too, which is wrong unless their effects are cut off.
    public var mirrorsWrites: Bool
    /// A deliberate bug, for drills; nil for the right route.
    public var shortcut: StranglerShortcut?

    /// Options.
    public init(
      share: Double = 0.05, unit: Unit = .user, mirrorShare: Double = 1,
      mirrorsWrites: Bool = false, shortcut: StranglerShortcut? = nil
    ) {
      self.share = share
      self.unit = unit
      self.mirrorShare = mirrorShare
      self.mirrorsWrites = mirrorsWrites
      self.shortcut = shortcut
    }
  }

  /// Where a request goes.
  public struct Decision: Sendable, Hashable {
    /// Who answers it.
    public let system: System
    /// Whether the new system gets a copy, whose answer nobody sees.
    public let isMirrored: Bool
  }

  /// How the route is set.
  public var options: Options
  /// How far it has come.
  public private(set) var stage = Stage.legacy
  /// Answers that were compared, and those that differed.
  public private(set) var compared = 0
  /// Answers of the two systems that differed.
  public private(set) var differences = 0

  /// A route that the old system answers.
  public init(_ options: Options = Options()) { self.options = options }

  /// Moves the route to `stage`, forward or back.
  public mutating func move(to stage: Stage) { self.stage = stage }

  /// Where a request of `user` goes.
  public func route(
    user: Int, isWrite: Bool, random: inout RandomStream
  ) -> Decision {
    let draw = random.unit()
    switch stage {
    case .legacy: return Decision(system: .legacy, isMirrored: false)
    case .shadow:
      let isCopied = isWrite ? options.mirrorsWrites || options.shortcut == .mirrorsWrites : true
      return Decision(system: .legacy, isMirrored: isCopied && draw < options.mirrorShare)
    case .canary:
      let isUser = options.unit == .user && options.shortcut != .drawsAnew
      let place = isUser ? Self.place(of: user) : draw
      return Decision(system: place < options.share ? .new : .legacy, isMirrored: false)
    case .new: return Decision(system: .new, isMirrored: false)
    }
  }

  /// A user's place from 0 up to 1, the same at every request.
  public static func place(of user: Int) -> Double {
    var digest = Digest()
    digest.fold(UInt64(bitPattern: Int64(user)))
    return Double(digest.value >> 11) * 0x1p-53
  }

  /// Takes note of the answers of the two systems to one request.
  public mutating func compare(_ legacy: Int, _ new: Int) -> Bool {
    compared += 1
    let isEqual = legacy == new
    if !isEqual { differences += 1 }
    return isEqual
  }
}

/// A wrong way to build a facade or its synchronisation that seems to work.
public enum StranglerShortcut: String, Sendable, Hashable, CaseIterable {
  /// The facade copies every request in shadow, writes among them.
  case mirrorsWrites = "mirrors-writes"
  /// The canary draws anew for each request though it was told to go by user.
  case drawsAnew = "draws-anew"
  /// After the flip the synchronisation still runs from the old system to the new one.
  case keepsDirection = "keeps-direction"
}
