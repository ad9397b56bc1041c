/// One condition on a label: `code="500"`, `path!=""`, `job=~"api.*"`, `job!~"test|dev"`.
public struct LabelMatcher: Sendable, Hashable {
  /// How the value is compared.
  public enum Kind: String, Sendable, Hashable {
    /// The same value.
    case equal = "="
    /// Another value.
    case different = "!="
    /// A regular expression that fits the whole value.
    case fits = "=~"
    /// A regular expression that does not.
    case misfits = "!~"
  }

  /// The label's name.
  public let label: String
  /// How the value is compared.
  public let kind: Kind
  /// The value or the regular expression.
  public let value: String

  /// A condition on the label called `label`.
  public init(_ label: String, _ kind: Kind, _ value: String) {
    self.label = label
    self.kind = kind
    self.value = value
  }

  /// The condition with its expression read, which cannot be kept in a value that is sendable.
  var test: Test { Test(matcher: self, pattern: pattern) }

  private var pattern: Regex<AnyRegexOutput>? {
    kind == .fits || kind == .misfits ? try? Regex(value) : nil
  }

  /// Whether the regular expression, if there is one, can be read.
  var isReadable: Bool { kind == .equal || kind == .different || pattern != nil }

  /// Whether a series without the label would do.
  var fitsNothing: Bool { test.fits(MetricLabels()) }

  /// A condition that is ready to be applied many times.
  struct Test {
    let matcher: LabelMatcher
    let pattern: Regex<AnyRegexOutput>?

    func fits(_ labels: MetricLabels) -> Bool {
      let value = labels[matcher.label]
      return switch matcher.kind {
      case .equal: value == matcher.value
      case .different: value != matcher.value
      case .fits: isMatched(value)
      case .misfits: !isMatched(value)
      }
    }

    private func isMatched(_ value: String) -> Bool {
      guard let pattern else { return false }
      return ((try? pattern.wholeMatch(in: value)) ?? nil) != nil
    }
  }
}
