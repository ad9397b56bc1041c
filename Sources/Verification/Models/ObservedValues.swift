/// The values that the operations of a history can tell from others: those that were read, and
/// those that were compared with.
///
/// Where texts are appended to, every beginning of such a value counts too. Any other value stays
/// unseen until it is overwritten.
struct ObservedValues: Sendable, Hashable {
  private var values: Set<Datum> = []
  /// The bytes of the observed texts, in order.
  private var texts: [[UInt8]] = []
  private var hasAppends = false
  /// Bytes say whether one text begins another only where letters are not composed of several.
  private var isASCII = true

  init(_ actions: [RegisterAction]) {
    for action in actions {
      switch action {
      case .read(let value), .compareAndSet(let value, _, _): values.insert(value)
      case .append(let text):
        hasAppends = true
        isASCII = isASCII && text.utf8.allSatisfy { $0 < 0x80 }
      case .write: break
      }
    }
    guard hasAppends else { return }
    texts = values.compactMap { value in
      guard case .text(let text) = value else { return nil }
      return Array(text.utf8)
    }.sorted { $0.lexicographicallyPrecedes($1) }
    isASCII = isASCII && texts.allSatisfy { $0.allSatisfy { $0 < 0x80 } }
  }

  /// Whether an observed value is `value` or can come out of it by appending.
  func canLead(from value: Datum) -> Bool {
    if values.contains(value) { return true }
    guard hasAppends else { return false }
    switch value {
    case .none: return true
    case .number(let number): return begins(Array(String(number).utf8))
    case .text(let text): return begins(Array(text.utf8))
    }
  }

  /// Whether an observed text begins with `bytes`.
  private func begins(_ bytes: [UInt8]) -> Bool {
    guard isASCII else { return true }
    var low = 0
    var high = texts.count
    while low < high {
      let middle = (low + high) / 2
      if texts[middle].lexicographicallyPrecedes(bytes) { low = middle + 1 } else { high = middle }
    }
    return low < texts.count && texts[low].starts(with: bytes)
  }
}
