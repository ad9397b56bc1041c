/// Which messages a subscription takes.
///
/// Every name it mentions must be an attribute of the message, and one of the conditions under that
/// name must fit. Other attributes are ignored.
///
/// Source: Amazon SNS developer guide, github.com/awsdocs/amazon-sns-developer-guide doc_source:
/// and-or-logic.md, attribute-key-matching.md, and sns-subscription-filter-policies.
public struct SNSFilterPolicy: Sendable, Hashable {
  /// One condition on the value of an attribute.
  public enum Condition: Sendable, Hashable {
    /// The text is this one.
    case equals(String)
    /// The text begins with this.
    case prefix(String)
    /// The text is none of these.
    case anythingBut([String])
    /// The number is this one.
    case number(Double)
    /// The number is in a range; nil ends are open.
    case numeric(above: Double?, upTo: Double?)
    /// The attribute is there (true) or is missing (false).
    case exists(Bool)
  }

  /// The conditions under one attribute name.
  public struct Rule: Sendable, Hashable {
    /// The name of the attribute.
    public let name: String
    /// The conditions, one of which must fit.
    public let conditions: [Condition]

    /// A rule.
    public init(_ name: String, _ conditions: [Condition]) {
      self.name = name
      self.conditions = conditions
    }
  }

  /// The rules, all of which must hold.
  public let rules: [Rule]

  /// A policy of `rules`.
  public init(_ rules: [Rule]) { self.rules = rules }

  /// Whether the subscription takes a message with these attributes.
  public func accepts(_ attributes: [String: SNSAttribute]) -> Bool {
    rules.allSatisfy { rule in
      rule.conditions.contains { $0.fits(attributes[rule.name]) }
    }
  }
}

extension SNSFilterPolicy.Condition {
  /// Whether the condition fits `attribute`; nil is an attribute that the message does not have.
  public func fits(_ attribute: SNSAttribute?) -> Bool {
    if case .exists(let isWanted) = self { return (attribute != nil) == isWanted }
    switch attribute {
    case nil: return false
    case .text(let text)?: return fits(text)
    case .list(let list)?: return list.contains { fits($0) }
    case .number(let number)?: return fits(number)
    }
  }

  private func fits(_ text: String) -> Bool {
    switch self {
    case .equals(let other): text == other
    case .prefix(let start): text.hasPrefix(start)
    case .anythingBut(let others): !others.contains(text)
    case .number, .numeric, .exists: false
    }
  }

  private func fits(_ number: Double) -> Bool {
    switch self {
    case .number(let other): number == other
    case .numeric(let above, let upTo):
      (above.map { number > $0 } ?? true) && (upTo.map { number <= $0 } ?? true)
    case .equals, .prefix, .anythingBut, .exists: false
    }
  }
}
