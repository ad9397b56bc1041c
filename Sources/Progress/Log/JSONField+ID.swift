import Kernel

extension JSONField {
  /// A text that names something: not empty, on one line, at most 400 bytes.
  func id() throws(Diagnostic) -> String {
    let text = try text()
    guard EventID.isName(text) else { throw wrong("a name on one line, not empty, not too long") }
    return text
  }
}
