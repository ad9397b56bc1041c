import Kernel

extension Document {
  /// A complaint as it is shown: the sentence, the line with a mark below the part that is meant, the
  /// facts, and what to try.
  public init(_ complaint: Diagnostic) {
    guard let excerpt = complaint.excerpt else {
      self.init([.text(complaint.description)])
      return
    }
    var opening = complaint
    opening.details = []
    opening.advice = nil
    opening.expected = nil
    opening.suggestion = nil
    self.init([
      .text(opening.description), .code(Self.marked(excerpt), language: nil),
    ])
    if !complaint.details.isEmpty {
      add(.list(complaint.details.map { [.text($0)] }, isOrdered: false))
    }
    var advice: [String] = []
    if let expected = complaint.expected { advice.append("Expected \(expected).") }
    if let text = complaint.advice { advice.append(text) }
    if let suggestion = complaint.suggestion { advice.append("Did you mean '\(suggestion)'?") }
    if !advice.isEmpty { add(.text(advice.joined(separator: " "))) }
  }

  /// The line and, below it, a mark under each character of the part.
  private static func marked(_ excerpt: Diagnostic.Excerpt) -> String {
    let before = excerpt.line.prefix(max(0, excerpt.column - 1))
    let indent = String(
      repeating: " ", count: before.reduce(0) { $0 + max(1, DisplayWidth.of(String($1))) })
    return excerpt.line + "\n" + indent + String(repeating: "^", count: max(1, excerpt.length))
  }
}
