import Blueprints
import Kernel

extension BlueprintReader {
  /// One component: its kind, where it stands, and the options of its kind.
  func component(_ entry: YAMLMap.Entry, zones: [Zone]) throws(Diagnostic) -> Component {
    try checkName(entry)
    let any = try entry.value.anyMap()
    let kindField = try any.required("kind")
    let kind = try placed(kindField) { () throws(Diagnostic) in
      try ComponentKind.named(kindField.words())
    }
    let options = ComponentOption.all(of: kind)
    var known = ["kind", "in"] + options.map(\.name)
    switch kind.role {
    case .source: known += ["operations", "curve"]
    case .worker: known += ["work", "consumes"]
    case .server, .cache, .store, .queue: known.append("work")
    }
    let map = try entry.value.map(known: known)
    var component = Component(entry.key, kind)
    component.zones = try places(map.optional("in"), zones)
    for field in map.entries {
      guard let option = options.first(where: { $0.name == field.key }) else { continue }
      option.change(&component, try setting(field.value, option.name, option.kind))
    }
    if let field = map.optional("work") {
      component.work = try placed(field) { () throws(Diagnostic) in
        try Distribution(text: field.words())
      }
    }
    if let field = map.optional("operations") {
      component.load?.operations = try operations(field)
    }
    if let field = map.optional("curve") { component.load?.curve = try curve(field) }
    return component
  }

  private func checkName(_ entry: YAMLMap.Entry) throws(Diagnostic) {
    let isFine = entry.key.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == 95
    }
    guard isFine, let first = entry.key.utf8.first, (97...122).contains(first) else {
      throw entry.keyField.complaint(
        "'\(entry.key)' is no name for a component.", found: entry.key,
        expected: "lower-case letters, digits and '_', a letter first")
    }
  }

  /// The zones over which instances are spread: all, those of some regions, or those named.
  private func places(_ field: YAMLField?, _ zones: [Zone]) throws(Diagnostic) -> [Int] {
    guard let field else { return Array(zones.indices) }
    let names: [YAMLField]
    if (try? field.list()) != nil { names = try field.list() } else { names = [field] }
    var places: [Int] = []
    for item in names {
      let name = try item.words()
      let found = zones.indices.filter { zones[$0].name == name || zones[$0].region == name }
      guard !found.isEmpty else {
        let known = zones.map(\.name) + Set(zones.map(\.region)).sorted()
        throw item.complaint(
          "There is no zone or region '\(name)'.", found: name,
          expected: Diagnostic.oneOf(known),
          suggestion: NearestWord.nearest(to: name, in: known))
      }
      places += found
    }
    return places
  }

  private func operations(_ field: YAMLField) throws(Diagnostic) -> [OperationShare] {
    var shares: [OperationShare] = []
    for entry in try field.anyMap().entries {
      shares.append(
        OperationShare(name: entry.key, share: try number(entry.value, in: 0...1, .fraction)))
    }
    return shares
  }

  private func curve(_ field: YAMLField) throws(Diagnostic) -> LoadCurve {
    var points: [LoadCurve.Point] = []
    for entry in try field.anyMap().entries {
      guard let at = TimeSpan(text: entry.key) else {
        throw entry.keyField.complaint(
          "A corner of a curve begins with its time.", found: entry.key, expected: "30s: 2")
      }
      let factor = try number(entry.value, in: 0...1_000, .ratio)
      points.append(LoadCurve.Point(at: .zero + at, factor: factor))
      if points.count > 1, points[points.count - 2].at >= .zero + at {
        throw entry.keyField.complaint(
          "The corners of a curve stand in the order of time.", found: entry.key)
      }
    }
    return LoadCurve(points)
  }

  /// One call: `a -> b: { timeout: 200ms }`, or `a -> b` alone.
  func call(_ item: YAMLField, in design: Blueprint) throws(Diagnostic) -> Call {
    if (try? item.string()) != nil {
      let ends = try self.ends(item, in: design)
      return plain(ends, in: design)
    }
    let entries = try item.anyMap().entries
    guard entries.count == 1 else {
      throw item.complaint("A call is one line.", expected: "'a -> b: { timeout: 200ms }'")
    }
    let entry = entries[0]
    var call = plain(try ends(entry.keyField, in: design), in: design)
    let known = ["for", "after"] + CallOption.all.map(\.name)
    for field in try entry.value.map(known: known).entries {
      switch field.key {
      case "for":
        call.operations =
          (try? field.value.list()) == nil ? [try field.value.words()] : try field.value.strings()
      case "after":
        guard try field.value.words() == "miss" else {
          throw field.value.complaint(
            "A call can only come after a miss.", found: try field.value.words(), expected: "miss")
        }
        call.isAfterMiss = true
      default:
        guard let option = CallOption.all.first(where: { $0.name == field.key }) else { continue }
        option.change(&call, try setting(field.value, option.name, option.kind))
      }
    }
    return call
  }

  /// Calls without a step of their own follow each other in the order of the text.
  private func plain(_ ends: (source: Int, target: Int), in design: Blueprint) -> Call {
    var call = Call(from: ends.source, to: ends.target)
    call.step = (design.calls(from: ends.source).map(\.call.step).max() ?? -1) + 1
    return call
  }

  private func ends(
    _ field: YAMLField, in design: Blueprint
  ) throws(Diagnostic) -> (source: Int, target: Int) {
    let text = try field.words()
    let sides = text.split(separator: " ").map(String.init)
    guard sides.count == 3, sides[1] == "->" else {
      throw field.complaint("'\(text)' is no call.", found: text, expected: "'gateway -> catalog'")
    }
    let known = design.components.map(\.name)
    for name in [sides[0], sides[2]] where design.component(name) == nil {
      throw field.complaint(
        "There is no component '\(name)'.", found: name,
        expected: Diagnostic.oneOf(known),
        suggestion: NearestWord.nearest(to: name, in: known))
    }
    return (design.component(sides[0]) ?? 0, design.component(sides[2]) ?? 0)
  }
}
