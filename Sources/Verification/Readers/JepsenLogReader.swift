import Kernel

/// Reads histories from lines of a Jepsen log: process, type, operation and value, separated by
/// tabs behind a prefix that ends with ` - `.
///
///     INFO  jepsen.util - 0	:invoke	:cas	[1 3]
///     INFO  jepsen.util - 0	:fail	:cas	[1 3]
///
/// Here a `:fail` of a `:cas` means that the comparison failed, a result that the client saw.
/// Lines without tabs are not of the history.
public enum JepsenLogReader {
  /// The history in `text`.
  public static func read(
    _ text: String
  ) throws(Diagnostic) -> OperationHistory<RegisterAction> {
    var assembly = HistoryAssembly<RegisterAction>()
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      guard line.contains("\t") else { continue }
      let fields = try fields(line, number)
      guard case .integer(let process) = fields[0].value else { continue }
      let event = RecordedEvent(
        process: process, phase: try EventPhase.read(fields[1]), function: fields[2],
        value: fields.count > 3 ? fields[3] : nil, key: nil)
      try assembly.add(event, at: fields[0]) { action in
        guard case .compareAndSet(let from, let to, _) = action else { return nil }
        return .compareAndSet(from: from, to: to, swapped: false)
      }
    }
    return assembly.history
  }

  /// The values of a line, with the places that they have in the text.
  private static func fields(
    _ line: Substring, _ number: Int
  ) throws(Diagnostic) -> [EDNElement] {
    var start = line.startIndex
    if let tab = line.firstIndex(of: "\t") {
      var place = tab
      while place > line.startIndex {
        let before = line.index(before: place)
        if line[before] == " " || line[before] == "-" {
          start = place
          break
        }
        place = before
      }
    }
    let offset = line.distance(from: line.startIndex, to: start)
    let values: [EDNElement]
    do {
      values = try EDNReader.read(String(line[start...]))
    } catch {
      var moved = error
      moved.line = number
      moved.column = error.column.map { $0 + offset }
      throw moved
    }
    guard values.count >= 3 else {
      throw Diagnostic(
        "This line is not an event.", line: number, column: offset + 1,
        found: String(line[start...]),
        expected: "a process, a type, an operation and a value, separated by tabs")
    }
    return values.map {
      EDNElement(value: $0.value, line: number, column: $0.column + offset)
    }
  }
}
