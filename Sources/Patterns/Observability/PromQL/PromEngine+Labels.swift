import Kernel

extension PromEngine {
  /// `label_replace` and `label_join`.
  func relabelled(
    _ function: PromFunction, _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    let samples = try vector(arguments[0], moment)
    let texts = arguments.dropFirst().map(\.writtenText)
    let target = texts[0]
    guard Self.isLabelName(target) else {
      throw Diagnostic("invalid destination label name in \(function.rawValue)(): \(target)")
    }
    var result: [PromSample] = []
    if function == .labelJoin {
      for source in texts.dropFirst(2) where !Self.isLabelName(source) {
        throw Diagnostic("invalid source label name in label_join(): \(source)")
      }
      for sample in samples {
        var changed = sample
        changed.labels[target] =
          texts.dropFirst(2).map { sample.labels[$0] }.joined(separator: texts[1])
        result.append(changed)
      }
    } else {
      guard let pattern = try? Regex(texts[3]) else {
        throw Diagnostic("invalid regular expression in label_replace(): \(texts[3])")
      }
      for sample in samples {
        var changed = sample
        if let match = (try? pattern.wholeMatch(in: sample.labels[texts[2]])) ?? nil {
          let groups = match.output.map { $0.substring.map(String.init) ?? "" }
          let names = match.output.map { $0.name ?? "" }
          changed.labels[target] = Self.expanded(texts[1], groups, names)
        }
        result.append(changed)
      }
    }
    return try distinct(result)
  }

  /// `template` with `$1`, `${1}` and `$name` filled in, as Go's regular expressions do.
  private static func expanded(
    _ template: String, _ groups: [String], _ names: [String]
  ) -> String {
    var text = ""
    var rest = Substring(template)
    while let next = rest.first {
      rest.removeFirst()
      guard next == "$", let following = rest.first else {
        text.append(next)
        continue
      }
      if following == "$" {
        rest.removeFirst()
        text.append("$")
        continue
      }
      var word: Substring
      if following == "{", let end = rest.firstIndex(of: "}") {
        word = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
      } else {
        word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.dropFirst(word.count)
      }
      if word.isEmpty {
        text.append("$")
      } else if let number = Int(word) {
        if groups.indices.contains(number) { text += groups[number] }
      } else if let number = names.firstIndex(of: String(word)) {
        text += groups[number]
      }
    }
    return text
  }
}
