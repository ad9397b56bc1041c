import Blueprints
import Kernel

/// The words of a segment that are still to be read.
struct SketchItems {
  private var words: ArraySlice<String>

  init(_ words: [String]) { self.words = words[...] }

  mutating func next() -> String? { words.popFirst() }
  /// The next words as long as they fit.
  mutating func next(while fits: (String) -> Bool) -> [String] {
    var taken: [String] = []
    while let word = words.first, fits(word) {
      taken.append(word)
      words.removeFirst()
    }
    return taken
  }
}

extension DesignSketch {
  /// Draws a line of segments between arrows: `a: KIND x3 -> b @ 5ms timeout 1s -> c`.
  mutating func draw(_ words: [String]) throws(Diagnostic) -> [String] {
    let segments = words.split(separator: "->", omittingEmptySubsequences: false).map(Array.init)
    guard segments.allSatisfy({ !$0.isEmpty }) else {
      throw Diagnostic("An arrow needs a name on both sides.", expected: SketchHelp.example)
    }
    var said: [String] = []
    var callers: [Int] = []
    for (number, segment) in segments.enumerated() {
      let isFirst = number == 0
      let places = try components(segment[0], isFirst: isFirst && segments.count > 1)
      var items = SketchItems(Array(segment.dropFirst()))
      var guess = false
      if let named = try kind(segment, &items) {
        try recast(places[0].place, named)
      } else {
        guess = places[0].isGuess
      }
      let calls = isFirst ? [] : try self.calls(from: callers, to: places[0].place)
      try read(&items, of: places.map(\.place), calls: calls)
      if segment.count > 1 || places[0].isNew, design.components[places[0].place].load == nil {
        said.append(text(of: places[0].place, isGuess: guess))
      }
      for call in calls { said.append(text(ofCall: call)) }
      callers = places.map(\.place)
    }
    return said
  }

  /// The component that a word names, made when it is new; all sources for `clients`.
  private mutating func components(
    _ word: String, isFirst: Bool
  ) throws(Diagnostic) -> [(place: Int, isNew: Bool, isGuess: Bool)] {
    let plain = word.hasSuffix(":") ? String(word.dropLast()) : word
    guard let name = SketchWords.name(plain) else {
      throw Diagnostic(
        "'\(plain)' is no name for a part.", found: plain,
        expected: "letters, digits and '_', a letter first")
    }
    if let place = design.component(name) { return [(place, false, false)] }
    if isFirst, SketchWords.isEverybody(name) {
      return design.components.indices.filter { design.components[$0].load != nil }.map {
        ($0, false, false)
      }
    }
    guard let (kind, isGuess) = SketchWords.kind(ofName: name), kind.role != .source else {
      throw Diagnostic(
        "The load is there already: \(sources.joined(separator: ", ")).", found: plain,
        expected: "'\(sources.first ?? "users") -> NAME'")
    }
    var component = Component(name, kind)
    component.zones = Array(design.zones.indices)
    design.components.append(component)
    return [(design.components.count - 1, true, isGuess)]
  }

  /// The kind after `NAME:`; a wrong one is refused.
  private func kind(
    _ segment: [String], _ items: inout SketchItems
  ) throws(Diagnostic) -> ComponentKind? {
    guard segment[0].hasSuffix(":") else { return nil }
    guard let word = items.next() else {
      throw Diagnostic("'\(segment[0])' wants a kind after it.", expected: "a kind such as service")
    }
    guard let kind = SketchWords.kind(word), kind.role != .source else {
      throw .unknown("kind of component", word, known: ComponentKind.all.map(\.name))
    }
    return kind
  }

  /// Makes a component another kind, with that kind's usual figures.
  private mutating func recast(_ place: Int, _ kind: ComponentKind) throws(Diagnostic) {
    let old = design.components[place]
    guard old.load == nil else {
      throw Diagnostic("\(old.name) brings the load and stays what it is.", found: kind.name)
    }
    guard old.kind != kind else { return }
    var component = Component(old.name, kind)
    component.zones = old.zones
    if old.replicas > 1 { component.replicas = old.replicas }
    design.components[place] = component
  }

  /// The calls from each caller to a component, made where they are new.
  private mutating func calls(from callers: [Int], to target: Int) throws(Diagnostic) -> [Int] {
    var places: [Int] = []
    for source in callers {
      guard source != target else {
        throw Diagnostic("\(design.components[source].name) cannot call itself.")
      }
      if let known = design.calls.firstIndex(where: { $0.source == source && $0.target == target })
      {
        places.append(known)
        continue
      }
      var call = Call(from: source, to: target)
      call.step = (design.calls(from: source).map(\.call.step).max() ?? -1) + 1
      design.calls.append(call)
      places.append(design.calls.count - 1)
    }
    return places
  }

  /// Reads what is said of a component and of the calls to it.
  private mutating func read(
    _ items: inout SketchItems, of components: [Int], calls: [Int]
  ) throws(Diagnostic) {
    while let word = items.next() {
      var isKnown = false
      let rest = items
      for call in calls {
        items = rest
        isKnown = try change(call: call, word, &items) || isKnown
      }
      if isKnown { continue }
      for place in components {
        items = rest
        isKnown = try change(component: place, word, &items) || isKnown
      }
      guard isKnown else { throw unknownOption(word) }
    }
  }

