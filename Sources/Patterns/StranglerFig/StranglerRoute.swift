import Kernel

/// One route of a facade that stands before an old system and a new one, on its way from the one to
/// the other.
///
///     legacy ──▶ shadow ──▶ canary ──▶ new ──▶ retired
///        ◀──────────◀──────────◀────────┘ rollback, until the old part is gone
///
/// In shadow the old system answers, and a copy of each read goes to the new one to be compared.
/// **A write is never copied**: it would have its effects twice. In canary a share is answered by
/// the new system. **A route whose old part is retired cannot go back.**
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
    /// The new system answers; the old part stands by.
    case new
    /// The new system answers; the old part is gone.
    case retired
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
    /// Whether the caller waits for the copy too, as it does when both run in one process.
    public var isInline: Bool
    /// Whether the old system is asked twice, so that noise is known.
    public var measuresNoise: Bool
    /// A deliberate bug, for drills; nil for the right route.
    public var shortcut: StranglerShortcut?

    /// Options.
    public init(
      share: Double = 0.05, unit: Unit = .user, mirrorShare: Double = 1,
      mirrorsWrites: Bool = false, isInline: Bool = false, measuresNoise: Bool = false,
      shortcut: StranglerShortcut? = nil
    ) {
      self.share = share
      self.unit = unit
      self.mirrorShare = mirrorShare
      self.mirrorsWrites = mirrorsWrites
      self.isInline = isInline
      self.measuresNoise = measuresNoise
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
  /// What the comparison has seen.
  public private(set) var comparison = AnswerComparison()

  /// A route that the old system answers.
  public init(_ options: Options = Options()) { self.options = options }

  /// Moves the route to `stage`, forward or back; false when the old part that it needs is gone, or
  /// when it would go before the new system answers everything.
  public mutating func move(to stage: Stage) -> Bool {
    if self.stage == .retired, stage != .retired, options.shortcut != .goesBackToNothing {
      return false
    }
    if stage == .retired, self.stage != .new { return self.stage == .retired }
    self.stage = stage
    return true
  }

  /// Begins the comparison anew, as after the new system was mended.
  public mutating func compareAnew() { comparison = AnswerComparison() }

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
    case .new, .retired: return Decision(system: .new, isMirrored: false)
    }
  }

  /// A user's place from 0 up to 1, the same at every request.
  public static func place(of user: Int) -> Double {
    var digest = Digest()
    digest.fold(UInt64(bitPattern: Int64(user)))
    return Double(digest.value >> 11) * 0x1p-53
  }

  /// Takes note of what the systems answered to one request, field by field.
  ///
  /// `again` is what the old one answered when it was asked a second time. True when the first two are
  /// alike.
  public mutating func compare(_ legacy: [Int], _ new: [Int], again: [Int]? = nil) -> Bool {
    comparison.take(legacy, new, again: options.measuresNoise ? again : nil)
  }
}

/// What a comparison has seen of the answers of two systems, field by field.
///
/// A field that the old system answers now so, now so differs from the new system's as well, and says
/// nothing of it. With the old system asked twice that noise is known: what differs about as often
/// between old and old as between old and new is no news.
///
/// **Differences that count never exceed differences seen.**
///
/// Source: opendiffy/diffy README.md @0848f9888f59: how often primary and secondary disagree against
/// how often primary and candidate do; github/scientist README.md @0171cdd57900, Noise and error rates.
public struct AnswerComparison: Sendable, Hashable {
  /// Answers that were compared.
  public private(set) var compared = 0
  /// Answers of which any field differed.
  public private(set) var differing = 0
  /// Differences of each field between old and new.
  public private(set) var fields: [Int] = []
  /// Differences of each field between old and old.
  public private(set) var noise: [Int] = []

  /// Nothing seen.
  public init() {}

  mutating func take(_ legacy: [Int], _ new: [Int], again: [Int]?) -> Bool {
    while fields.count < legacy.count {
      fields.append(0)
      noise.append(0)
    }
    compared += 1
    for place in legacy.indices where place >= new.count || legacy[place] != new[place] {
      fields[place] += 1
    }
    if let again {
      for place in legacy.indices where place >= again.count || legacy[place] != again[place] {
        noise[place] += 1
      }
    }
    let isEqual = legacy == new
    if !isEqual { differing += 1 }
    return isEqual
  }

  /// Differences that count: those of fields that differ more than twice as often from the new system
  /// as from themselves.
  public var differences: Int {
    zip(fields, noise).reduce(0) { $0 + ($1.0 > 2 * $1.1 ? $1.0 - $1.1 : 0) }
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
  /// The owner changes at once, while changes are still on their way.
  case flipsAtOnce = "flips-at-once"
  /// The facade writes into both systems itself, and trusts that both writes go well.
  case writesTwice = "writes-twice"
  /// A route goes back to a system whose part is gone.
  case goesBackToNothing = "goes-back-to-nothing"
}
