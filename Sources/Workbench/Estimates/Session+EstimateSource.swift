import Curriculum
import Estimation
import Kernel

extension Session {
  /// The estimate that is meant by what was typed: the name of a case that carries one, or a file.
  func estimateSource(_ typed: String) throws(Diagnostic) -> SourceText {
    let shelf = library.estimates
    if let source = try shelf.source(ofCase: typed) { return source }
    do {
      return SourceText(try surroundings.text(of: typed), file: typed, firstLine: 1)
    } catch {
      // Whoever typed a path meant a file.
      guard !typed.contains("/"), !typed.contains(".") else { throw error }
    }
    let names = shelf.cases.map(\.name)
    throw Diagnostic(
      "There is no estimate called '\(typed)'.", found: typed,
      expected: "a file such as 'my.est', or a case: \(names.joined(separator: ", "))",
      suggestion: NearestWord.nearest(to: typed, in: names))
  }
}
