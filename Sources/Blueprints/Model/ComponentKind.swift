import Kernel

/// A kind of component: how it behaves in the simulation, and what its usual figures are.
///
/// Thirty and more kinds come down to a few mechanisms (`role`); a kind is a mechanism with a name
/// that architects use and with defaults that fit it. Every default can be changed in the text.
public struct ComponentKind: Sendable, Equatable {
  /// The mechanism behind a kind.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Brings load: open arrivals, whether or not answers come back.
    case source
    /// Works on calls with a bounded number of places, then calls others.
    case server
    /// Looks keys up; what is missing comes from behind it or from its caller.
    case cache
    /// Keeps shards with replicas; writes go to the primary.
    case store
    /// Takes work and acknowledges it; workers fetch it later.
    case queue
    /// Fetches work from a queue.
    case worker
  }

  /// The word of the text, as in `api-gateway`.
  public let name: String
  /// The mechanism.
  public let role: Role
  /// What it stands for, as one sentence.
  public let summary: String
  /// Whether it keeps data that must not be lost with an instance.
  public let isStateful: Bool
  private let change: @Sendable (inout Component) -> Void

  init(
    _ name: String, _ role: Role, stateful: Bool = false, _ summary: String,
    _ change: @escaping @Sendable (inout Component) -> Void = { _ in }
  ) {
    self.name = name
    self.role = role
    self.summary = summary
    isStateful = stateful
    self.change = change
  }

  /// Gives `component` the usual figures of its kind.
  func defaults(_ component: inout Component) {
    switch role {
    case .source: component.load = Load()
    case .cache:
      component.cache = CacheDesign()
      component.isHeld = true
      component.work = .constant(.microseconds(200))
    case .store: component.store = StoreDesign()
    case .queue:
      component.concurrency = 1_000
      component.queue = 100_000
      component.work = .constant(.microseconds(500))
    case .server, .worker: break
    }
    change(&component)
  }

  /// Kinds are the same when their names are.
  public static func == (left: ComponentKind, right: ComponentKind) -> Bool {
    left.name == right.name
  }

  /// The kind called `name`.
  public static func named(_ name: String) throws(Diagnostic) -> ComponentKind {
    guard let kind = all.first(where: { $0.name == name }) else {
      throw .unknown("kind of component", name, known: all.map(\.name))
    }
    return kind
  }

  /// Every kind, in the order of a request's way.
  public static let all = sources + edges + services + data + messaging + outside
}
