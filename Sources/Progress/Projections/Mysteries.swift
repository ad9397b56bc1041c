extension ProgressStore {
  /// What came of the mysteries that were met, in the order of the log.
  public func mysteries() throws(StoreError) -> [MysteryRecord] {
    let events = try read { try LogTable.effective([.mystery], $0) }
    return events.compactMap { event in
      guard case .diagnosed(let record) = event.fact else { return nil }
      return record
    }
  }
}
