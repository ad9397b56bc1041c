import Blueprints
import Kernel

/// Reads a design's YAML; every complaint names file, line, column and what would do.
struct BlueprintReader {
  /// Works out a formula over the case's estimate.
  let figure: (String) throws(Diagnostic) -> Double

  /// The design in `text`.
  static func read(
    _ text: String, file: String, id: String,
    figure: @escaping (String) throws(Diagnostic) -> Double
  ) throws(Diagnostic) -> DesignFile {
    try BlueprintReader(figure: figure).read(text, file: file, id: id)
  }

  private static let keys = [
    "title", "cells", "duration", "warm_up", "regions", "latency", "components", "calls",
    "objectives", "fails", "leaves_out",
  ]

  private func read(_ text: String, file: String, id: String) throws(Diagnostic) -> DesignFile {
    let map = try YAMLField.parse(text, file: file).map(known: Self.keys)
    var design = Blueprint(id: id, title: try map.words("title"))
    if let cells = map.optional("cells") {
      design.cells = try number(cells, in: 1...1e9, .count)
    }
    if let field = map.optional("duration") {
      design.duration = try span(field, in: .seconds(1) ... .hours(24))
    }
    if let field = map.optional("warm_up") {
      design.warmUp = try span(field, in: .zero ... .hours(24))
    }
    design.zones = try zones(map.optional("regions"))
    if let field = map.optional("latency") { design.latencies = try latencies(field) }
    let components = try map.required("components").anyMap()
    for entry in components.entries {
      design.components.append(try component(entry, zones: design.zones))
    }
    try resolve(components, in: &design)
    for item in try map.optional("calls")?.list() ?? [] {
      design.calls.append(try call(item, in: design))
    }
    design.objectives = try map.strings("objectives")
    design.leavesOut = try map.strings("leaves_out")
    let read = DesignFile(design: design, fails: try map.strings("fails"), file: file)
    try placed(map.field) { () throws(Diagnostic) in try design.validate() }
    if !read.design.objectives.isEmpty || !read.fails.isEmpty {
      try placed(map.optional("objectives") ?? map.field) { () throws(Diagnostic) in
        _ = try read.conditions()
      }
    }
    return read
  }

  private func zones(_ field: YAMLField?) throws(Diagnostic) -> [Zone] {
    guard let field else { return [Zone(region: "region", letter: "a")] }
    var zones: [Zone] = []
    for entry in try field.anyMap().entries {
      for letter in try entry.value.strings() {
        zones.append(Zone(region: entry.key, letter: letter))
      }
    }
    guard !zones.isEmpty else {
      throw field.complaint("A design stands in some zone.", expected: "us-east: [a, b, c]")
    }
    return zones
  }

  private func latencies(_ field: YAMLField) throws(Diagnostic) -> Latencies {
    var latencies = Latencies()
    for entry in try field.map(known: ["zone", "zones", "regions", "clients"]).entries {
      let value = try span(entry.value, in: .zero ... .seconds(10))
      switch entry.key {
      case "zone": latencies.withinZone = value
      case "zones": latencies.betweenZones = value
      case "regions": latencies.betweenRegions = value
      default: latencies.fromClients = value
      }
    }
    return latencies
  }

  /// Workers name the queue that they work on, wherever it stands in the text.
  private func resolve(_ components: YAMLMap, in design: inout Blueprint) throws(Diagnostic) {
    for (place, entry) in components.entries.enumerated() {
      guard let field = try entry.value.anyMap().optional("consumes") else { continue }
      design.components[place].consumes = try self.place(field, in: design)
    }
  }

  /// The component that a field names.
  func place(_ field: YAMLField, in design: Blueprint) throws(Diagnostic) -> Int {
    let name = try field.words()
    return try placed(field) { () throws(Diagnostic) in
      guard let place = design.component(name) else {
        throw Diagnostic.unknown("component", name, known: design.components.map(\.name))
      }
      return place
    }
  }

  /// A value for a knob of `kind`: as written, or worked out where it begins with `=`.
  func setting(_ field: YAMLField, _ name: String, _ kind: Knob.Kind) throws(Diagnostic) -> Setting
  {
    let text = try field.string()
    guard text.hasPrefix("=") else {
      return try placed(field) { () throws(Diagnostic) in
        try Self.knob(name, kind).setting(from: text)
      }
    }
    let value = try placed(field) { () throws(Diagnostic) in
      try figure(String(text.dropFirst()))
    }
    let setting: Setting
    switch kind {
    case .integer: setting = .integer(Int(value.rounded(.up)))
    case .number: setting = .number(value)
    case .span: setting = .span(TimeSpan(seconds: value))
    case .choice, .flag:
      throw field.complaint("'\(name)' takes no formula.", found: text)
    }
    let knob = Self.knob(name, kind)
    guard knob.fits(setting) else {
      throw field.complaint(
        "\(text.dropFirst()) comes to \(knob.text(setting)), which does not fit \(name).",
        found: knob.text(setting), expected: knob.expectation)
    }
    return setting
  }

  /// A knob only to read a value with: its own default is any value that fits.
  static func knob(_ name: String, _ kind: Knob.Kind) -> Knob {
    let standard: Setting
    switch kind {
    case .integer(let range): standard = .integer(range.lowerBound)
    case .number(let range, _): standard = .number(range.lowerBound)
    case .span(let range): standard = .span(range.lowerBound)
    case .choice(let words): standard = .word(words[0])
    case .flag: standard = .flag(false)
    }
    return Knob(name, kind, standard: standard, "read from text")
  }

  func number(
    _ field: YAMLField, in range: ClosedRange<Double>, _ unit: Unit
  ) throws(Diagnostic) -> Double {
    guard case .number(let value) = try setting(field, field.path, .number(range, unit)) else {
      return range.lowerBound
    }
    return value
  }

  func span(
    _ field: YAMLField, in range: ClosedRange<TimeSpan>
  ) throws(Diagnostic) -> TimeSpan {
    guard case .span(let value) = try setting(field, field.path, .span(range)) else {
      return range.lowerBound
    }
    return value
  }

  /// Runs `body`; a complaint that knows no file gets this field's place.
  func placed<Value>(
    _ field: YAMLField, _ body: () throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    do { return try body() } catch { throw error.file == nil ? field.placed(error) : error }
  }
}
