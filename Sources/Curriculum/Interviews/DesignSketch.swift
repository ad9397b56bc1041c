public import Blueprints
import Kernel

/// A design that grows line by line in its short form, and is a real design at every moment.
///
/// The load is on the table from the start: the sources of the case with what they ask for. A line
/// that is refused changes nothing.
public struct DesignSketch: Sendable {
  /// The design as it stands.
  public internal(set) var design: Blueprint
  /// The lines that made it, as typed.
  public private(set) var lines: [String] = []
  /// The zones or regions that a component was put in by name.
  private var zonesOf: [String: [String]] = [:]

  /// A table with nothing on it but the load of `reference`.
  public init(loadOf reference: Blueprint) {
    design = Blueprint(id: "interview/design", title: "the design of the interview")
    design.cells = reference.cells
    design.duration = reference.duration
    design.warmUp = reference.warmUp
    design.latencies = reference.latencies
    design.objectives = reference.objectives
    design.zones = ["a", "b", "c"].map { Zone(region: "home", letter: $0) }
    for source in reference.components where (source.load?.rate ?? 0) > 0 {
      var source = source
      source.zones = Array(design.zones.indices)
      design.components.append(source)
    }
  }

  /// A whole design that was read from a file.
  public init(whole design: Blueprint, text: String) {
    self.design = design
    lines = [text]
  }

  /// Whether something besides the load is on the table.
  public var isEmpty: Bool { design.components.allSatisfy { $0.load != nil } }

  /// The names of those who bring the load.
  public var sources: [String] { design.components.filter { $0.load != nil }.map(\.name) }

  /// Why the design cannot run yet; nil when it can.
  public var obstacle: String? {
    if isEmpty { return "Nothing is drawn besides the load." }
    for (place, component) in design.components.enumerated() where component.load != nil {
      if design.calls(from: place).isEmpty {
        return "\(component.name) calls nothing yet: '\(component.name) -> NAME'."
      }
    }
    do { try design.validate() } catch { return error.description }
    return nil
  }

  /// Whether a line could only be meant as one of a design.
  public func looksLikeDesign(_ line: String) -> Bool {
    let words = SketchWords.split(line)
    guard let first = words.first else { return false }
    if words.contains("->") {
      return words.count > 2 && words[1] == "->" || first.hasSuffix(":")
        || SketchWords.name(first).flatMap(design.component) != nil
    }
    if ["regions", "drop", "calls"].contains(first), words.count > 1 {
      var copy = self
      return (try? copy.add(line)) != nil
    }
    if first.hasSuffix(":"), words.count > 1, SketchWords.kind(words[1]) != nil { return true }
    var copy = self
    let isKnown =
      SketchWords.name(first).flatMap(design.component) != nil || SketchWords.kind(first) != nil
    return isKnown && (try? copy.add(line)) != nil
  }

  /// Takes a line of the short form and says what it came to.
  @discardableResult
  public mutating func add(_ line: String) throws(Diagnostic) -> [String] {
    var changed = self
    var words = SketchWords.split(line)
    let said: [String]
    switch words.first {
    case nil: throw Diagnostic("Nothing was typed.", expected: SketchHelp.example)
    case "regions": said = try changed.place(regions: Array(words.dropFirst()))
    case "drop": said = try changed.drop(Array(words.dropFirst()))
    case "calls" where words.count > 1 && words[1] != "->":
      words.removeFirst()
      said = try changed.guardAll(words)
    default: said = try changed.draw(words)
    }
    changed.lines.append(line)
    self = changed
    return said
  }

  // MARK: Regions

