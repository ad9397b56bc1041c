/// What a command has to say, as a value: it is laid out only where it is shown.
///
/// Commands, benches and exports make documents; `PlainRenderer`, `AnsiRenderer`,
/// `MarkdownRenderer` and `HTMLRenderer` turn them into text. A document never knows a width, a
/// colour or a terminal.
public struct Document: Sendable, Equatable {
  /// The blocks, from top to bottom.
  public var blocks: [Block]

  /// A document of `blocks`.
  public init(_ blocks: [Block] = []) { self.blocks = blocks }

  /// Adds `block` at the end.
  public mutating func add(_ block: Block) { blocks.append(block) }

  /// Adds a paragraph at the end.
  public mutating func add(_ text: Text) { blocks.append(.paragraph(text)) }

  /// One document after the other.
  public static func + (first: Document, second: Document) -> Document {
    Document(first.blocks + second.blocks)
  }
}

/// A part of a document that stands on lines of its own.
public indirect enum Block: Sendable, Equatable {
  /// A heading; level 1 is the title of the screen.
  case heading(Int, Text)
  /// Prose that is wrapped to the width.
  case paragraph(Text)
  /// Lines that are shown as they are, never wrapped; `language` is for renderers that care.
  case code(String, language: String?)
  /// Items, each of blocks; numbered when `isOrdered`.
  case list([[Block]], isOrdered: Bool)
  /// Blocks set apart, with a word that says what they are.
  case aside(Aside, [Block])
  /// Rows and columns.
  case table(Table)
  /// Labelled horizontal bars.
  case bars(BarChart)
  /// Figures over time.
  case chart(TimeChart)
  /// Who did what when.
  case diagram(Diagram)
  /// What happened, each with its time and part.
  case timeline([Moment])
  /// What can be typed next, shown as the last line of a screen.
  case actions([Action])
  /// A thin line between parts.
  case rule

  /// A paragraph without emphasis.
  public static func text(_ text: String) -> Block { .paragraph(Text(text)) }
}

/// What kind of aside a block is.
public enum Aside: String, Sendable, Hashable, CaseIterable {
  /// A remark beside the main text.
  case note
  /// A hint of a ladder.
  case hint
  /// Something to answer.
  case question
  /// Items to put in order.
  case order = "put in order"
  /// A figure to predict.
  case predict
  /// A state to bring about.
  case goal = "do"
  /// A drill to run.
  case drill
  /// Something to write down.
  case write
  /// Something that went right.
  case success
  /// Something that went wrong, or that needs care.
  case warning
  /// Sources.
  case source
}

/// Something the learner can type next, with what it does.
public struct Action: Sendable, Hashable {
  /// What to type.
  public let command: String
  /// What happens then.
  public let effect: String

  /// An action.
  public init(_ command: String, _ effect: String = "") {
    self.command = command
    self.effect = effect
  }
}

/// One line of a timeline: when, which part, what.
public struct Moment: Sendable, Hashable {
  /// When, as text (`31.9 s`).
  public let time: String
  /// The part it happened to.
  public let part: String
  /// What happened.
  public let text: Text
  /// How it bears on things: good, bad, or neither.
  public let tone: Tone?

  /// A moment.
  public init(time: String, part: String, text: Text, tone: Tone? = nil) {
    self.time = time
    self.part = part
    self.text = text
    self.tone = tone
  }
}
