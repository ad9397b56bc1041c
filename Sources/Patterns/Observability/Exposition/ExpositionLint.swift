import Kernel

/// What `promtool check metrics` says of a text that a service exposes.
public struct ExpositionReport: Sendable, Hashable {
  /// 0 for a text without fault, 3 for one that can be read but breaks a convention, 1 for one
  /// that cannot be read.
  public let exit: Int
  /// The complaints.
  public let messages: [String]

  /// Reads and judges `text`.
  public init(checking text: String) {
    do {
      let families = try ExpositionParser.families(text)
      let problems = families.flatMap(ExpositionLint.problems)
      messages = problems.sorted { ($0.name, $0.text) < ($1.name, $1.text) }.map {
        "\($0.name) \($0.text)"
      }
      exit = messages.isEmpty ? 0 : 3
    } catch {
      messages = ["error while linting: \(error.message)"]
      exit = 1
    }
  }
}

/// The conventions for names of metrics and labels, as `promtool` knows them.
enum ExpositionLint {
  struct Problem: Sendable, Hashable {
    let name: String
    let text: String
  }

  static func problems(_ family: ExpositionFamily) -> [Problem] {
    let texts =
      helpProblems(family) + unitProblems(family.name) + counterProblems(family)
      + suffixProblems(family) + typeProblems(family.name) + styleProblems(family)
      + abbreviationProblems(family.name)
    return texts.map { Problem(name: family.name, text: $0) }
  }

  private static func helpProblems(_ family: ExpositionFamily) -> [String] {
    family.help == nil ? ["no help text"] : []
  }

  private static func unitProblems(_ name: String) -> [String] {
    for word in name.split(separator: "_", omittingEmptySubsequences: false) {
      for (unit, base) in units {
        guard word.hasSuffix(unit) else { continue }
        let prefix = word.dropLast(unit.count)
        guard prefix.isEmpty || prefixes.contains(String(prefix)) else { continue }
        return word == base
          ? [] : ["use base unit \(GoText.quoted(base)) instead of \(GoText.quoted(String(word)))"]
      }
    }
    return []
  }

  private static func counterProblems(_ family: ExpositionFamily) -> [String] {
    let hasTotal = family.name.hasSuffix("_total")
    if family.kind == .counter, !hasTotal {
      return ["counter metrics should have \"_total\" suffix"]
    }
    if family.kind != .untyped, family.kind != .counter, hasTotal {
      return ["non-counter metrics should not have \"_total\" suffix"]
    }
    return []
  }

  private static func suffixProblems(_ family: ExpositionFamily) -> [String] {
    guard family.kind != .untyped else { return [] }
    let isHistogram = family.kind == .histogram
    let isSummary = family.kind == .summary
    var problems: [String] = []
    if !isHistogram, family.name.hasSuffix("_bucket") {
      problems.append("non-histogram metrics should not have \"_bucket\" suffix")
    }
    for suffix in ["_count", "_sum"]
    where !isHistogram && !isSummary && family.name.hasSuffix(suffix) {
      problems.append(
        "non-histogram and non-summary metrics should not have \"\(suffix)\" suffix")
    }
    for name in family.labelNames {
      if !isHistogram, name == "le" {
        problems.append("non-histogram metrics should not have \"le\" label")
      }
      if !isSummary, name == "quantile" {
        problems.append("non-summary metrics should not have \"quantile\" label")
      }
    }
    return problems
  }

  private static func typeProblems(_ name: String) -> [String] {
    let lower = name.lowercased()
    return ExpositionFamily.Kind.allCases.map(\.rawValue).filter { kind in
      kind != "untyped" && (lower.contains("_\(kind)_") || lower.hasSuffix("_\(kind)"))
    }.map { "metric name should not include type '\($0)'" }
  }

  private static func styleProblems(_ family: ExpositionFamily) -> [String] {
    var problems: [String] = []
    if family.name.contains(":") { problems.append("metric names should not contain ':'") }
    if isCamelCase(family.name) {
      problems.append("metric names should be written in 'snake_case' not 'camelCase'")
    }
    for name in family.labelNames where isCamelCase(name) {
      problems.append("label names should be written in 'snake_case' not 'camelCase'")
    }
    return problems
  }

  private static func isCamelCase(_ name: String) -> Bool {
    zip(name.utf8, name.utf8.dropFirst()).contains {
      (0x61...0x7a).contains($0) && (0x41...0x5a).contains($1)
    }
  }

  private static func abbreviationProblems(_ name: String) -> [String] {
    let lower = name.lowercased()
    return abbreviations.filter { lower.contains("_\($0)_") || lower.hasSuffix("_\($0)") }.map {
      _ in "metric names should not contain abbreviated units"
    }
  }

  private static let units: [(String, String)] = [
    ("amperes", "amperes"), ("bytes", "bytes"), ("celsius", "celsius"), ("grams", "grams"),
    ("joules", "joules"), ("kelvin", "kelvin"), ("meters", "meters"), ("metres", "metres"),
    ("seconds", "seconds"), ("volts", "volts"), ("minutes", "seconds"), ("hours", "seconds"),
    ("days", "seconds"), ("weeks", "seconds"), ("kelvins", "kelvin"), ("fahrenheit", "celsius"),
    ("rankine", "celsius"), ("inches", "meters"), ("yards", "meters"), ("miles", "meters"),
    ("bits", "bytes"), ("calories", "joules"), ("pounds", "grams"), ("ounces", "grams"),
  ]

  private static let prefixes = [
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega",
    "mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi",
  ]

  private static let abbreviations = [
    "s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d",
  ]
}

extension ExpositionFamily {
  /// The names of the labels of every metric of the family, in the order of the text.
  ///
  /// A histogram or summary has one metric for each set of labels other than `le` and `quantile`.
  var labelNames: [String] {
    guard kind == .summary || kind == .histogram else { return samples.flatMap(\.labelNames) }
    var seen = Set<MetricLabels>()
    var names: [String] = []
    for sample in samples {
      let own = sample.labelNames.filter { !isReserved($0) }
      if seen.insert(sample.labels.keeping(own)).inserted { names += own }
    }
    return names
  }
}