  private mutating func place(regions words: [String]) throws(Diagnostic) -> [String] {
    var zones: [Zone] = []
    var region = ""
    for word in words {
      if word.hasSuffix(":") {
        region = String(word.dropLast())
      } else if region.isEmpty {
        zones += ["a", "b", "c"].map { Zone(region: word, letter: $0) }
      } else {
        zones.append(Zone(region: region, letter: word))
      }
    }
    guard !zones.isEmpty, zones.allSatisfy({ SketchWords.name($0.region) != nil }) else {
      throw Diagnostic("Say which regions.", expected: "'regions us eu', or 'regions us: a b'")
    }
    design.zones = zones
    for place in design.components.indices {
      let names = zonesOf[design.components[place].name] ?? []
      let own = zones.indices.filter { names.contains(where: zones[$0].goesBy) }
      design.components[place].zones = own.isEmpty ? Array(zones.indices) : own
    }
    return ["zones \(zones.map(\.name).joined(separator: ", "))"]
  }

  // MARK: Taking away

  private mutating func drop(_ words: [String]) throws(Diagnostic) -> [String] {
    let names = words.filter { $0 != "->" }
    var places: [Int] = []
    for name in names { places.append(try known(name)) }
    if words.contains("->"), places.count == 2 {
      guard design.calls.contains(where: { $0.source == places[0] && $0.target == places[1] })
      else { throw Diagnostic("\(names[0]) does not call \(names[1]).", found: names[1]) }
      design.calls.removeAll { $0.source == places[0] && $0.target == places[1] }
      return ["gone: \(names[0]) -> \(names[1])"]
    }
    guard let place = places.first, places.count == 1, design.components[place].load == nil else {
      throw Diagnostic("Say what goes.", expected: "'drop NAME' or 'drop NAME -> NAME'")
    }
    design.components.remove(at: place)
    design.calls.removeAll { $0.source == place || $0.target == place }
    for number in design.calls.indices {
      if design.calls[number].source > place { design.calls[number].source -= 1 }
      if design.calls[number].target > place { design.calls[number].target -= 1 }
    }
    for number in design.components.indices {
      guard let queue = design.components[number].consumes else { continue }
      design.components[number].consumes = queue == place ? nil : queue > place ? queue - 1 : queue
    }
    return ["gone: \(names[0]) and its calls"]
  }

  private func known(_ name: String) throws(Diagnostic) -> Int {
    guard let place = SketchWords.name(name).flatMap(design.component) else {
      throw .unknown("component", name, known: design.components.map(\.name))
    }
    return place
  }

  /// Gives every call the same guards: `calls timeout 300ms`.
  private mutating func guardAll(_ words: [String]) throws(Diagnostic) -> [String] {
    guard !design.calls.isEmpty else {
      throw Diagnostic("There are no calls yet.", expected: SketchHelp.example)
    }
    for place in design.calls.indices {
      var items = SketchItems(words)
      while let word = items.next() {
        guard try change(call: place, word, &items) else { throw unknownOption(word) }
      }
    }
    return ["all \(design.calls.count) calls: \(words.joined(separator: " "))"]
  }
}

extension DesignSketch {
  /// Keeps where a component was put, for when the regions change.
  mutating func remember(_ names: [String], of component: String) { zonesOf[component] = names }
}

extension Zone {
  func goesBy(_ word: String) -> Bool { name == word || region == word }
}

/// What is said of the short form.
public enum SketchHelp {
  static let example = "a line such as 'gateway -> playback: service x9 @ 10ms'"
  /// The short form on one screen: lines with what they do.
  public static let lines: [(line: String, effect: String)] = [
    ("gateway: api-gateway x6", "a part: its kind and how many"),
    ("users -> gateway timeout 1s", "who calls whom, and the guards of the call"),
    ("gateway -> service x20 @ 5ms", "a new part on the way, and its time of work"),
    ("gateway -> playback for play, home", "a call that only some operations need"),
    ("playback -> cache -> store", "what the cache misses comes from behind it"),
    ("playback -> store after miss", "or the caller asks, when its cache had nothing"),
    ("playback -> rows fallback", "the caller can do without the answer"),
    ("store shards 6 x3 acks 2", "more about a part that is there"),
    ("calls timeout 300ms", "the same guard for every call"),
    ("regions us eu", "places, each with zones a, b and c"),
    ("origin: object-store x3 in us", "a part in some of them only"),
    ("encoder: encoder x4 from uploads", "workers, and the queue they work on"),
    ("drop rows", "a part goes, and its calls"),
  ]
}
