/// A drawing of who did what when: operations as spans, or messages between parts.
public enum Diagram: Sendable, Equatable {
  /// Operations of clients, each from its invocation to its response.
  case operations(OperationDiagram)
  /// Messages between parts, in order of arrival.
  case messages(MessageDiagram)

  /// The drawing at `width` columns.
  func lines(width: Int) -> [Line] {
    switch self {
    case .operations(let diagram): diagram.lines(width: width)
    case .messages(let diagram): diagram.lines(width: width)
    }
  }

  /// What the drawing shows, a sentence a row, for readers that take no drawing.
  var sentences: [String] {
    switch self {
    case .operations(let diagram): diagram.sentences
    case .messages(let diagram): diagram.sentences
    }
  }
}

/// Operations of clients as spans on one axis: which overlapped, which came after which.
///
/// The axis is the order of events, not a clock: what ends left of where another begins came before
/// it, and everything else was concurrent.
public struct OperationDiagram: Sendable, Equatable {
  /// One operation.
  public struct Row: Sendable, Equatable {
    /// Who did it, as in `process 3`.
    public let process: String
    /// What it did and what came out, as in `read 2`.
    public let action: String
    /// The place of its invocation in the order of events.
    public let start: Int
    /// The place of its response; nil while it is open, or when nobody knows its outcome.
    public let end: Int?
    /// A remark behind it, as in `cannot be`.
    public let remark: String
    /// How it bears on things.
    public let tone: Tone?

    /// A row; `start` comes before `end`.
    public init(
      process: String, action: String, start: Int, end: Int?, remark: String = "",
      tone: Tone? = nil
    ) {
      precondition(end ?? .max > start, "an operation ends after it begins")
      self.process = process
      self.action = action
      self.start = start
      self.end = end
      self.remark = remark
      self.tone = tone
    }
  }

  /// The operations, from top to bottom.
  public let rows: [Row]

  /// A diagram of `rows`.
  public init(_ rows: [Row]) { self.rows = rows }
}

/// Messages between parts, as in Lamport's space-time diagrams: a column a part, a row an arrival.
///
/// Source: Lamport, "Time, clocks, and the ordering of events in a distributed system" (1978).
public struct MessageDiagram: Sendable, Equatable {
  /// One row.
  public struct Row: Sendable, Equatable {
    /// What happened.
    public enum Event: Sendable, Equatable {
      /// A message went from one part to another; when it was sent, if that was earlier.
      case message(from: Int, to: Int, sent: String)
      /// A message was sent and never arrived.
      case lost(from: Int, to: Int)
      /// Something happened at a part.
      case local(at: Int)
    }

    /// When, as text.
    public let time: String
    /// What happened.
    public let event: Event
    /// What the message said, or what happened.
    public let label: String
    /// How it bears on things.
    public let tone: Tone?

    /// A row.
    public init(_ time: String, _ event: Event, _ label: String, tone: Tone? = nil) {
      self.time = time
      self.event = event
      self.label = label
      self.tone = tone
    }
  }

  /// The parts, from left to right.
  public let parts: [String]
  /// What happened, in order.
  public let rows: [Row]

  /// A diagram; rows name parts by their place.
  public init(parts: [String], _ rows: [Row]) {
    precondition(
      rows.allSatisfy { row in
        switch row.event {
        case .message(let from, let to, _), .lost(let from, let to):
          parts.indices.contains(from) && parts.indices.contains(to)
        case .local(let part): parts.indices.contains(part)
        }
      }, "a row names parts of the diagram")
    self.parts = parts
    self.rows = rows
  }
}

extension Ink {
  /// The ink of a row in `tone`; what is bad stands out without colour too.
  init(_ tone: Tone?) {
    self =
      switch tone {
      case .good: Ink(colour: .green)
      case .bad: Ink(isBold: true, colour: .red)
      case .quiet: .dim
      case .accent: .bold
      case nil: .plain
      }
  }
}
