import Kernel
import Presentation
import Progress

extension Session {
  /// Takes back the newest action in the log by appending that it is undone.
  func takeBack() throws(Diagnostic) -> Document {
    let undone = try remembering { () throws(StoreError) in try store.undo() }
    guard let event = undone.first else {
      throw Diagnostic("There is nothing to undo: the log is empty.")
    }
    return Document([.text("Taken back: \(HistoryView.line(event)).")])
  }
}
