import Drills
import Kernel
import Presentation
import Verification

/// `verify`: anybody's recorded history against a guarantee.
struct VerifyCommand: Command {
  let spec = CommandSpec(
    "verify", .touching, arguments: [.init("HISTORY", completion: .files)],
    options: [
      .init(
        "--model", "MODEL",
        completion: .words(["register", "key-value", "set", "queue", "counter", "transactions"]),
        "register, key-value, set, queue, counter or transactions"),
      .init(
        "--guarantee", "NAME", completion: .words(["linearizable", "sequential"]),
        "linearizable or sequential; transactions are held against serializable"),
      .init(
        "--initial", "VALUE",
        "what a register or key holds at first; nil, or \"\" where texts are appended to keys"),
      .init("--budget", "STEPS", "how long to search before the verdict is unknown"),
      .init("--json", "prints one JSON document"),
    ],
    examples: [
      ("verify history.edn --model register", "is it linearizable, and if not, why not"),
      ("verify etcd.log --model register", "the same of a Jepsen log"),
      ("verify txns.edn --model transactions", "list-append transactions and their anomalies"),
    ],
    "Checks a recorded history (Jepsen log or EDN); exit status 1 unless the guarantee holds.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let path = call.argument(0) ?? ""
    let model = try choice(HistoryCheck.Model.self, call.value("--model"), of: "model")
    let guarantee = try guarantee(call, of: model)
    let budget = try call.number("--budget").map { Int(clamping: max(1, $0)) }
    let text = try session.surroundings.text(of: path)
    let check: HistoryCheck
    do throws(Diagnostic) {
      check = try HistoryCheck.run(
        text, model: model, guarantee: guarantee,
        initial: call.value("--initial").map(Self.datum), budget: budget)
      guard check.operations > 0 else {
        throw Diagnostic(
          "This history holds no operation.",
          expected: "lines such as {:process 0, :type :invoke, :f :write, :value 3}")
      }
    } catch {
      var placed = error
      placed.file = path
      throw placed
    }
    let view = VerifyView(check, path: path, model: model, guarantee: guarantee)
    let falls = check.verdict != .holds
    if call.has("--json") { return Reply(json: view.json.pretty(), fallsShort: falls) }
    return Reply(view.document, fallsShort: falls)
  }

  private func guarantee(
    _ call: CommandCall, of model: HistoryCheck.Model
  ) throws(Diagnostic) -> HistoryCheck.Guarantee {
    let standard: HistoryCheck.Guarantee = model == .transactions ? .serializable : .linearizable
    guard let word = call.value("--guarantee") else { return standard }
    let guarantee = try choice(HistoryCheck.Guarantee.self, word, of: "guarantee")
    guard (guarantee == .serializable) == (model == .transactions) else {
      throw Diagnostic(
        "A history of \(model.rawValue) is not held against '\(guarantee.rawValue)'.",
        found: "--guarantee \(guarantee.rawValue)",
        expected: model == .transactions
          ? "serializable, or another model" : "linearizable or sequential")
    }
    return guarantee
  }

  private func choice<Word: RawRepresentable & CaseIterable>(
    _ words: Word.Type, _ text: String?, of kind: String
  ) throws(Diagnostic) -> Word where Word.RawValue == String {
    let known = Word.allCases.map(\.rawValue)
    guard let text else {
      throw Diagnostic(
        "Say what the history is of: '--\(kind) \(known[0])'.", found: "no --\(kind)",
        expected: known.joined(separator: ", "))
    }
    guard let word = Word(rawValue: text) else { throw .unknown(kind, text, known: known) }
    return word
  }

  /// A value as it is typed: `nil`, a whole number, or a text with or without quotes.
  private static func datum(_ text: String) -> Datum {
    if text == "nil" { return .none }
    if let number = Int(text) { return .number(number) }
    guard text.count >= 2, text.first == "\"", text.last == "\"" else { return .text(text) }
    return .text(String(text.dropFirst().dropLast()))
  }
}
