/// How words look on a terminal.
struct Ink: Equatable {
  /// Colours of the base palette that can be read on light and on dark backgrounds.
  enum Colour: Int, Equatable {
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case magenta = 35
    case cyan = 36
  }

  var isBold = false
  var isDim = false
  var isItalic = false
  var isUnderlined = false
  var colour: Colour?

  static let plain = Ink()
  static let bold = Ink(isBold: true)
  static let dim = Ink(isDim: true)

  /// The ink in bold.
  var bolder: Ink {
    var ink = self
    ink.isBold = true
    return ink
  }
}

/// Words in one ink; they hold no control characters.
struct Run: Equatable {
  var words: String
  var ink: Ink

  init(_ words: String, _ ink: Ink = .plain) {
    self.words = words
    self.ink = ink
  }
}

/// One line of a screen: runs from left to right, and the columns they take.
struct Line: Equatable {
  private(set) var runs: [Run] = []
  private(set) var width = 0

  init() {}

  init(_ words: String, _ ink: Ink = .plain) { append(Run(words, ink)) }

  init(_ runs: [Run]) { for run in runs { append(run) } }

  static func spaces(_ count: Int) -> Line { Line(String(repeating: " ", count: max(0, count))) }

  var isEmpty: Bool { runs.isEmpty }

  /// The words without their inks, without spaces at the end.
  var plain: String {
    var text = runs.map(\.words).joined()
    while text.last == " " { text.removeLast() }
    return text
  }

  mutating func append(_ run: Run) {
    guard !run.words.isEmpty else { return }
    width += DisplayWidth.of(run.words)
    if let last = runs.indices.last, runs[last].ink == run.ink {
      runs[last].words += run.words
    } else {
      runs.append(run)
    }
  }

  mutating func append(_ words: String, _ ink: Ink = .plain) { append(Run(words, ink)) }

  mutating func append(_ line: Line) { for run in line.runs { append(run) } }

  /// Adds spaces up to `column`.
  mutating func pad(to column: Int) {
    if width < column { append(String(repeating: " ", count: column - width)) }
  }

  static func + (first: Line, second: Line) -> Line {
    var line = first
    line.append(second)
    return line
  }
}

extension [Line] {
  /// The lines behind `first` and, from the second line on, `rest`.
  func hanging(first: Line, rest: Line) -> [Line] {
    enumerated().map { index, line in
      line.isEmpty && index > 0 ? line : (index == 0 ? first : rest) + line
    }
  }

  /// The lines, moved to the right; empty lines stay empty.
  func indented(_ columns: Int) -> [Line] {
    map { $0.isEmpty ? $0 : Line.spaces(columns) + $0 }
  }
}
