import Kernel

extension YAMLMap {
  /// The keys of sources under `key`, each of which must be among `sources`; none when it is missing.
  func cites(_ key: String, of sources: [Source]) throws(Diagnostic) -> [String] {
    guard let field = optional(key) else { return [] }
    var keys: [String] = []
    for item in try field.list() {
      let key = try item.words()
      guard sources.contains(where: { $0.key == key }) else {
        let known = sources.map(\.key)
        throw item.complaint(
          "There is no source with the key '\(key)' in the front matter.", found: key,
          expected: Diagnostic.oneOf(known),
          suggestion: NearestWord.nearest(to: key, in: known))
      }
      keys.append(key)
    }
    return keys
  }
}
