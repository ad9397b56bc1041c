import Kernel
import Verification

/// Transactions as the tests of Elle write them: `ax1ry12` appends 1 to x and reads y as [1 2];
/// `rx` reads an empty x.
enum Shorthand {
  static func transaction(_ text: String) -> ListTransaction {
    var steps: [ListTransaction.Step] = []
    var rest = text[...]
    while let name = rest.popFirst(), let key = rest.popFirst() {
      let digits = rest.prefix { $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let elements = digits.compactMap(\.wholeNumberValue).map(Datum.number)
      let list = Datum.text(String(key))
      steps.append(
        name == "a"
          ? .append(key: list, element: elements[0]) : .read(key: list, elements: elements))
    }
    return ListTransaction(steps)
  }

  /// One behind the other, each by a process of its own; `!` in front marks an aborted one, `?` one
  /// of unknown outcome.
  static func history(_ texts: String...) -> OperationHistory<ListTransaction> {
    var history = History<ListTransaction>()
    for (process, text) in texts.enumerated() {
      let transaction = transaction(String(text.drop { "!?".contains($0) }))
      history.invoke(process, transaction, at: .zero)
      switch text.first {
      case "!": history.fail(process, transaction, at: .zero)
      case "?": history.lose(process, transaction, at: .zero)
      default: history.succeed(process, transaction, at: .zero)
      }
    }
    return OperationHistory(history)
  }
}
