/// Turns a document into text for one kind of reader.
public protocol Renderer: Sendable {
  /// The document as text; it ends with a line feed unless the document is empty.
  func render(_ document: Document) -> String
}
