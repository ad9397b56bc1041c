import Estimation
import Kernel

/// Reads `lessons/estimates/constants.yaml`: numbers that estimates use by name, and price lists, each
/// with its source and date.
enum ConstantReader {
  static func read(_ text: String, file: String) throws(Diagnostic) -> EstimateReference.Content {
    let map = try YAMLField.parse(text, file: file).map(known: ["sources", "constants", "tariffs"])
    let sources = try self.sources(map)
    var taken: [String] = []
    var constants: [EstimateConstant] = []
    for item in try map.required("constants").list() {
      constants.append(try constant(item, sources, &taken))
    }
    var tariffs: [EstimateTariff] = []
    for item in try map.optional("tariffs")?.list() ?? [] {
      tariffs.append(try tariff(item, sources, &taken))
    }
    return EstimateReference.Content(
      constants: constants, tariffs: tariffs, sources: sources)
  }

  /// The one constant called `id`, read without the others where its lines can be told apart: a list
  /// item that begins with its id, and its source an item that begins with its key.
  ///
  /// Nil when it cannot be found like that; then the whole file has to be read.
  static func constant(
    _ id: String, in text: String, file: String
  ) throws(Diagnostic) -> EstimateConstant? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let place = lines.firstIndex(of: "  - id: \(id)") else { return nil }
    let item = self.item(at: place, lines)
    let label = "    source: "
    guard item.contains(where: { $0.hasPrefix("    kind:") }),
      let key = item.first(where: { $0.hasPrefix(label) })?.dropFirst(label.count),
      let home = lines.firstIndex(of: "  - key: \(key)")
    else { return nil }
    let source = "sources:\n" + self.item(at: home, lines).joined(separator: "\n")
    let sources = try self.sources(
      YAMLField.parse(source, file: file, lineOffset: home - 1).map(known: ["sources"]))
    let entry = try YAMLField.parse(item.joined(separator: "\n"), file: file, lineOffset: place)
    guard let field = try entry.list().first else { return nil }
    var taken: [String] = []
    return try constant(field, sources, &taken)
  }

  /// The lines of the list item that begins at `place`.
  private static func item(at place: Int, _ lines: [Substring]) -> ArraySlice<Substring> {
    let rest = lines[(place + 1)...].prefix { $0.hasPrefix("    ") }
    return lines[place..<(place + 1 + rest.count)]
  }

  private static func sources(_ map: YAMLMap) throws(Diagnostic) -> [EstimateSource] {
    var sources: [EstimateSource] = []
    for item in try map.required("sources").list() {
      let entry = try item.map(known: ["key", "title", "where", "date"])
      let key = try entry.words("key")
      guard !sources.contains(where: { $0.key == key }) else {
        throw item.complaint("The source key '\(key)' stands here twice.", found: key)
      }
      sources.append(
        EstimateSource(
          key: key, title: try entry.words("title"), address: try entry.words("where")))
    }
    return sources
  }

  private static func source(
    _ map: YAMLMap, _ sources: [EstimateSource]
  ) throws(Diagnostic) -> EstimateSource {
    let field = try map.required("source")
    let key = try field.words()
    guard let source = sources.first(where: { $0.key == key }) else {
      let known = sources.map(\.key)
      throw field.complaint(
        "There is no source with the key '\(key)' in this file.", found: key,
        suggestion: NearestWord.nearest(to: key, in: known))
    }
    return source
  }

  /// The id of an entry: a name of its own that no unit has.
  private static func id(_ map: YAMLMap, _ taken: inout [String]) throws(Diagnostic) -> String {
    let field = try map.required("id")
    let id = try field.words()
    guard id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }),
      id.first?.isLetter == true
    else {
      throw field.complaint(
        "'\(id)' is no name.", found: id, expected: "letters, digits and '_', a letter first")
    }
    guard UnitTable().unit(id) == nil else {
      throw field.complaint("'\(id)' is a unit, so no constant can be called that.", found: id)
    }
    guard !taken.contains(id) else {
      throw field.complaint("'\(id)' stands here twice.", found: id)
    }
    taken.append(id)
    return id
  }

  private static func constant(
    _ item: YAMLField, _ sources: [EstimateSource], _ taken: inout [String]
  ) throws(Diagnostic) -> EstimateConstant {
    let map = try item.map(
      known: ["id", "kind", "value", "label", "says", "source", "date", "ask"])
    let id = try id(map, &taken)
    let kindField = try map.required("kind")
    let word = try kindField.words()
    guard let kind = EstimateConstant.Kind(rawValue: word) else {
      let known = EstimateConstant.Kind.allCases.map(\.rawValue)
      throw kindField.complaint(
        "There is no kind of constant called '\(word)'.", found: word,
        expected: Diagnostic.oneOf(known),
        suggestion: NearestWord.nearest(to: word, in: known))
    }
    let source = try source(map, sources)
    return EstimateConstant(
      id: id, kind: kind, value: try map.words("value"), label: try map.words("label"),
      summary: try map.words("says"), source: source.title, address: source.address,
      date: try map.words("date"), question: try map.optionalWords("ask"))
  }

  private static func tariff(
    _ item: YAMLField, _ sources: [EstimateSource], _ taken: inout [String]
  ) throws(Diagnostic) -> EstimateTariff {
    let map = try item.map(known: ["id", "label", "says", "per", "tiers", "source", "date"])
    let id = try id(map, &taken)
    var tiers: [EstimateTariff.Tier] = []
    for field in try map.required("tiers").list() {
      let tier = try field.map(known: ["up_to", "price"])
      let priceField = try tier.required("price")
      let text = try priceField.words()
      guard let price = Double(text), price >= 0 else {
        throw priceField.complaint(
          "'\(text)' is no price.", found: text, expected: "dollars for each unit, such as 0.09")
      }
      tiers.append(EstimateTariff.Tier(upTo: try tier.optionalWords("up_to"), price: price))
    }
    let source = try source(map, sources)
    return EstimateTariff(
      id: id, summary: try map.words("says"), per: try map.words("per"), tiers: tiers,
      source: source.title, address: source.address, date: try map.words("date"))
  }
}
