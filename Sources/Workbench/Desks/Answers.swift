import Curriculum
import Kernel
import Presentation

/// An answer to a choice: letters, judged option by option.
struct ChoiceAnswer {
  let isRight: Bool
  let document: Document

  init(_ text: String, options: [ChoiceOption]) throws(Diagnostic) {
    let letters = Self.letters(text)
    let known = Self.names(options.count)
    var chosen: [Int] = []
    for letter in letters {
      guard let place = known.firstIndex(of: letter) else {
        throw Diagnostic(
          "There is no option '\(letter)'.", found: letter,
          expected: Diagnostic.oneOf(known))
      }
      if !chosen.contains(place) { chosen.append(place) }
    }
    guard !chosen.isEmpty else {
      throw Diagnostic(
        "Say which option.", found: text, expected: "letters such as 'b', or 'a c' for two")
    }
    let right = options.indices.filter { options[$0].isRight }
    isRight = chosen.sorted() == right
    let rows = chosen.sorted().map { place -> [Text] in
      let mark: Mark = options[place].isRight ? .met : .missed
      return [Text([.mark(mark)]), .strong(known[place]), Inline.text(options[place].because)]
    }
    var document = Document([.table(Table([.init(""), .init(""), .init("")], rows))])
    if !isRight, chosen.allSatisfy({ options[$0].isRight }) {
      document.add(.text("Right so far, but \(right.count - chosen.count) more is right too."))
    }
    self.document = document
  }

  static func names(_ count: Int) -> [String] {
    Array(["a", "b", "c", "d", "e", "f"].prefix(count))
  }

  static func looksLikeOne(_ text: String, _ options: [ChoiceOption]) -> Bool {
    let letters = letters(text)
    return !letters.isEmpty && letters.allSatisfy { $0.count == 1 && $0 >= "a" && $0 <= "z" }
  }

  private static func letters(_ text: String) -> [String] {
    text.lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init)
  }
}

/// An answer to a question for a number.
struct NumberAnswer {
  let isRight: Bool
  let document: Document

  init(_ text: String, _ question: NumberQuestion) throws(Diagnostic) {
    let readings = Self.readings(of: text, question)
    guard let first = readings.first else {
      throw Diagnostic(
        "'\(text)' is no number in the unit that is asked for.", found: text,
        expected: "a number such as \(question.unit.examples)")
    }
    let right = readings.first { abs($0 - question.answer) <= question.tolerance }
    isRight = right != nil
    let value = right ?? first
    let said = question.unit.text(value)
    if isRight {
      document = Document([
        .paragraph(
          Text([.mark(.met), .plain(" \(question.unit.text(question.answer)); you said \(said).")]))
      ])
    } else {
      let direction = value < question.answer ? "too low" : "too high"
      document = Document([
        .paragraph(Text([.mark(.missed), .plain(" \(said) is \(direction).")]))
      ])
    }
  }
}

extension NumberAnswer {
  /// What `text` may mean: to "How many gigabytes?" a bare 125 is 125 GB.
  private static func readings(of text: String, _ question: NumberQuestion) -> [Double] {
    let isBare = text.allSatisfy { $0.isNumber || ".,_ ".contains($0) }
    let meant = isBare ? question.unit.value(from: "\(text) \(question.suffix)") : nil
    return [meant, question.unit.value(from: text)].compactMap { $0 }
  }
}

/// An answer to a question for an order: the numbers of the items as they were shown.
struct OrderAnswer {
  let isRight: Bool
  let document: Document

  init(_ text: String, items: [String], seed: String) throws(Diagnostic) {
    let shown = Self.shown(items, seed: seed)
    let numbers = text.split { $0 == "," || $0.isWhitespace }.map { Int($0) }
    let expected = "the numbers 1 to \(items.count) in your order, as in '2 1 3'"
    let places = numbers.compactMap { $0.flatMap { (1...items.count).contains($0) ? $0 - 1 : nil } }
    guard places.count == numbers.count, places.sorted() == Array(items.indices) else {
      throw Diagnostic("'\(text)' names not each item once.", found: text, expected: expected)
    }
    let order = places.map { shown[$0] }
    isRight = order == items
    let fitting = zip(order, items).count { $0 == $1 }
    let mark: Mark = isRight ? .met : .missed
    let said =
      isRight
      ? " \(items.joined(separator: ", "))"
      : " \(fitting) of \(items.count) stand where they belong."
    document = Document([.paragraph(Text([.mark(mark), .plain(said)]))])
  }

  /// The items as they are shown: shuffled, always in the same way, never in the right order.
  static func shown(_ items: [String], seed: String) -> [String] {
    var stream = RandomStream(seed: 1, name: "order/\(seed)")
    var shuffled = items
    repeat { stream.shuffle(&shuffled) } while shuffled == items
    return shuffled
  }
}

/// Markdown of one paragraph as running text.
enum Inline {
  static func text(_ markdown: String) -> Text {
    let blocks = MarkdownParser.document(markdown).blocks
    guard blocks.count == 1, case .paragraph(let text) = blocks[0] else { return Text(markdown) }
    return text
  }
}
