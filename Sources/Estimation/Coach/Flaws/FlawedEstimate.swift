import Kernel

/// A worked estimate with one wrong line, to be found.
public struct FlawedEstimate: Sendable, Hashable {
  /// The name as typed, in kebab case.
  public let id: String
  /// A heading.
  public let title: String
  /// What was estimated.
  public let story: String
  /// Where it was published; nil when the flaw was planted.
  public let source: Publication?
  /// Countables that the language does not know, as in `like` or `entry, entries`.
  public let units: [String]
  /// The estimate, line by line.
  public let lines: [Line]
  /// The name of the wrong line.
  public let flaw: String
  /// What its formula should have been, with the other lines as they stand.
  public let right: String
  /// What is wrong and how to notice it.
  public let why: String
  /// What helps somebody who is stuck.
  public let hints: [String]

  /// A worked estimate; `verify` tells whether it holds together.
  public init(
    id: String, title: String, story: String, source: Publication? = nil, units: [String] = [],
    lines: [Line], flaw: String, right: String, why: String, hints: [String] = []
  ) {
    self.id = id
    self.title = title
    self.story = story
    self.source = source
    self.units = units
    self.lines = lines
    self.flaw = flaw
    self.right = right
    self.why = why
    self.hints = hints
  }

  /// Where an estimate was published.
  public struct Publication: Sendable, Hashable {
    /// Its title.
    public let title: String
    /// An address.
    public let address: String
    /// When it was published or read.
    public let date: String

    /// A publication.
    public init(title: String, address: String, date: String) {
      self.title = title
      self.address = address
      self.date = date
    }
  }

  /// A line of the estimate.
  public struct Line: Sendable, Hashable {
    /// The name that later lines use.
    public let name: String
    /// How it was worked out, in the estimation language.
    public let formula: String
    /// What it was said to come to.
    public let value: String

    /// A line.
    public init(name: String, formula: String, value: String) {
      self.name = name
      self.formula = formula
      self.value = value
    }

    /// The line as it is shown: `name = formula = value`, without the value where the formula is
    /// the value.
    public var text: String {
      formula == value ? "\(name) = \(value)" : "\(name) = \(formula) = \(value)"
    }
  }

  /// The place of the line that somebody means by its name or by its number from 1.
  public func place(of answer: String) throws(Diagnostic) -> Int {
    let word = answer.filter { !$0.isWhitespace }
    if let place = lines.firstIndex(where: { $0.name == word }) { return place }
    if let number = Int(word), number > 0, number <= lines.count { return number - 1 }
    var complaint = Diagnostic.unknown("line", word, known: lines.map(\.name))
    complaint.expected = "a line's name, or its number from 1 to \(lines.count)"
    throw complaint
  }
}
