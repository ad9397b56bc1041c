/// The values of a set of knobs: each knob has one, its default unless it was set.
public struct Settings: Sendable, Hashable {
  /// The knobs, in the order they are shown.
  public let knobs: [Knob]
  private var values: [Setting]

  /// All knobs at their defaults; the names must differ.
  public init(_ knobs: [Knob]) {
    self.knobs = knobs
    values = knobs.map(\.standard)
    precondition(Set(knobs.map(\.name)).count == knobs.count, "knob names must differ")
  }

  /// The value of the knob called `name`, which must exist.
  public subscript(name: String) -> Setting {
    guard let place = knobs.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("no knob called \(name)")
    }
    return values[place]
  }

  /// The knob called `name`.
  public func knob(_ name: String) throws(Diagnostic) -> Knob {
    guard let knob = knobs.first(where: { $0.name == name }) else {
      throw .unknown("knob", name, known: knobs.map(\.name))
    }
    return knob
  }

  /// Sets the knob called `name` from what somebody typed; nothing changes when it does not fit.
  public mutating func set(_ name: String, _ text: String) throws(Diagnostic) {
    let setting = try knob(name).setting(from: text)
    guard let place = knobs.firstIndex(where: { $0.name == name }) else { return }
    values[place] = setting
  }

  /// Takes over the values of the knobs that `other` has too and that fit.
  public mutating func adopt(_ other: Settings) {
    for (place, knob) in knobs.enumerated() {
      guard let theirs = other.all.first(where: { $0.knob.name == knob.name }),
        knob.fits(theirs.setting)
      else { continue }
      values[place] = theirs.setting
    }
  }

  /// The knobs that do not stand at their defaults, with their values as text, in order.
  public var changes: [(name: String, text: String)] {
    zip(knobs, values).filter { $0.0.standard != $0.1 }.map { ($0.0.name, $0.1.description) }
  }

  /// Every knob with its value.
  public var all: [(knob: Knob, setting: Setting)] { zip(knobs, values).map { ($0, $1) } }
}

extension Settings {
  /// The whole number that the knob `name` stands at.
  public func integer(_ name: String) -> Int {
    guard case .integer(let value) = self[name] else { preconditionFailure("\(name): no integer") }
    return value
  }

  /// The number that the knob `name` stands at, in the knob's unit.
  public func number(_ name: String) -> Double {
    guard case .number(let value) = self[name] else { preconditionFailure("\(name): no number") }
    return value
  }

  /// The span that the knob `name` stands at.
  public func span(_ name: String) -> TimeSpan {
    guard case .span(let value) = self[name] else { preconditionFailure("\(name): no span") }
    return value
  }

  /// The word that the knob `name` stands at.
  public func word(_ name: String) -> String {
    guard case .word(let value) = self[name] else { preconditionFailure("\(name): no word") }
    return value
  }

  /// Whether the knob `name` is on.
  public func flag(_ name: String) -> Bool {
    guard case .flag(let value) = self[name] else { preconditionFailure("\(name): no flag") }
    return value
  }
}
