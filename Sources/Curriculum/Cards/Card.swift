/// A card to review: a question and its answer.
public struct Card: Sendable, Hashable {
  /// The stable id, `topic/name`; an edited text keeps its schedule through it.
  public let id: String
  /// The topic it belongs to.
  public let topic: String
  /// The question, in Markdown.
  public let front: String
  /// The answer, in Markdown.
  public let back: String
  /// Words to find it by.
  public let tags: [String]
  /// What its facts are taken from.
  public let sources: [Source]
}
