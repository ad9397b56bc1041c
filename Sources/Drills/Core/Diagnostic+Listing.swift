import Kernel

extension Diagnostic {
  /// The complaint with the command that lists what there is.
  ///
  /// One that names the nearest word or all words already stays as it is.
  public func listed(by command: String) -> Diagnostic {
    guard expected == nil, suggestion == nil else { return self }
    var complaint = self
    complaint.advice = "'\(command)' lists what there is."
    return complaint
  }
}
