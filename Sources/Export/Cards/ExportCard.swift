import Presentation

/// A card as it leaves for another program.
public struct ExportCard: Sendable, Equatable {
  /// The stable id, `topic/name`.
  public let id: String
  /// The question.
  public let front: Document
  /// The answer.
  public let back: Document
  /// The topic's title, which names the deck.
  public let topic: String
  /// Words to find it by.
  public let tags: [String]

  /// A card.
  public init(id: String, front: Document, back: Document, topic: String, tags: [String]) {
    self.id = id
    self.front = front
    self.back = back
    self.topic = topic
    self.tags = tags
  }
}
