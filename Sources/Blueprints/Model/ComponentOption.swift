import Kernel
import Patterns

/// Something of a component that text and knobs can set: one table serves the reader of blueprints,
/// the knobs of drills and the help.
public struct ComponentOption: Sendable {
  /// The key in the text and the last part of the knob's name.
  public let name: String
  /// What it means, with its unit.
  public let summary: String
  /// The values it takes.
  public let kind: Knob.Kind
  /// The mechanisms that have it.
  public let roles: [ComponentKind.Role]
  /// Its value in a component.
  public let value: @Sendable (Component) -> Setting
  /// Gives it a value that fits its kind.
  public let change: @Sendable (inout Component, Setting) -> Void

  init(
    _ name: String, _ kind: Knob.Kind, _ roles: [ComponentKind.Role], _ summary: String,
    value: @escaping @Sendable (Component) -> Setting,
    change: @escaping @Sendable (inout Component, Setting) -> Void
  ) {
    self.name = name
    self.kind = kind
    self.roles = roles
    self.summary = summary
    self.value = value
    self.change = change
  }

  /// The options that components of a kind have.
  public static func all(of kind: ComponentKind) -> [ComponentOption] {
    everything.filter { $0.roles.contains(kind.role) }
  }

  /// Every option of every mechanism.
  public static let everything = all + cacheAndStore + scalingAndLimit + probing

  static let working: [ComponentKind.Role] = [.server, .cache, .store, .queue, .worker]

  static let all: [ComponentOption] = [
    ComponentOption(
      "rate", .number(0...10_000_000, .perSecond), [.source],
      "requests a second where the load curve is 1",
      value: { .number($0.load?.rate ?? 0) }, change: { $0.load?.rate = $1.number }),
    ComponentOption(
      "keys", .integer(0...10_000_000), [.source], "how many different keys are asked for",
      value: { .integer($0.load?.keys ?? 0) }, change: { $0.load?.keys = $1.integer }),
    ComponentOption(
      "skew", .number(0...3, .ratio), [.source], "how steep their popularity is: Zipf's exponent",
      value: { .number($0.load?.skew ?? 0) }, change: { $0.load?.skew = $1.number }),
    ComponentOption(
      "patience", .span(.zero ... .hours(1)), [.source],
      "how long a client waits before it leaves; 0 for ever",
      value: { .span($0.load?.patience ?? .zero) },
      change: { $0.load?.patience = $1.spanUnlessZero }),
    ComponentOption(
      "replicas", .integer(1...10_000), working, "instances (of each shard)",
      value: { .integer($0.replicas) }, change: { $0.replicas = $1.integer }),
    ComponentOption(
      "concurrency", .integer(1...1_000_000), working, "calls that one instance works on at once",
      value: { .integer($0.concurrency) }, change: { $0.concurrency = $1.integer }),
    ComponentOption(
      "queue", .integer(0...10_000_000), working,
      "calls that may wait at one instance; for a queue: messages it holds",
      value: { .integer($0.queue) }, change: { $0.queue = $1.integer }),
    ComponentOption(
      "discipline", .choice(QueueDiscipline.allCases.map(\.rawValue)), working,
      "who is served first, and who leaves a full line",
      value: { .word($0.discipline.rawValue) },
      change: { $0.discipline = QueueDiscipline(rawValue: $1.word) ?? .fifo }),
    ComponentOption(
      "holds", .flag, working, "whether a call keeps its place while others are called",
      value: { .flag($0.isHeld) }, change: { $0.isHeld = $1.flag }),
    ComponentOption(
      "errors", .number(0...1, .fraction), working, "the share of calls that fail of themselves",
      value: { .number($0.errors) }, change: { $0.errors = $1.number }),
    ComponentOption(
      "price", .number(0...1_000_000, .ratio), working, "dollars an hour for one instance",
      value: { .number($0.price) }, change: { $0.price = $1.number }),
    ComponentOption(
      "boot", .span(.zero ... .hours(2)), working, "the time until a new instance works",
      value: { .span($0.boot) }, change: { $0.boot = $1.span }),
    ComponentOption(
      "cold", .number(1...100, .ratio), working,
      "how many times slower a fresh instance works for its first minute",
      value: { .number($0.coldFactor) }, change: { $0.coldFactor = $1.number }),
  ]
}

extension Setting {
  var number: Double { if case .number(let value) = self { value } else { 0 } }
  var integer: Int { if case .integer(let value) = self { value } else { 0 } }
  var span: TimeSpan { if case .span(let value) = self { value } else { .zero } }
  var word: String { if case .word(let value) = self { value } else { "" } }
  var flag: Bool { if case .flag(let value) = self { value } else { false } }
  var spanUnlessZero: TimeSpan? { span == .zero ? nil : span }
}