  func unknownOption(_ word: String) -> Diagnostic {
    let known =
      CallOption.all.map(\.name) + ComponentOption.everything.map(\.name)
      + ["for", "after", "in", "from", "x3", "retries"]
    return .unknown("setting of a part or a call", word, known: known)
  }

  /// Changes a component by an item; false when the item is not about components.
  private mutating func change(
    component place: Int, _ word: String, _ items: inout SketchItems
  ) throws(Diagnostic) -> Bool {
    let component = design.components[place]
    if let count = SketchWords.count(word) {
      design.components[place] = try changed(component, "replicas", "\(count)")
      return true
    }
    switch word {
    case "@":
      let text = items.next() ?? ""
      let isPlain = TimeSpan(text: text) != nil
      design.components[place].work = try Distribution(
        text: isPlain ? "exponential(\(text))" : text)
    case "in":
      let names = items.next { word in design.zones.contains { $0.goesBy(word) } }
      let own = design.zones.indices.filter { names.contains(where: design.zones[$0].goesBy) }
      guard !own.isEmpty else {
        throw .unknown("zone", items.next() ?? "", known: design.zones.map(\.name) + design.regions)
      }
      design.components[place].zones = own
      remember(names, of: component.name)
    case "from", "consumes":
      let name = items.next() ?? ""
      guard let queue = SketchWords.name(name).flatMap(design.component) else {
        throw .unknown("component", name, known: design.components.map(\.name))
      }
      design.components[place].consumes = queue
    default:
      let options = ComponentOption.all(of: component.kind)
      guard let option = options.first(where: { $0.name == word }) else { return false }
      let text = option.kind == .flag ? items.flag() : items.next() ?? ""
      design.components[place] = try changed(component, word, text)
    }
    return true
  }

  private func changed(
    _ component: Component, _ name: String, _ text: String
  ) throws(Diagnostic) -> Component {
    let options = ComponentOption.all(of: component.kind)
    guard let option = options.first(where: { $0.name == name }) else {
      throw Diagnostic("\(component.name) has no '\(name)': it is a \(component.kind.name).")
    }
    var changed = component
    option.change(&changed, try BlueprintReader.knob(name, option.kind).setting(from: text))
    return changed
  }

  /// Changes a call by an item; false when the item is not about calls.
  mutating func change(
    call place: Int, _ word: String, _ items: inout SketchItems
  ) throws(Diagnostic) -> Bool {
    switch word {
    case "for":
      let known = design.components.flatMap { $0.load?.operations ?? [] }.map(\.name)
      let names = items.next { known.contains($0) }
      guard !names.isEmpty else { throw .unknown("operation", items.next() ?? "", known: known) }
      design.calls[place].operations = names
    case "after":
      guard items.next() == "miss" else {
        throw Diagnostic("A call can only come after a miss.", expected: "'after miss'")
      }
      design.calls[place].isAfterMiss = true
    default:
      let name = word == "retries" ? "attempts" : word
      guard let option = CallOption.all.first(where: { $0.name == name }) else { return false }
      var text = option.kind == .flag ? items.flag() : items.next() ?? ""
      if word == "retries", let count = Int(text) { text = "\(count + 1)" }
      option.change(
        &design.calls[place], try BlueprintReader.knob(name, option.kind).setting(from: text))
    }
    return true
  }

  // MARK: Telling

  private func text(of place: Int, isGuess: Bool) -> String {
    let component = design.components[place]
    let count =
      component.shards > 1
      ? "\(component.shards) shards x\(component.replicas)" : "x\(component.replicas)"
    let guess = isGuess ? " (by default; '\(component.name): KIND' says otherwise)" : ""
    return "\(component.name)  \(component.kind.name)\(guess) \(count), "
      + "\(component.concurrency) places, \(component.work)"
  }

  private func text(ofCall place: Int) -> String {
    let call = design.calls[place]
    let names = call.operations.joined(separator: ", ")
    var parts: [String] = names.isEmpty ? [] : ["for \(names)"]
    if call.isAfterMiss { parts.append("after a miss") }
    for option in CallOption.all where option.without != nil {
      let setting = option.value(call)
      guard setting != option.without, option.name != "jitter" else { continue }
      let value = BlueprintReader.knob(option.name, option.kind).text(setting)
      parts.append(setting == .flag(true) ? option.name : "\(option.name) \(value)")
    }
    if call.isAsync { parts.append("async") }
    let guards = parts.isEmpty ? "" : "  " + parts.joined(separator: ", ")
    return design.name(of: call).replacing("->", with: " -> ") + guards
  }
}

extension SketchItems {
  /// The value of a flag, which may be left out: `breaker`, `breaker off`.
  mutating func flag() -> String {
    next { ["on", "off", "yes", "no", "true", "false"].contains($0) }.first ?? "on"
  }
}
